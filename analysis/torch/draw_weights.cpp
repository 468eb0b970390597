#include "analysis/torch/draw_weights.hpp"

#include <cmath>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

namespace relu0 {

namespace {

/// Draws the parameters of one node after the other.
struct Initialisation {
  const TensorSpec* parameter;  ///< of the node to draw next
  const TensorSpec* buffer;
  at::Generator generator;
  Weights weights{};

  void operator()(const Linear& linear) { draw(linear.in_features, linear.bias); }
  void operator()(const Convolution& convolution) {
    const auto& kernel = convolution.window.kernel;
    draw(convolution.in_channels * kernel[0] * kernel[1], convolution.bias);
  }
  void operator()(const BatchNorm& norm) {
    add(1);
    add(0);
    if (norm.statistics == BatchStatistics::running) {
      add_buffer(0);
      add_buffer(1);
    }
  }
  void operator()(const Input& /*unused*/) {}
  void operator()(const Relu& /*unused*/) {}
  void operator()(const MaxPool& /*unused*/) {}
  void operator()(const AveragePool& /*unused*/) {}
  void operator()(const AdaptiveAveragePool& /*unused*/) {}
  void operator()(const Add& /*unused*/) {}
  void operator()(const Flatten& /*unused*/) {}
  void operator()(const SoftmaxCrossEntropy& /*unused*/) {}

 private:
  /// The bounds of reset_parameters in torch.nn.Linear and Conv2d, computed in the same steps as in Python.
  void draw(std::int64_t inputs, bool bias) {
    const auto fan_in = static_cast<double>(inputs);
    const double gain = std::sqrt(2.0 / (1.0 + std::sqrt(5.0) * std::sqrt(5.0)));
    const double deviation = gain / std::sqrt(fan_in);
    add_uniform(std::sqrt(3.0) * deviation);
    if (bias) {
      add_uniform(1.0 / std::sqrt(fan_in));
    }
  }

  void add_uniform(double bound) {
    std::vector<float> values(static_cast<std::size_t>(element_count(parameter->shape)));
    at::from_blob(values.data(), parameter->shape, at::kFloat).uniform_(-bound, bound, generator);
    weights.parameters.push_back({parameter->name, parameter->shape, std::move(values)});
    ++parameter;
  }
  void add(float value) { weights.parameters.push_back(constant(*parameter++, value)); }
  void add_buffer(float value) { weights.buffers.push_back(constant(*buffer++, value)); }

  static TensorValues constant(const TensorSpec& spec, float value) {
    return {spec.name, spec.shape,
            std::vector<float>(static_cast<std::size_t>(element_count(spec.shape)), value)};
  }
};

}  // namespace

Weights draw_weights(const Network& network, std::uint64_t seed) {
  Initialisation initialisation{network.parameters().data(), network.buffers().data(),
                                at::detail::createCPUGenerator(seed)};
  for (const Node& node : network.nodes()) {
    std::visit(initialisation, node.operation);
  }
  return std::move(initialisation.weights);
}

}  // namespace relu0
