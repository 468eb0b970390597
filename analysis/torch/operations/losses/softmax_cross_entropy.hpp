#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// As LibTorch's cross_entropy_loss composes it. Keeps the log-probabilities and the total weight.
NodeResult forward(const SoftmaxCrossEntropy& loss, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const SoftmaxCrossEntropy& loss, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor by_autograd(const SoftmaxCrossEntropy& loss, const AutogradCall& call);

}  // namespace relu0::operations
