#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// Normalises per feature. Keeps the mean and the inverse deviation of the mini-batch, in binary32 (binary64
/// at fp64) whatever the storage format.
NodeResult batch_norm(const Arithmetic& arithmetic, const BatchNorm& norm, const at::Tensor& x,
                      const NodeWeights& weights);
/// The input's gradient where `of_input`, otherwise an undefined tensor; those of γ and β go into
/// `parameter_gradients`.
at::Tensor batch_norm_gradients(const Arithmetic& arithmetic, const BatchNorm& norm,
                                const at::Tensor& gradient, const at::Tensor& x, const NodeWeights& weights,
                                const std::vector<at::Tensor>& kept, bool of_input,
                                std::vector<at::Tensor>& parameter_gradients);

}  // namespace relu0::operations
