#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

NodeResult forward(const MaxPool& pool, const NodeCall& call, NodeMemory& memory);
/// An input that gets the gradients of several windows gets their sum, rounded once; under TieChoice::mean
/// each window's share is rounded before.
std::vector<at::Tensor> input_gradients(const MaxPool& pool, const NodeCall& call,
                                        const NodeGradients& gradients);
at::Tensor kink_hits(const MaxPool& pool, const KinkPlace& place, const NodeCall& call);
at::Tensor by_autograd(const MaxPool& pool, const AutogradCall& call);

}  // namespace relu0::operations
