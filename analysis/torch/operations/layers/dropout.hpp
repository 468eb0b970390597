#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// Keeps what each element is multiplied by.
NodeResult forward(const Dropout& dropout, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const Dropout& dropout, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor by_autograd(const Dropout& dropout, const AutogradCall& call);

}  // namespace relu0::operations
