#include "analysis/torch/operations/structure/multiply.hpp"

#include <ATen/TensorOperators.h>

namespace relu0::operations {

namespace {

at::Tensor product(const Arithmetic& arithmetic, const at::Tensor& a, const at::Tensor& b) {
  at::Tensor result = (a * b).contiguous();
  arithmetic.round_result(result);
  return result;
}

}  // namespace

NodeResult forward(const Multiply& /*multiply*/, const NodeCall& call, NodeMemory& /*memory*/) {
  return {product(call.arithmetic(), call.inputs[0], call.inputs[1])};
}

std::vector<at::Tensor> input_gradients(const Multiply& /*multiply*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  return {product(call.arithmetic(), gradients.gradient, call.inputs[1]),
          product(call.arithmetic(), gradients.gradient, call.inputs[0])};
}

at::Tensor by_autograd(const Multiply& /*multiply*/, const AutogradCall& call) {
  return call.inputs[0] * call.inputs[1];
}

}  // namespace relu0::operations
