#include "analysis/torch/operations/layers/linear.hpp"

#include "analysis/torch/operations/layers/portable_layers.hpp"

#include <ATen/ops/addmm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>

namespace relu0::operations {

NodeResult forward(const Linear& linear, const NodeCall& call, NodeMemory& memory) {
  const at::Tensor operand = call.arithmetic().operand(call.x().flatten(1));
  const at::Tensor& weight = call.weights.operands.front();
  at::Tensor out = memory.buffer.take({operand.size(0), linear.out_features}, operand.options());
  const at::Tensor bias = linear.bias ? call.weights.parameters[1] : at::Tensor();
  const Arithmetic& arithmetic = call.arithmetic();
  if (uses_portable_kernels(arithmetic)) {
    portable_linear(operand, weight, bias, arithmetic, out);
    return {out};
  }
  const bool bias_last = bias.defined() && arithmetic.kernel().family == KernelFamily::bias_last;
  if (bias.defined() && !bias_last) {
    at::addmm_out(out, bias, operand, weight.t());
  } else {
    at::mm_out(out, operand, weight.t());
  }
  arithmetic.round_result(out);
  if (bias_last) {
    add_bias_last(out, bias, arithmetic);
  }
  return {out};
}

std::vector<at::Tensor> input_gradients(const Linear& /*linear*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Arithmetic& arithmetic = call.arithmetic();
  const at::Tensor operand = arithmetic.operand(gradients.gradient);
  const at::Tensor& weight = call.weights.operands.front();
  if (uses_portable_kernels(arithmetic)) {
    return {portable_linear_input_gradient(operand, weight, arithmetic).view(call.x().sizes())};
  }
  at::Tensor result = at::mm(operand, weight);
  arithmetic.round_result(result);
  return {result.view(call.x().sizes())};
}

void parameter_gradient(const Linear& /*linear*/, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t which) {
  const Arithmetic& arithmetic = call.arithmetic();
  if (uses_portable_kernels(arithmetic)) {
    gradients.parameters[which] =
        which == 0 ? portable_linear_weight_gradient(arithmetic.operand(gradients.gradient),
                                                     arithmetic.operand(call.x().flatten(1)), arithmetic)
                   : portable_linear_bias_gradient(gradients.gradient, arithmetic);
    return;
  }
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
