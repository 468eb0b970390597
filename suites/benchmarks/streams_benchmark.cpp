// What conv-volume spends on VGG11 and mini-batches of 100 augmented images of CIFAR-10: the two protocols,
// the forward pass that a user of LibTorch would write, and the making of mini-batches alone.
// measure_streams.py turns the times into ratios.
#include "analysis/impact/sweep.hpp"
#include "analysis/machine/threads.hpp"
#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "fixtures/data/sets/datasets.hpp"
#include "fixtures/data/streams/batch_source.hpp"
#include "fixtures/network/architectures/architecture.hpp"

#include <cstdlib>

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>
#include <benchmark/benchmark.h>

namespace relu0 {
namespace {

constexpr std::int64_t batch_size = 100;

std::optional<std::filesystem::path> data_folder() {
  const char* folder = std::getenv("RELU0_DATA_DIR");
  return folder == nullptr ? std::nullopt : std::optional<std::filesystem::path>(folder);
}

std::shared_ptr<const BatchSource> augmented_cifar10() {
  static const std::shared_ptr<const ImageSource> images =
      open_dataset(datasets::cifar10, data_folder(), Split::train).images;
  return std::make_shared<BatchSource>(images, BatchOptions{.batch_size = batch_size,
                                                            .transform = datasets::cifar10.training_transform,
                                                            .order = Order::shuffled});
}

const Network& vgg11() {
  static const Network network = build(ConvolutionalNetwork{.architecture = Architecture::vgg11});
  return network;
}

/// The control takes its time on a stream's first mini-batch; the difference between two lengths of stream is
/// what each further one takes.
void sweep(benchmark::State& state, Precision precision, Protocol protocol) {
  Sweeper sweeper(vgg11(), SweepStream{augmented_cifar10(), state.range(0)},
                  {.precision = precision,
                   .protocol = protocol,
                   .extent = Extent::all,
                   .batch_size = batch_size,
                   .rules = {Rule::chain_rule}});
  const Weights weights = draw_weights(vgg11(), 1);
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(sweeper.sweep(weights, 1));
  }
}

/// Convolutions, ReLUs, max-pools and the linear layer of VGG11 by LibTorch's functions.
at::Tensor bare_vgg11(at::Tensor x, const std::vector<at::Tensor>& parameters) {
  std::size_t next = 0;
  for (const auto& node : vgg11().nodes()) {
    if (std::holds_alternative<Convolution>(node.operation)) {
      x = at::conv2d(x, parameters[next], parameters[next + 1], 1, 1);
      next += 2;
    } else if (std::holds_alternative<Relu>(node.operation)) {
      x = at::relu(x);
    } else if (std::holds_alternative<MaxPool>(node.operation)) {
      x = at::max_pool2d(x, 2, 2);
    }
  }
  return at::linear(x.flatten(1), parameters[next], parameters[next + 1]);
}

/// θ and the mini-batch are tensors before the clock runs.
void bare_forward(benchmark::State& state) {
  compute_with_one_thread();
  const at::NoGradGuard no_autograd;
  const Arithmetic arithmetic(Precision::fp32, Device::cpu);
  const LoadedWeights weights(vgg11(), draw_weights(vgg11(), 1), arithmetic);
  const BatchTensors batch = to_tensors(augmented_cifar10()->batch({}), vgg11(), arithmetic);
  const at::Tensor images = batch.inputs.view({batch_size, 3, 32, 32});
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(bare_vgg11(images, weights.parameters()));
  }
}

/// On one thread.
void load_cifar10(benchmark::State& state) {
  const auto source = augmented_cifar10();
  std::int64_t index = 0;
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(source->batch({.seed = 1, .index = index++ % source->batches()}));
  }
}

/// JPEGs decoded, cropped and resized by so many threads.
void load_image_folder(benchmark::State& state) {
  const std::shared_ptr<const ImageSource> images =
      open_dataset(datasets::imagenet, data_folder(), Split::test, {.check = ImageCheck::none}).images;
  const BatchSource source(images, {.batch_size = 16,
                                    .transform = datasets::imagenet.training_transform,
                                    .threads = static_cast<int>(state.range(0))});
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(source.batch({}));
  }
}

void register_benchmarks() {
  const auto add = [](benchmark::internal::Benchmark* entry) {
    entry->UseRealTime()->Unit(benchmark::kMillisecond);
    return entry;
  };
  const auto add_sweep = [&add](const std::string& kind, Protocol protocol, Precision precision) {
    for (const int minibatches : {1, 5}) {
      add(benchmark::RegisterBenchmark((kind + "/" + std::string(name(precision))).c_str(), sweep, precision,
                                       protocol))
          ->Arg(minibatches);
    }
  };
  add_sweep("fast", Protocol::fast, Precision::fp32);
  add_sweep("two_network", Protocol::two_network, Precision::fp32);
  add(benchmark::RegisterBenchmark("bare_forward/fp32", bare_forward));
  add(benchmark::RegisterBenchmark("load/cifar10", load_cifar10));
  for (const int threads : {1, 2}) {
    add(benchmark::RegisterBenchmark("load/image_folder", load_image_folder))->Arg(threads);
  }
}

const int registered = (register_benchmarks(), 0);

}  // namespace
}  // namespace relu0
