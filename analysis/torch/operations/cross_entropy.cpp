#include "analysis/torch/operations/cross_entropy.hpp"

#include <ATen/core/Reduction.h>
#include <ATen/ops/_log_softmax.h>
#include <ATen/ops/_log_softmax_backward_data.h>
#include <ATen/ops/nll_loss_backward.h>
#include <ATen/ops/nll_loss_forward.h>
#include <ATen/ops/ones.h>

namespace relu0::operations {

namespace {

constexpr std::int64_t ignore_no_label = -100;  // LibTorch's default

}  // namespace

NodeResult cross_entropy(const Arithmetic& arithmetic, const at::Tensor& logits, const at::Tensor& labels) {
  at::Tensor log_probabilities = at::_log_softmax(logits, 1, /*half_to_float=*/false);
  arithmetic.round_result(log_probabilities);
  auto [value, total_weight] =
      at::nll_loss_forward(log_probabilities, labels, {}, at::Reduction::Mean, ignore_no_label);
  arithmetic.round_result(value);
  return {value, {log_probabilities, total_weight}};
}

at::Tensor cross_entropy_gradient(const Arithmetic& arithmetic, const std::vector<at::Tensor>& kept,
                                  const at::Tensor& labels) {
  const at::Tensor& log_probabilities = kept[0];
  const at::Tensor& total_weight = kept[1];
  const at::Tensor one = at::ones({}, log_probabilities.options());
  at::Tensor gradient = at::nll_loss_backward(one, log_probabilities, labels, {}, at::Reduction::Mean,
                                              ignore_no_label, total_weight);
  arithmetic.round_result(gradient);
  gradient = at::_log_softmax_backward_data(gradient, log_probabilities, 1, log_probabilities.scalar_type());
  arithmetic.round_result(gradient);
  return gradient;
}

}  // namespace relu0::operations
