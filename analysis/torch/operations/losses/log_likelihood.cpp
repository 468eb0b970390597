#include "analysis/torch/operations/losses/log_likelihood.hpp"

#include <ATen/core/Reduction.h>
#include <ATen/ops/_log_softmax.h>
#include <ATen/ops/_log_softmax_backward_data.h>
#include <ATen/ops/full.h>
#include <ATen/ops/nll_loss_backward.h>
#include <ATen/ops/nll_loss_forward.h>

namespace relu0::operations {

namespace {

constexpr std::int64_t ignore_no_label = -100;  // LibTorch's default

}  // namespace

at::Tensor log_softmax(const Arithmetic& arithmetic, const at::Tensor& logits) {
  at::Tensor result = at::_log_softmax(logits, 1, /*half_to_float=*/false);
  arithmetic.round_result(result);
  return result;
}

at::Tensor log_softmax_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                const at::Tensor& log_probabilities) {
  at::Tensor result =
      at::_log_softmax_backward_data(gradient, log_probabilities, 1, log_probabilities.scalar_type());
  arithmetic.round_result(result);
  return result;
}

std::tuple<at::Tensor, at::Tensor> mean_negative(const Arithmetic& arithmetic,
                                                 const at::Tensor& log_probabilities,
                                                 const at::Tensor& labels) {
  auto [value, total_weight] =
      at::nll_loss_forward(log_probabilities, labels, {}, at::Reduction::Mean, ignore_no_label);
  arithmetic.round_result(value);
  return {value, total_weight};
}

at::Tensor mean_negative_gradient(const Arithmetic& arithmetic, const at::Tensor& log_probabilities,
                                  const at::Tensor& labels, const at::Tensor& total_weight,
                                  double loss_gradient) {
  const at::Tensor scale = at::full({}, loss_gradient, log_probabilities.options());
  at::Tensor result = at::nll_loss_backward(scale, log_probabilities, labels, {}, at::Reduction::Mean,
                                            ignore_no_label, total_weight);
  arithmetic.round_result(result);
  return result;
}

}  // namespace relu0::operations
