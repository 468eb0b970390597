#include "analysis/backprop.hpp"

#include "analysis/autograd_network.hpp"
#include "analysis/batch_tensors.hpp"
#include "analysis/pass.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace relu0 {

namespace {

Gradient to_gradient(const Network& network, const at::Tensor& loss,
                     const std::vector<at::Tensor>& gradients) {
  Gradient result;
  result.loss = loss.item<double>();
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const TensorSpec& spec = network.parameters()[i];
    result.parameters.push_back({spec.name, spec.shape, to_doubles(gradients[i])});
  }
  return result;
}

}  // namespace

Backprop backprop(const Network& network, const Weights& weights, const Batch& batch, Precision precision,
                  ReluAtZero relu_at_zero, Device device) {
  const at::NoGradGuard no_autograd;
  const Arithmetic arithmetic(precision, device);
  const BatchTensors tensors = to_tensors(batch, network, arithmetic);
  ForwardPass forward(network, arithmetic);
  forward.set_weights(load_weights(network, weights, arithmetic));
  const ZeroCensus zeros = forward.run(tensors.inputs);
  forward.complete(tensors.labels);
  const BackwardPass backward(forward, relu_at_zero);
  std::vector<at::Tensor> gradients;
  for (std::size_t i = 0; i < network.parameters().size(); ++i) {
    gradients.push_back(backward.parameter_gradient(i));
  }
  return {to_gradient(network, forward.loss().value, gradients), zeros};
}

Gradient autograd_backprop(const Network& network, const Weights& weights, const Batch& batch,
                           Precision precision, ReluAtZero relu_at_zero, Device device) {
  const Arithmetic arithmetic(precision, device);
  const BatchTensors tensors = to_tensors(batch, network, arithmetic);
  AutogradNetwork autograd(network, arithmetic, relu_at_zero);
  autograd.set_weights(load_weights(network, weights, arithmetic));
  autograd.step(tensors.inputs, tensors.labels);
  return to_gradient(network, autograd.loss(), autograd.gradients());
}

Weights rounded_weights(const Weights& weights, Precision precision) {
  const Arithmetic arithmetic(precision, Device::cpu);
  Weights rounded;
  for (const TensorValues& parameter : weights.parameters) {
    at::Tensor values = at::tensor(parameter.values, at::kDouble).to(arithmetic.options());
    arithmetic.round_result(values);
    rounded.parameters.push_back({parameter.name, parameter.shape, to_doubles(values)});
  }
  return rounded;
}

}  // namespace relu0
