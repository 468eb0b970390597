#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// Keeps its output.
NodeResult forward(const LogSoftmax& log_softmax, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const LogSoftmax& log_softmax, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor by_autograd(const LogSoftmax& log_softmax, const AutogradCall& call);

}  // namespace relu0::operations
