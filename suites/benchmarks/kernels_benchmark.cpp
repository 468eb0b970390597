// The kernels of linear layers and convolutions against one another, on one thread: the products of MLP 3×256
// by themselves, VGG11's forward pass, and the fast protocol over all training images. measure_kernels.py
// turns the times into ratios.
#include "analysis/impact/sweep.hpp"
#include "analysis/kernels/p_bit.hpp"
#include "analysis/kernels/product.hpp"
#include "analysis/machine/threads.hpp"
#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "analysis/torch/pass.hpp"
#include "fixtures/data/sets/datasets.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"

#include <cstdlib>
#include <map>
#include <random>
#include <tuple>

#include <ATen/core/grad_mode.h>
#include <benchmark/benchmark.h>

extern "C" void sgemm_(const char* transpose_a, const char* transpose_b, const int* m, const int* n,
                       const int* k, const float* alpha, const float* a, const int* lda, const float* b,
                       const int* ldb, const float* beta, float* c, const int* ldc);

namespace relu0 {
namespace {

OpenedDataset opened(const DatasetDescription& set) {
  const char* folder = std::getenv("RELU0_DATA_DIR");
  return open_dataset(set, folder == nullptr ? std::nullopt : std::optional<std::filesystem::path>(folder),
                      Split::train);
}

const Dataset& digits() {
  static const OpenedDataset mnist = opened(datasets::mnist);
  return *mnist.in_memory;
}

/// y = x Wᵀ of each ReLU layer of MLP 3×256 at a batch size of 256, by `multiply(rows, columns, terms, x, w,
/// y)`.
template <typename T, typename Multiply>
void mlp_products(benchmark::State& state, int bits, const Multiply& multiply) {
  compute_with_one_thread();
  constexpr std::int64_t batch = 256;
  constexpr std::int64_t width = 256;
  constexpr std::int64_t pixels = 784;
  std::mt19937 random(1);
  const auto filled = [&](std::int64_t count) {
    std::vector<T> values(static_cast<std::size_t>(count));
    for (T& value : values) {
      value = static_cast<T>(random() % 1000) / 1000 - static_cast<T>(0.5);
    }
    if constexpr (std::is_same_v<T, double>) {
      if (bits != 0) {
        kernels::round_to_bits(values, bits);
      }
    }
    return values;
  };
  const std::vector<T> images = filled(batch * pixels);
  const std::vector<T> hidden = filled(batch * width);
  const std::vector<T> first = filled(pixels * width);
  const std::vector<T> second = filled(width * width);
  std::vector<T> out(static_cast<std::size_t>(batch * width));
  for ([[maybe_unused]] const auto iteration : state) {
    multiply(batch, width, pixels, images.data(), first.data(), out.data());
    multiply(batch, width, width, hidden.data(), second.data(), out.data());
    multiply(batch, width, width, hidden.data(), second.data(), out.data());
    benchmark::DoNotOptimize(out.data());
  }
}

void products_by_blas(benchmark::State& state) {
  mlp_products<float>(state, 0,
                      [](std::int64_t rows, std::int64_t columns, std::int64_t terms, const float* x,
                         const float* w, float* y) {
                        const float one = 1;
                        const float zero = 0;
                        const int m = static_cast<int>(columns);
                        const int n = static_cast<int>(rows);
                        const int k = static_cast<int>(terms);
                        sgemm_("T", "N", &m, &n, &k, &one, w, &k, x, &k, &zero, y, &m);
                      });
}

template <typename T>
void products_by_kernel(benchmark::State& state, const SummationOrder& order, kernels::InstructionSet set) {
  mlp_products<T>(
      state, order.bits,
      [&](std::int64_t rows, std::int64_t columns, std::int64_t terms, const T* x, const T* w, T* y) {
        kernels::product<T>({x, terms, 1}, {w, 1, terms}, {rows, columns, terms}, nullptr, y, order,
                            {.instruction_set = set, .threads = 1});
      });
}

/// A forward pass over a mini-batch, with θ and the mini-batch as tensors before the clock runs; or that and
/// a backward pass, with the gradients of all parameters.
void passes(benchmark::State& state, const Network& network, std::int64_t images, Precision precision,
            const KernelChoice& kernel, bool backward) {
  compute_with_one_thread();
  const at::NoGradGuard no_autograd;
  const Arithmetic arithmetic(precision, Device::cpu, kernel);
  static const OpenedDataset objects = opened(datasets::cifar10);
  const bool of_digits =
      element_count(network.output_shapes().front()) == element_count(digits().image_shape);
  Batch batch = make_batch(of_digits ? digits() : *objects.in_memory, 0, images);
  batch.image_shape = network.output_shapes().front();
  ForwardPass pass(network, arithmetic);
  pass.set_weights({network, draw_weights(network, 1), arithmetic});
  const BatchTensors tensors = to_tensors(batch, network, arithmetic);
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(pass.run(tensors.inputs));
    if (backward) {
      pass.complete(tensors.labels);
      benchmark::DoNotOptimize(BackwardPass(pass, {}).parameter_gradients());
    }
  }
}

/// The fast protocol over all images, a network after another.
void sweep(benchmark::State& state, Precision precision, const KernelChoice& kernel) {
  const Network network = build(Mlp{});
  const SweepData data(digits(), digits().size(), precision, Device::cpu, kernel);
  Sweeper sweeper(
      network, data,
      {.precision = precision, .kernel = kernel, .extent = Extent::all, .rules = {Rule::chain_rule}});
  std::uint64_t seed = 1;
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(sweeper.sweep(draw_weights(network, seed++)));
  }
}

