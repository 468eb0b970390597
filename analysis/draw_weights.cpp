#include "analysis/draw_weights.hpp"

#include "analysis/pass.hpp"

#include <cmath>
#include <type_traits>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/torch.h>

namespace relu0 {

namespace {

std::vector<double> uniform(const Shape& shape, double bound, at::Generator& generator) {
  return to_doubles(at::empty(shape, at::kFloat).uniform_(-bound, bound, generator));
}

/// The bounds of torch.nn.Linear.reset_parameters, computed in the same steps as in Python.
void draw(const Linear& linear, const TensorSpec* specs, at::Generator& generator, Weights& weights) {
  const double fan_in = static_cast<double>(linear.in_features);
  const double gain = std::sqrt(2.0 / (1.0 + std::sqrt(5.0) * std::sqrt(5.0)));
  const double deviation = gain / std::sqrt(fan_in);
  const double weight_bound = std::sqrt(3.0) * deviation;
  const double bias_bound = 1.0 / std::sqrt(fan_in);
  weights.parameters.push_back(
      {specs[0].name, specs[0].shape, uniform(specs[0].shape, weight_bound, generator)});
  weights.parameters.push_back(
      {specs[1].name, specs[1].shape, uniform(specs[1].shape, bias_bound, generator)});
}

void draw(const BatchNorm& norm, const TensorSpec* specs, at::Generator& /*unused*/, Weights& weights) {
  const auto features = static_cast<std::size_t>(norm.features);
  weights.parameters.push_back({specs[0].name, specs[0].shape, std::vector<double>(features, 1.0)});
  weights.parameters.push_back({specs[1].name, specs[1].shape, std::vector<double>(features, 0.0)});
}

}  // namespace

Weights draw_weights(const Network& network, std::uint64_t seed) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  Weights weights;
  const TensorSpec* next = network.parameters().data();
  for (const Node& node : network.nodes()) {
    std::visit(
        [&](const auto& operation) {
          using Kind = std::decay_t<decltype(operation)>;
          if constexpr (std::is_same_v<Kind, Linear> || std::is_same_v<Kind, BatchNorm>) {
            draw(operation, next, generator, weights);
            next += 2;
          }
        },
        node.operation);
  }
  return weights;
}

}  // namespace relu0
