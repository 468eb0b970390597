#include "analysis/torch/operations/layers/linear.hpp"

#include <ATen/ops/addmm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>

namespace relu0::operations {

NodeResult forward(const Linear& linear, const NodeCall& call, NodeMemory& memory) {
  const at::Tensor operand = call.arithmetic().operand(call.x().flatten(1));
  const at::Tensor& weight = call.weights.operands.front();
  at::Tensor out = memory.buffer.take({operand.size(0), linear.out_features}, operand.options());
  if (linear.bias) {
    at::addmm_out(out, call.weights.parameters[1], operand, weight.t());
  } else {
    at::mm_out(out, operand, weight.t());
  }
  call.arithmetic().round_result(out);
  return {out};
}

std::vector<at::Tensor> input_gradients(const Linear& /*linear*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  at::Tensor result = at::mm(call.arithmetic().operand(gradients.gradient), call.weights.operands.front());
  call.arithmetic().round_result(result);
  return {result.view(call.x().sizes())};
}

void parameter_gradient(const Linear& /*linear*/, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t which) {
  const Arithmetic& arithmetic = call.arithmetic();
  // gradientᵀ · x for the weight, the sum over the mini-batch for the bias.
  at::Tensor result =
      which == 0 ? at::mm(arithmetic.operand(gradients.gradient).t(), arithmetic.operand(call.x().flatten(1)))
                 : gradients.gradient.sum(0);
  arithmetic.round_result(result);
  gradients.parameters[which] = result;
}

at::Tensor by_autograd(const Linear& linear, const AutogradCall& call) {
  return at::linear(call.x().flatten(1), call.parameters[0], linear.bias ? call.parameters[1] : at::Tensor());
}

}  // namespace relu0::operations
