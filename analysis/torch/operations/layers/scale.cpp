#include "analysis/torch/operations/layers/scale.hpp"

#include <ATen/ExpandUtils.h>
#include <ATen/TensorOperators.h>

namespace relu0::operations {

namespace {

at::Tensor scaled(const Arithmetic& arithmetic, const at::Tensor& x, const at::Tensor& weight) {
  at::Tensor result = (x * weight).contiguous();
  arithmetic.round_result(result);
  return result;
}

}  // namespace

NodeResult forward(const Scale& /*scale*/, const NodeCall& call, NodeMemory& /*memory*/) {
  return {scaled(call.arithmetic(), call.x(), call.weights.parameters.front())};
}

std::vector<at::Tensor> input_gradients(const Scale& /*scale*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  return {scaled(call.arithmetic(), gradients.gradient, call.weights.parameters.front())};
}

void parameter_gradient(const Scale& scale, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t which) {
  at::Tensor result = at::sum_to(gradients.gradient * call.x(), at::IntArrayRef(scale.shape)).contiguous();
  call.arithmetic().round_result(result);
  gradients.parameters[which] = result;
}

at::Tensor by_autograd(const Scale& /*scale*/, const AutogradCall& call) {
  return call.x() * call.parameters[0];
}

}  // namespace relu0::operations
