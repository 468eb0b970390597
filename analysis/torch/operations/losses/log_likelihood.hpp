#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"

#include <tuple>

#include <ATen/core/Tensor.h>

/// The two halves of cross-entropy, each of whose results is rounded once in an emulated arithmetic.
namespace relu0::operations {

/// The logarithm of each row's softmax, and its gradient.
at::Tensor log_softmax(const Arithmetic& arithmetic, const at::Tensor& logits);
at::Tensor log_softmax_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                const at::Tensor& log_probabilities);

/// The mean over the mini-batch of −log_probabilities[label], and the number of samples (LibTorch's total
/// weight).
std::tuple<at::Tensor, at::Tensor> mean_negative(const Arithmetic& arithmetic,
                                                 const at::Tensor& log_probabilities,
                                                 const at::Tensor& labels);
/// d (loss_gradient · mean) / d log_probabilities.
at::Tensor mean_negative_gradient(const Arithmetic& arithmetic, const at::Tensor& log_probabilities,
                                  const at::Tensor& labels, const at::Tensor& total_weight,
                                  double loss_gradient);

}  // namespace relu0::operations
