#include "analysis/torch/operations/activations/absolute.hpp"

#include "analysis/torch/operations/activations/derivative_at_kink.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <torch/csrc/autograd/custom_function.h>

namespace relu0::operations {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// As LibTorch's: gradient · sgn(x), with `at_zero` for sgn(0).
at::Tensor gradient_of(const at::Tensor& gradient, const at::Tensor& x, double at_zero) {
  return gradient * x.sgn().masked_fill_(x == 0, at_zero);
}

struct AbsoluteFunction : torch::autograd::Function<AbsoluteFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, double at_zero) {
    context->save_for_backward({x});
    context->saved_data["at_zero"] = at_zero;
    return at::abs(x);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {gradient_of(gradients.front(), context->get_saved_variables().front(),
                        context->saved_data["at_zero"].toDouble()),
            {}};
  }
};

}  // namespace

NodeResult forward(const Absolute& /*absolute*/, const NodeCall& call, NodeMemory& memory) {
  count_point_hits(call.x(), call.arithmetic(), memory.hits);
  return {at::abs(call.x()).contiguous()};
}

std::vector<at::Tensor> input_gradients(const Absolute& /*absolute*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Arithmetic& arithmetic = call.arithmetic();
  at::Tensor result =
      gradient_of(gradients.gradient, call.x(), arithmetic.rounded(call.pass.kinks.absolute)).contiguous();
  arithmetic.round_result(result);
  return {result};
}

at::Tensor kink_hits(const Absolute& /*absolute*/, const KinkPlace& place, const NodeCall& call) {
  return hits_at_point(call.x(), call.arithmetic(), place);
}

at::Tensor by_autograd(const Absolute& /*absolute*/, const AutogradCall& call) {
  const double at_zero = call.pass.kinks.absolute;
  return at_zero == 0 ? at::abs(call.x()) : AbsoluteFunction::apply(call.x(), at_zero);
}

}  // namespace relu0::operations
