// Whole backward passes: the reference at several precisions, and LibTorch's own autograd at fp64 on the same
// θ and mini-batch. backprop_ratios.py turns the times into ratios.
#include "analysis/torch/autograd_network.hpp"
#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/data/embedded/embedded_digits.hpp"
#include "fixtures/data/embedded/embedded_images.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "reference/arithmetic/blas.hpp"
#include "reference/pass/backprop.hpp"

#include <string>

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

namespace relu0 {
namespace {

constexpr int threads = 2;

/// A network with θ and a mini-batch.
struct Example {
  Network network;
  Weights weights;
  Batch batch;

  Example(Network described, const Dataset& dataset, std::int64_t size)
      : network{std::move(described)},
        weights{draw_weights(network, 1)},
        batch{make_batch(dataset, 0, size)} {}
};

Example mlp() { return {build(Mlp{}), embedded_digits(Split::train), 256}; }

Example convolutional(Architecture architecture, bool batch_norm) {
  return {build(ConvolutionalNetwork{.architecture = architecture, .batch_norm = batch_norm}),
          embedded_images({.count = 8}), 8};
}

/// 224 × 224, as ImageNet's images are cropped.
Example resnet50() {
  return {build(ConvolutionalNetwork{.architecture = Architecture::resnet50, .batch_norm = true}),
          embedded_images({.image_shape = {3, 224, 224}, .classes = 256, .count = 1}), 1};
}

void reference_backprop(benchmark::State& state, Example (*make)(), int bits) {
  const Example at = make();
  reference::BackpropOptions options;
  options.bits = bits;
  options.product.threads = threads;
  for ([[maybe_unused]] const auto iteration : state) {
    benchmark::DoNotOptimize(reference::backprop(at.network, at.weights, at.batch, options));
  }
}

/// θ and mini-batch are tensors before the clock runs.
void libtorch_autograd(benchmark::State& state, Example (*make)()) {
  at::set_num_threads(threads);
  reference::set_blas_threads(threads);
  const Example at = make();
  const Arithmetic arithmetic(Precision::fp64, Device::cpu);
  const LoadedWeights weights(at.network, at.weights, arithmetic);
  const BatchTensors batch = to_tensors(at.batch, at.network, arithmetic);
  AutogradNetwork network(at.network, arithmetic, {}, OfInput::computed);
  network.set_weights(weights);
  for ([[maybe_unused]] const auto iteration : state) {
    network.step(batch.inputs, batch.labels);
    benchmark::DoNotOptimize(network.loss());
  }
}

struct Named {
  std::string name;
  Example (*make)();
};

void register_benchmarks() {
  const std::vector<Named> examples{
      {"mlp-3x256", mlp},
      {"vgg11", [] { return convolutional(Architecture::vgg11, false); }},
      {"vgg11-bn", [] { return convolutional(Architecture::vgg11, true); }},
      {"resnet18", [] { return convolutional(Architecture::resnet18, false); }},
      {"resnet18-bn", [] { return convolutional(Architecture::resnet18, true); }},
      {"resnet50-bn-224", resnet50},
  };
  const auto add = [](benchmark::internal::Benchmark* entry) {
    entry->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
  };
  for (const Named& example : examples) {
    add(benchmark::RegisterBenchmark((example.name + "/libtorch-fp64").c_str(), libtorch_autograd,
                                     example.make));
    add(benchmark::RegisterBenchmark((example.name + "/reference-128").c_str(), reference_backprop,
                                     example.make, 128));
  }
  for (const int bits : {64, 192, 256, 384, 512, 768, 1024}) {
    add(benchmark::RegisterBenchmark(("mlp-3x256/reference-" + std::to_string(bits)).c_str(),
                                     reference_backprop, mlp, bits));
  }
}

const int registered = (register_benchmarks(), 0);

}  // namespace
}  // namespace relu0
