#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// max(x, 0), with the same bits as LibTorch's relu.
NodeResult forward(const Relu& relu, const NodeCall& call, NodeMemory& memory);
/// 0 where x < 0, `gradient` where x > 0 (or NaN), and at x = 0 the rule's value.
std::vector<at::Tensor> input_gradients(const Relu& relu, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor kink_hits(const Relu& relu, const KinkPlace& place, const NodeCall& call);
at::Tensor by_autograd(const Relu& relu, const AutogradCall& call);

}  // namespace relu0::operations
