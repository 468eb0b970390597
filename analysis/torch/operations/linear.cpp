#include "analysis/torch/operations/linear.hpp"

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

namespace relu0::operations {

at::Tensor linear(const Arithmetic& arithmetic, const at::Tensor& x, const NodeWeights& weights,
                  at::Tensor reusable) {
  const at::Tensor operand = arithmetic.operand(x.flatten(1));
  const at::Tensor& weight = weights.operands.front();
  at::Tensor out = reusable.defined() ? std::move(reusable) : at::empty({0}, x.options());
  if (weights.parameters.size() == 2) {
    at::addmm_out(out, weights.parameters[1], operand, weight.t());
  } else {
    at::mm_out(out, operand, weight.t());
  }
  arithmetic.round_result(out);
  return out;
}

at::Tensor linear_input_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                 const NodeWeights& weights) {
  at::Tensor result = at::mm(arithmetic.operand(gradient), weights.operands.front());
  arithmetic.round_result(result);
  return result;
}

at::Tensor linear_weight_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                  const at::Tensor& x) {
  at::Tensor result = at::mm(arithmetic.operand(gradient).t(), arithmetic.operand(x.flatten(1)));
  arithmetic.round_result(result);
  return result;
}

at::Tensor linear_bias_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient) {
  at::Tensor result = gradient.sum(0);
  arithmetic.round_result(result);
  return result;
}

}  // namespace relu0::operations
