#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// Keeps the mean and the inverse deviation of the mini-batch, in binary32 (binary64 at fp64) whatever the
/// storage format.
NodeResult forward(const BatchNorm& norm, const NodeCall& call, NodeMemory& memory);
/// Those of γ and β are a by-product.
std::vector<at::Tensor> input_gradients(const BatchNorm& norm, const NodeCall& call,
                                        const NodeGradients& gradients);
void parameter_gradient(const BatchNorm& norm, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t which);
at::Tensor by_autograd(const BatchNorm& norm, const AutogradCall& call);

}  // namespace relu0::operations
