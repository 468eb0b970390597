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
  BothPasses(const Network& network, const Weights& weights, const Batch& batch, const Arithmetic& arithmetic,
             DropoutKey dropout)
      : forward(network, arithmetic, OfInput::computed, {all_kinks.begin(), all_kinks.end()}) {
    const BatchTensors tensors = to_tensors(batch, network, arithmetic);
    forward.set_weights({network, weights, arithmetic});
    forward.set_dropout(dropout);
    forward.run(tensors.inputs);
    forward.complete(tensors.labels);
  }

  [[nodiscard]] Gradient gradient(const KinkChoices& kinks) const {
    const BackwardPass backward(forward, kinks);
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

GradientWithKinks backprop(const Network& network, const Weights& weights, const Batch& batch,
                           Precision precision, const KinkChoices& kinks, Device device, DropoutKey dropout,
                           const KernelChoice& kernel) {
  const at::NoGradGuard no_autograd;
  const BothPasses passes(network, weights, batch, Arithmetic(precision, device, kernel), dropout);
  return {passes.gradient(kinks), passes.forward.detailed_census()};
}

LibtorchGradient libtorch_backprop(const Network& network, const Weights& weights, const Batch& batch,
                                   Precision precision, const KinkChoices& kinks, Device device,
                                   DropoutKey dropout, const KernelChoice& kernel) {
  const at::NoGradGuard no_autograd;
  const Arithmetic arithmetic(precision, device, kernel);
  const BothPasses passes(network, weights, batch, arithmetic, dropout);
  Gradient gradient = passes.gradient(kinks);
  LibtorchGradient result{.loss = gradient.loss,
                          .parameters = std::move(gradient.parameters),
                          .input = std::move(gradient.input),
                          .emulated = arithmetic.emulated(),
                          .relus = {},
                          .census = passes.forward.detailed_census()};
  for (const std::size_t node : network.nodes_with(Kink::relu)) {
    result.relus.push_back(observe_zeros(node, network.nodes()[node].name, passes.forward.input_of(node)));
  }
  return result;
}

Gradient autograd_backprop(const Network& network, const Weights& weights, const Batch& batch,
                           Precision precision, const KinkChoices& kinks, Device device, DropoutKey dropout,
                           const KernelChoice& kernel) {
  const Arithmetic arithmetic(precision, device, kernel);
  const BatchTensors tensors = to_tensors(batch, network, arithmetic);
  AutogradNetwork autograd(network, arithmetic, kinks, OfInput::computed);
  autograd.set_weights({network, weights, arithmetic});
  autograd.step(tensors.inputs, tensors.labels, dropout);
  return to_gradient(network, autograd.loss(), autograd.gradients(), autograd.input_gradient());
}

Weights rounded_weights(const Weights& weights, Precision precision, const KernelChoice& kernel) {
  const Arithmetic arithmetic(precision, Device::cpu, kernel);
  return {rounded(weights.parameters, arithmetic), rounded(weights.buffers, arithmetic)};
}

Batch rounded_batch(const Batch& batch, Precision precision, const KernelChoice& kernel) {
  Batch result = batch;
  const Arithmetic arithmetic(precision, Device::cpu, kernel);
  if (arithmetic.emulated()) {
    at::Tensor inputs = at::from_blob(result.inputs.data(), {std::ssize(result.inputs)}, at::kFloat);
    at::Tensor values = inputs.to(arithmetic.options());
    arithmetic.round_result(values);
    inputs.copy_(values);
  }
  return result;
}

}  // namespace relu0
