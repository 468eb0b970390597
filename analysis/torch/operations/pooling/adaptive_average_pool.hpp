#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

NodeResult forward(const AdaptiveAveragePool& pool, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const AdaptiveAveragePool& pool, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor by_autograd(const AdaptiveAveragePool& pool, const AutogradCall& call);

}  // namespace relu0::operations
