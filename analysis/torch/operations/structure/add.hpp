#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// a + b: a residual connection, and the sum of the gradients that reach a node from its consumers.
at::Tensor sum_of(const Arithmetic& arithmetic, const at::Tensor& a, const at::Tensor& b);

NodeResult forward(const Add& add, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const Add& add, const NodeCall& call, const NodeGradients& gradients);
at::Tensor by_autograd(const Add& add, const AutogradCall& call);

}  // namespace relu0::operations
