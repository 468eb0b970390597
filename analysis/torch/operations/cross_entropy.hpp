#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// The mean cross-entropy as LibTorch's cross_entropy_loss composes it. Keeps the log-probabilities and the
/// total weight.
NodeResult cross_entropy(const Arithmetic& arithmetic, const at::Tensor& logits, const at::Tensor& labels);
at::Tensor cross_entropy_gradient(const Arithmetic& arithmetic, const std::vector<at::Tensor>& kept,
                                  const at::Tensor& labels);

}  // namespace relu0::operations
