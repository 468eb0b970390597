#include "analysis/torch/operations/structure/reshape.hpp"

namespace relu0::operations {

namespace {

at::Tensor reshaped(const Reshape& reshape, const at::Tensor& x) {
  Shape shape = reshape.shape;
  shape.insert(shape.begin(), x.size(0));
  return x.reshape(shape);
}

}  // namespace

NodeResult forward(const Reshape& reshape, const NodeCall& call, NodeMemory& /*memory*/) {
  return {reshaped(reshape, call.x())};
}

std::vector<at::Tensor> input_gradients(const Reshape& /*reshape*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  return {gradients.gradient.reshape(call.x().sizes())};
}

at::Tensor by_autograd(const Reshape& reshape, const AutogradCall& call) {
  return reshaped(reshape, call.x());
}

}  // namespace relu0::operations
