#include "analysis/torch/operations/structure/transpose.hpp"

namespace relu0::operations {

namespace {

/// The order of dimensions that the operation makes; dimension 0, the mini-batch, stays where it is.
std::vector<std::int64_t> forwards(const Transpose& transpose) {
  std::vector<std::int64_t> result{0};
  for (const std::int64_t dimension : transpose.permutation) {
    result.push_back(dimension + 1);
  }
  return result;
}

std::vector<std::int64_t> backwards(const Transpose& transpose) {
  std::vector<std::int64_t> result(transpose.permutation.size() + 1);
  const std::vector<std::int64_t> there = forwards(transpose);
  for (std::size_t i = 0; i < there.size(); ++i) {
    result[static_cast<std::size_t>(there[i])] = static_cast<std::int64_t>(i);
  }
  return result;
}

}  // namespace

NodeResult forward(const Transpose& transpose, const NodeCall& call, NodeMemory& /*memory*/) {
  return {call.x().permute(forwards(transpose)).contiguous()};
}

std::vector<at::Tensor> input_gradients(const Transpose& transpose, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const at::Tensor result = gradients.gradient.permute(backwards(transpose));
  return {call.arithmetic().emulated() ? result.contiguous() : result};
}

at::Tensor by_autograd(const Transpose& transpose, const AutogradCall& call) {
  return call.x().permute(forwards(transpose)).contiguous();
}

}  // namespace relu0::operations
