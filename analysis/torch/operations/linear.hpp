#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// x Wᵀ + b. x: n × in elements, of any shape. `reusable` as in forward().
at::Tensor linear(const Arithmetic& arithmetic, const at::Tensor& x, const NodeWeights& weights,
                  at::Tensor reusable);
/// gradient · W, n × in
at::Tensor linear_input_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                 const NodeWeights& weights);
/// gradientᵀ · x
at::Tensor linear_weight_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                  const at::Tensor& x);
/// Sum over the mini-batch.
at::Tensor linear_bias_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient);

}  // namespace relu0::operations
