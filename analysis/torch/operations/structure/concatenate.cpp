#include "analysis/torch/operations/structure/concatenate.hpp"

#include <ATen/ops/cat.h>

namespace relu0::operations {

NodeResult forward(const Concatenate& /*concatenate*/, const NodeCall& call, NodeMemory& /*memory*/) {
  return {at::cat({call.inputs.data(), call.inputs.size()}, 1)};
}

std::vector<at::Tensor> input_gradients(const Concatenate& /*concatenate*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  std::vector<at::Tensor> result;
  std::int64_t start = 0;
  for (const at::Tensor& input : call.inputs) {
    // LibTorch's autograd hands on views, whose layout decides the order of some kernels' sums.
    const at::Tensor part = gradients.gradient.narrow(1, start, input.size(1));
    result.push_back(call.arithmetic().emulated() ? part.contiguous() : part);
    start += input.size(1);
  }
  return result;
}

at::Tensor by_autograd(const Concatenate& /*concatenate*/, const AutogradCall& call) {
  return at::cat({call.inputs.data(), call.inputs.size()}, 1);
}

}  // namespace relu0::operations
