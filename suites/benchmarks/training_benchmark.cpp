// A training of an MLP of 3 × 256 at fp32 by SGD with momentum, on one thread: ours with its census, the same
// by LibTorch's own modules, and its matrix products alone. measure_training.py turns the times into ratios.
#include "analysis/machine/threads.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "analysis/training/training.hpp"
#include "fixtures/data/embedded/embedded_digits.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/run/checkpoints/checkpoint_file.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <benchmark/benchmark.h>
#include <torch/optim/sgd.h>

namespace relu0 {
namespace {

constexpr std::int64_t images = 60'000;
constexpr std::int64_t batch_size = 128;
constexpr std::int64_t test_batch_size = 500;
constexpr std::int64_t test_size = 10'000;
constexpr double rate = 0.01;
constexpr double momentum = 0.9;
const std::vector<std::int64_t> widths{784, 256, 256, 256, 10};

const BatchSource& train_images() {
  static const BatchSource source(image_source(std::make_shared<Dataset>(embedded_digits(Split::train))),
                                  {.batch_size = batch_size, .order = Order::shuffled});
  return source;
}

const BatchSource& test_images() {
  static const BatchSource source(image_source(std::make_shared<Dataset>(embedded_digits(Split::test))),
                                  {.batch_size = test_batch_size});
  return source;
}

struct Trained {
  Network network = build(Mlp{});
  Training training{network,
                    draw_weights(network, 1),
                    train_images(),
                    test_images(),
                    1,
                    {.kernel = {},
                     .optimizer = SgdOptions{.momentum = momentum},
                     .learning_rate = rate,
                     .epochs = 1'000'000,
                     .control_steps = 0}};
};

/// One epoch, its loading and its evaluation on the test images included.
void epoch_with_census(benchmark::State& state) {
  compute_with_one_thread();
  Trained trained;
  for ([[maybe_unused]] const auto iteration : state) {
    for (std::int64_t step = 0; step < train_images().batches(); ++step) {
      trained.training.step();
    }
  }
}

/// What loading takes of it: the mini-batches alone, not prepared side by side with anything.
void loading(benchmark::State& state) {
  for ([[maybe_unused]] const auto iteration : state) {
    for (std::int64_t index = 0; index < train_images().batches(); ++index) {
      benchmark::DoNotOptimize(train_images().batch({.index = index}));
    }
  }
}

/// LibTorch's functions, autograd and optimizer on mini-batches that are tensors already; no evaluation.
void epoch_of_libtorch(benchmark::State& state) {
  compute_with_one_thread();
  std::vector<at::Tensor> parameters;
  for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
    parameters.push_back((at::randn({widths[layer + 1], widths[layer]}) * 0.05).set_requires_grad(true));
    parameters.push_back(at::zeros({widths[layer + 1]}).set_requires_grad(true));
  }
  torch::optim::SGD optimizer(parameters, torch::optim::SGDOptions(rate).momentum(momentum));
  const at::Tensor x = at::rand({images, widths.front()});
  const at::Tensor labels = at::randint(0, widths.back(), {images}, at::kLong);
  for ([[maybe_unused]] const auto iteration : state) {
    for (std::int64_t first = 0; first < images; first += batch_size) {
      const std::int64_t count = std::min(batch_size, images - first);
      at::Tensor h = x.narrow(0, first, count);
      for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
        h = at::linear(h, parameters[2 * layer], parameters[2 * layer + 1]);
        h = layer + 2 < widths.size() ? at::relu(h) : h;
      }
      optimizer.zero_grad();
      at::cross_entropy_loss(h, labels.narrow(0, first, count)).backward();
      optimizer.step();
    }
  }
}

/// What a mini-batch is at each layer.
std::vector<at::Tensor> random_values(std::int64_t batch) {
  std::vector<at::Tensor> values;
  for (const std::int64_t width : widths) {
    values.push_back(at::randn({batch, width}));
  }
  return values;
}

/// Those of an epoch with its evaluation: forward, weight gradients and all but the first layer's input
/// gradients; and forward on the test images.
void bare_products(benchmark::State& state) {
  compute_with_one_thread();
  std::vector<at::Tensor> weights;
  for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
    weights.push_back(at::randn({widths[layer + 1], widths[layer]}));
  }
  const std::vector<at::Tensor> values = random_values(batch_size);
  const std::vector<at::Tensor> test_values = random_values(test_batch_size);
  for ([[maybe_unused]] const auto iteration : state) {
    for (std::int64_t first = 0; first < images; first += batch_size) {
      for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
        benchmark::DoNotOptimize(at::mm(values[layer], weights[layer].t()));
        benchmark::DoNotOptimize(at::mm(values[layer + 1].t(), values[layer]));
        if (layer > 0) {
          benchmark::DoNotOptimize(at::mm(values[layer + 1], weights[layer]));
        }
      }
    }
    for (std::int64_t first = 0; first < test_size; first += test_batch_size) {
      for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
        benchmark::DoNotOptimize(at::mm(test_values[layer], weights[layer].t()));
      }
    }
  }
}

void checkpoint(benchmark::State& state) {
  Trained trained;
  trained.training.step();
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "relu0-benchmark.checkpoint";
  const CheckpointFile file(path);
  for ([[maybe_unused]] const auto iteration : state) {
    file.save(trained.training.identity(), trained.training.snapshot());
  }
  file.remove();
}

BENCHMARK(epoch_with_census)->Unit(benchmark::kMillisecond);
BENCHMARK(epoch_of_libtorch)->Unit(benchmark::kMillisecond);
BENCHMARK(bare_products)->Unit(benchmark::kMillisecond);
BENCHMARK(loading)->Unit(benchmark::kMillisecond);
BENCHMARK(checkpoint)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace relu0
