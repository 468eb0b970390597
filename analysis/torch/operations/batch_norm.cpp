#include "analysis/torch/operations/batch_norm.hpp"

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

}  // namespace

NodeResult batch_norm(const Arithmetic& arithmetic, const BatchNorm& norm, const at::Tensor& x,
                      const NodeWeights& weights) {
  const auto [running_mean, running_variance, training] = statistics(norm, weights);
  auto [output, mean, inverse_deviation] =
      at::native_batch_norm(x, weights.parameters[0], weights.parameters[1], running_mean, running_variance,
                            training, /*momentum=*/0, norm.epsilon);
  at::Tensor result = output.contiguous();
  arithmetic.round_result(result);
  return {result, {mean, inverse_deviation}};
}

at::Tensor batch_norm_gradients(const Arithmetic& arithmetic, const BatchNorm& norm,
                                const at::Tensor& gradient, const at::Tensor& x, const NodeWeights& weights,
                                const std::vector<at::Tensor>& kept, bool of_input,
                                std::vector<at::Tensor>& parameter_gradients) {
  const auto [running_mean, running_variance, training] = statistics(norm, weights);
  auto [input, weight, bias] =
      at::native_batch_norm_backward(gradient, x, weights.parameters[0], running_mean, running_variance,
                                     kept[0], kept[1], training, norm.epsilon, {of_input, true, true});
  arithmetic.round_result(weight);
  arithmetic.round_result(bias);
  parameter_gradients = {weight, bias};
  if (!of_input) {
    return {};
  }
  at::Tensor result = input.contiguous();
  arithmetic.round_result(result);
  return result;
}

}  // namespace relu0::operations
