#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

NodeResult forward(const Clamp& clamp, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const Clamp& clamp, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor kink_hits(const Clamp& clamp, const KinkPlace& place, const NodeCall& call);
at::Tensor by_autograd(const Clamp& clamp, const AutogradCall& call);

}  // namespace relu0::operations
