#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

NodeResult forward(const Narrow& narrow, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const Narrow& narrow, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor by_autograd(const Narrow& narrow, const AutogradCall& call);

}  // namespace relu0::operations
