// The protocols over all training images for MLP 3×256 at batch size 256, and the bare matrix products
// beneath them. Two draws run side by side, each on one thread, as `relu0 run` does. measure.py turns the
// times into ratios.
#include "analysis/impact/sweep.hpp"
#include "analysis/machine/threads.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/data/sets/mnist.hpp"
#include "fixtures/network/architectures/mlp.hpp"

#include <cstdlib>
#include <map>
#include <random>

#include <benchmark/benchmark.h>

extern "C" void sgemm_(const char* transpose_a, const char* transpose_b, const int* m, const int* n,
                       const int* k, const float* alpha, const float* a, const int* lda, const float* b,
                       const int* ldb, const float* beta, float* c, const int* ldc);

namespace relu0 {
namespace {

constexpr int draws_side_by_side = 2;

const Dataset& dataset() {
  static const OpenedDataset opened = [] {
    const char* folder = std::getenv("RELU0_DATA_DIR");
    return open_dataset(datasets::mnist,
                        folder == nullptr ? std::nullopt : std::optional<std::filesystem::path>(folder),
                        Split::train);
  }();
  return *opened.in_memory;
}

/// Prepared once per precision, before the clock runs.
const SweepData& data(Precision precision) {
  static std::mutex mutex;
  static std::map<Precision, SweepData> prepared;
  const std::lock_guard lock(mutex);
  const auto found = prepared.find(precision);
  return found != prepared.end()
             ? found->second
             : prepared.emplace(precision, SweepData(dataset(), dataset().size(), precision, Device::cpu))
                   .first->second;
}

void sweep(benchmark::State& state, Precision precision, Protocol protocol, Extent extent) {
  const Network network = build(Mlp{});
  Sweeper sweeper(
      network, data(precision),
      {.precision = precision, .protocol = protocol, .extent = extent, .rules = {Rule::chain_rule}});
  std::uint64_t seed = 1 + 1'000'000 * static_cast<std::uint64_t>(state.thread_index());
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(sweeper.sweep(draw_weights(network, seed++)));
  }
}

/// y = x Wᵀ of every ReLU layer on every mini-batch, and nothing else.
void bare_matrix_products(benchmark::State& state) {
  compute_with_one_thread();
  constexpr int batch = 256;
  constexpr int pixels = 784;
  constexpr int width = 256;
  const auto images = static_cast<int>(dataset().size());
  std::mt19937 random(1);
  const auto filled = [&](int count) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) {
      value = static_cast<float>(random() % 1000) / 1000 - 0.5F;
    }
    return values;
  };
  // One mini-batch after another of the real size, so that the images come from memory and not from cache.
  static const std::vector<float> inputs = filled(images * pixels);
  const std::vector<float> first = filled(pixels * width);
  const std::vector<float> second = filled(width * width);
  const std::vector<float> third = filled(width * width);
  std::vector<float> a(batch * width);
  std::vector<float> b(batch * width);
  const auto product = [](const float* weight, const float* x, float* y, int rows, int in) {
    const float one = 1;
    const float zero = 0;
    const int out = width;
    sgemm_("T", "N", &out, &rows, &in, &one, weight, &in, x, &in, &zero, y, &out);
  };
  for ([[maybe_unused]] const auto iteration : state) {
    for (int image = 0; image < images; image += batch) {
      const int rows = std::min(batch, images - image);
      product(first.data(), inputs.data() + static_cast<std::ptrdiff_t>(image) * pixels, a.data(), rows,
              pixels);
      product(second.data(), a.data(), b.data(), rows, width);
      product(third.data(), b.data(), a.data(), rows, width);
      benchmark::DoNotOptimize(a.data());
    }
  }
}

void register_benchmarks() {
  const auto add = [](benchmark::internal::Benchmark* entry) {
    entry->Threads(draws_side_by_side)->UseRealTime()->Unit(benchmark::kMillisecond);
  };
  add(benchmark::RegisterBenchmark("bare_products/fp32", bare_matrix_products));
  for (const Precision precision : all_precisions) {
    const std::string suffix(name(precision));
    add(benchmark::RegisterBenchmark(("fast/" + suffix).c_str(), sweep, precision, Protocol::fast,
                                     Extent::all));
    add(benchmark::RegisterBenchmark(("fast_early_exit/" + suffix).c_str(), sweep, precision, Protocol::fast,
                                     Extent::until_impacted));
  }
  for (const Precision precision : {Precision::fp16, Precision::fp32}) {
    add(benchmark::RegisterBenchmark(("two_network/" + std::string(name(precision))).c_str(), sweep,
                                     precision, Protocol::two_network, Extent::all));
  }
}

const int registered = (register_benchmarks(), 0);

}  // namespace
}  // namespace relu0
