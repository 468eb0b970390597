#include "analysis/torch/operations/structure/narrow.hpp"

#include <ATen/ops/zeros.h>

namespace relu0::operations {

namespace {

/// The part of a tensor of the input's shape, as a view; dimension 0 is the mini-batch.
at::Tensor part(const Narrow& narrow, const at::Tensor& of) {
  return of.narrow(narrow.dimension + 1, narrow.start, narrow.length);
}

}  // namespace

NodeResult forward(const Narrow& narrow, const NodeCall& call, NodeMemory& /*memory*/) {
  return {part(narrow, call.x()).contiguous()};
}

std::vector<at::Tensor> input_gradients(const Narrow& narrow, const NodeCall& call,
                                        const NodeGradients& gradients) {
  at::Tensor result = at::zeros(call.x().sizes(), gradients.gradient.options());
  part(narrow, result).copy_(gradients.gradient);
  return {result};
}

at::Tensor by_autograd(const Narrow& narrow, const AutogradCall& call) { return part(narrow, call.x()); }

}  // namespace relu0::operations
