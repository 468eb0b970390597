#include "suites/tests/models/roundings.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace relu0::test {

namespace {

struct Roundings {
  double operator()(const Linear& linear) const { return static_cast<double>(linear.in_features) + 1; }
  double operator()(const Convolution& convolution) const {
    const Window& window = convolution.window;
    return static_cast<double>(convolution.in_channels / convolution.groups * window.kernel[0] *
                               window.kernel[1]) +
           1;
  }
  double operator()(const AveragePool& pool) const {
    return static_cast<double>(pool.window.kernel[0] * pool.window.kernel[1]) + 1;
  }
  double operator()(const AdaptiveAveragePool& /*pool*/) const {
    return static_cast<double>(input[1] * input[2]) + 1;
  }
  /// Epsilon, its sum, the root, the difference, the quotient, the product, the sum, and one for another
  /// order.
  double operator()(const BatchNorm& /*norm*/) const { return 8; }
  double operator()(const Add& /*add*/) const { return 1; }
  double operator()(const Multiply& /*multiply*/) const { return 1; }
  double operator()(const Scale& /*scale*/) const { return 1; }
  double operator()(const Shift& /*shift*/) const { return 1; }
  double operator()(const LeakyRelu& /*leaky*/) const { return 2; }
  double operator()(const Softmax& softmax) const { return refuse(softmax); }
  double operator()(const LogSoftmax& softmax) const { return refuse(softmax); }
  double operator()(const LocalResponseNorm& norm) const { return refuse(norm); }
  template <typename Moving>
  double operator()(const Moving& /*moving*/) const {
    return 0;
  }

  template <typename Refused>
  [[noreturn]] static double refuse(const Refused& /*operation*/) {
    throw std::invalid_argument(std::string(Refused::traits.name) + " has no count of roundings");
  }

  Shape input;
};

}  // namespace

double gamma(double n) {
  constexpr double u = 0x1p-24;
  return n * u / (1 - n * u);
}

double roundings(const Operation& operation, const Shape& input) {
  return std::visit(Roundings{input}, operation);
}

Operation unbounded(const Operation& operation) {
  const auto* leaky = std::get_if<LeakyRelu>(&operation);
  if (std::holds_alternative<Clamp>(operation) || (leaky != nullptr && std::fabs(leaky->slope) <= 1)) {
    return Dropout{.probability = 0, .mode = DropoutMode::evaluation};
  }
  return operation;
}

Weights magnitudes(const Network& network, Weights weights) {
  for (std::vector<TensorValues>* tensors : {&weights.parameters, &weights.buffers}) {
    for (TensorValues& tensor : *tensors) {
      const double sign = tensor.name.ends_with(".running_mean") ? -1 : 1;
      for (double& value : tensor.values.widen()) {
        value = sign * std::fabs(value);
      }
    }
  }
  check_fits(weights, network);
  return weights;
}

}  // namespace relu0::test
