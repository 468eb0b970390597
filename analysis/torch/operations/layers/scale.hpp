#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

NodeResult forward(const Scale& scale, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const Scale& scale, const NodeCall& call,
                                        const NodeGradients& gradients);
void parameter_gradient(const Scale& scale, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t which);
at::Tensor by_autograd(const Scale& scale, const AutogradCall& call);

}  // namespace relu0::operations
