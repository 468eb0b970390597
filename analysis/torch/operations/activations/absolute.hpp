#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

NodeResult forward(const Absolute& absolute, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const Absolute& absolute, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor kink_hits(const Absolute& absolute, const KinkPlace& place, const NodeCall& call);
at::Tensor by_autograd(const Absolute& absolute, const AutogradCall& call);

}  // namespace relu0::operations
