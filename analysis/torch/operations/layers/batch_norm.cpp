#include "analysis/torch/operations/layers/batch_norm.hpp"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/native_batch_norm.h>
#include <ATen/ops/native_batch_norm_backward.h>

namespace relu0::operations {

namespace {

/// Running mean and variance; absent in training mode, whose results do not depend on them.
struct Statistics {
  c10::optional<at::Tensor> mean;
  c10::optional<at::Tensor> variance;
  bool training;
};

Statistics statistics(const BatchNorm& norm, const NodeWeights& weights) {
  if (norm.statistics == BatchStatistics::of_mini_batch) {
    return {c10::nullopt, c10::nullopt, true};
  }
  return {weights.buffers[0], weights.buffers[1], false};
}

/// The input's gradient where `of_input`, otherwise an undefined tensor; those of γ and β go into
/// gradients.parameters.
at::Tensor backward(const BatchNorm& norm, const NodeCall& call, const NodeGradients& gradients,
                    bool of_input) {
  const auto [running_mean, running_variance, training] = statistics(norm, call.weights);
  auto [input, weight, bias] = at::native_batch_norm_backward(
      gradients.gradient, call.x(), call.weights.parameters[0], running_mean, running_variance,
      gradients.kept[0], gradients.kept[1], training, norm.epsilon, {of_input, true, true});
  call.arithmetic().round_result(weight);
  call.arithmetic().round_result(bias);
  gradients.parameters = {weight, bias};
  if (!of_input) {
    return {};
  }
  at::Tensor result = input.contiguous();
  call.arithmetic().round_result(result);
  return result;
}

}  // namespace

NodeResult forward(const BatchNorm& norm, const NodeCall& call, NodeMemory& /*memory*/) {
  const auto [running_mean, running_variance, training] = statistics(norm, call.weights);
  auto [output, mean, inverse_deviation] =
      at::native_batch_norm(call.x(), call.weights.parameters[0], call.weights.parameters[1], running_mean,
                            running_variance, training, /*momentum=*/0, norm.epsilon);
  at::Tensor result = output.contiguous();
  call.arithmetic().round_result(result);
  return {result, {mean, inverse_deviation}};
}

std::vector<at::Tensor> input_gradients(const BatchNorm& norm, const NodeCall& call,
                                        const NodeGradients& gradients) {
  return {backward(norm, call, gradients, /*of_input=*/true)};
}

void parameter_gradient(const BatchNorm& norm, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t /*which*/) {
  backward(norm, call, gradients, /*of_input=*/false);
}

at::Tensor by_autograd(const BatchNorm& norm, const AutogradCall& call) {
  const bool training = norm.statistics == BatchStatistics::of_mini_batch;
  return at::batch_norm(call.x(), call.parameters[0], call.parameters[1],
                        training ? at::Tensor() : call.buffers[0], training ? at::Tensor() : call.buffers[1],
                        training, /*momentum=*/0.1, norm.epsilon, /*cudnn_enabled=*/false);
}

}  // namespace relu0::operations
