#include "analysis/torch/backprop.hpp"

#include "analysis/torch/autograd_network.hpp"
#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torch/pass.hpp"
#include "analysis/zeros/observed_zeros.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>

namespace relu0 {

namespace {

Gradient to_gradient(const Network& network, const at::Tensor& loss, const std::vector<at::Tensor>& gradients,
                     const at::Tensor& input_gradient) {
  Gradient result;
  result.loss = loss.item<double>();
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const TensorSpec& spec = network.parameters()[i];
    result.parameters.push_back({spec.name, spec.shape, to_values(gradients[i])});
  }
  result.input = to_doubles(input_gradient);
  return result;
}

/// A completed forward pass over a batch, and a backward pass through it.
struct BothPasses {
  BothPasses(const Network& network, const Weights& weights, const Batch& batch, const Arithmetic& arithmetic)
      : forward(network, arithmetic, OfInput::computed) {
    const BatchTensors tensors = to_tensors(batch, network, arithmetic);
    forward.set_weights({network, weights, arithmetic});
    forward.run(tensors.inputs);
    forward.complete(tensors.labels);
  }

  [[nodiscard]] Gradient gradient(ReluAtZero relu_at_zero) const {
    const BackwardPass backward(forward, relu_at_zero);
    return to_gradient(forward.network(), forward.outputs().back(), backward.parameter_gradients(),
                       backward.at_output(0));
  }

  ForwardPass forward;
};

std::vector<TensorValues> rounded(const std::vector<TensorValues>& tensors, const Arithmetic& arithmetic) {
  std::vector<TensorValues> result;
  for (const TensorValues& tensor : tensors) {
    result.push_back({tensor.name, tensor.shape, to_values(to_tensor(tensor, arithmetic))});
  }
  return result;
}

}  // namespace

GradientWithZeros backprop(const Network& network, const Weights& weights, const Batch& batch,
                           Precision precision, ReluAtZero relu_at_zero, Device device) {
  const at::NoGradGuard no_autograd;
  const BothPasses passes(network, weights, batch, Arithmetic(precision, device));
  return {passes.gradient(relu_at_zero), passes.forward.zeros()};
}

LibtorchGradient libtorch_backprop(const Network& network, const Weights& weights, const Batch& batch,
                                   Precision precision, ReluAtZero relu_at_zero, Device device) {
  const at::NoGradGuard no_autograd;
  const Arithmetic arithmetic(precision, device);
  const BothPasses passes(network, weights, batch, arithmetic);
  Gradient gradient = passes.gradient(relu_at_zero);
  LibtorchGradient result{.loss = gradient.loss,
                          .parameters = std::move(gradient.parameters),
                          .input = std::move(gradient.input),
                          .emulated = arithmetic.emulated(),
                          .relus = {}};
  for (const std::size_t node : network.relus()) {
    result.relus.push_back(observe_zeros(node, network.nodes()[node].name, passes.forward.input_of(node)));
  }
  return result;
}

Gradient autograd_backprop(const Network& network, const Weights& weights, const Batch& batch,
                           Precision precision, ReluAtZero relu_at_zero, Device device) {
  const Arithmetic arithmetic(precision, device);
  const BatchTensors tensors = to_tensors(batch, network, arithmetic);
  AutogradNetwork autograd(network, arithmetic, relu_at_zero, OfInput::computed);
  autograd.set_weights({network, weights, arithmetic});
  autograd.step(tensors.inputs, tensors.labels);
  return to_gradient(network, autograd.loss(), autograd.gradients(), autograd.input_gradient());
}

Weights rounded_weights(const Weights& weights, Precision precision) {
  const Arithmetic arithmetic(precision, Device::cpu);
  return {rounded(weights.parameters, arithmetic), rounded(weights.buffers, arithmetic)};
}

Batch rounded_batch(const Batch& batch, Precision precision) {
  Batch result = batch;
  at::Tensor inputs = at::from_blob(result.inputs.data(), {std::ssize(result.inputs)}, at::kFloat);
  const Arithmetic arithmetic(precision, Device::cpu);
  if (arithmetic.emulated()) {
    arithmetic.round_result(inputs);
  }
  return result;
}

}  // namespace relu0
