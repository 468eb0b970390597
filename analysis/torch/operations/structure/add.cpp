#include "analysis/torch/operations/structure/add.hpp"

#include <ATen/TensorOperators.h>

namespace relu0::operations {

at::Tensor sum_of(const Arithmetic& arithmetic, const at::Tensor& a, const at::Tensor& b) {
  at::Tensor sum = (a + b).contiguous();
  arithmetic.round_result(sum);
  return sum;
}

NodeResult forward(const Add& /*add*/, const NodeCall& call, NodeMemory& /*memory*/) {
  return {sum_of(call.arithmetic(), call.inputs[0], call.inputs[1])};
}

std::vector<at::Tensor> input_gradients(const Add& /*add*/, const NodeCall& /*call*/,
                                        const NodeGradients& gradients) {
  return {gradients.gradient, gradients.gradient};
}

at::Tensor by_autograd(const Add& /*add*/, const AutogradCall& call) {
  return call.inputs[0] + call.inputs[1];
}

}  // namespace relu0::operations
