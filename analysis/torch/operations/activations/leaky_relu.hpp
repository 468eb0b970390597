#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

NodeResult forward(const LeakyRelu& leaky_relu, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const LeakyRelu& leaky_relu, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor kink_hits(const LeakyRelu& leaky_relu, const KinkPlace& place, const NodeCall& call);
at::Tensor by_autograd(const LeakyRelu& leaky_relu, const AutogradCall& call);

}  // namespace relu0::operations