void register_benchmarks() {
  const auto add = [](benchmark::internal::Benchmark* entry) {
    entry->UseRealTime()->Unit(benchmark::kMillisecond);
  };
  const kernels::InstructionSet best = kernels::best_instruction_set();
  add(benchmark::RegisterBenchmark("products/OpenBLAS", products_by_blas));
  for (const char* kernel : {"portable", "portable:no-fma", "portable:block=64"}) {
    const SummationOrder order = parse_kernel_choice(kernel).order;
    for (const kernels::InstructionSet set : kernels::available_instruction_sets()) {
      if (set != kernels::InstructionSet::baseline || !order.fma) {
        add(benchmark::RegisterBenchmark(
            ("products/" + std::string(kernel) + " " + std::string(kernels::name(set))).c_str(),
            products_by_kernel<float>, order, set));
      }
    }
  }
  for (const char* kernel :
       {"portable:bits=16", "portable:bits=25", "portable:bits=26", "portable:bits=40"}) {
    add(benchmark::RegisterBenchmark(("products/" + std::string(kernel)).c_str(), products_by_kernel<double>,
                                     parse_kernel_choice(kernel).order, best));
  }
  static const Network vgg11 = build(ConvolutionalNetwork{Architecture::vgg11});
  static const Network mlp = build(Mlp{});
  const auto add_engine = [&add](const char* kernel, Precision precision) {
    const KernelChoice choice = parse_kernel_choice(kernel);
    const std::string suffix = std::string(kernel) + " " + std::string(name(precision));
    const bool few = choice.order.bits == 0;  // others take long
    for (const bool backward : few ? std::vector{false, true} : std::vector{false}) {
      const std::string what = backward ? "_both/" : "_forward/";
      add(benchmark::RegisterBenchmark(("vgg11" + what + suffix).c_str(), passes, vgg11, 100, precision,
                                       choice, backward));
      add(benchmark::RegisterBenchmark(("mlp" + what + suffix).c_str(), passes, mlp, 256, precision, choice,
                                       backward));
    }
    add(benchmark::RegisterBenchmark(("fast/" + suffix).c_str(), sweep, precision, choice));
  };
  for (const char* kernel : {"native", "bias-last", "portable", "portable:no-fma", "portable:winograd"}) {
    add_engine(kernel, Precision::fp32);
  }
  for (const char* kernel : {"portable", "portable:bits=16", "portable:bits=25", "portable:bits=40"}) {
    add_engine(kernel, Precision::fp64);
  }
}

const int registered = (register_benchmarks(), 0);

}  // namespace
}  // namespace relu0
