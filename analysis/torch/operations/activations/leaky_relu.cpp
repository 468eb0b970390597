#include "analysis/torch/operations/activations/leaky_relu.hpp"

#include "analysis/autograd/activations.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/leaky_relu_backward.h>
#include <ATen/ops/where.h>

namespace relu0::operations {

namespace {

/// PyTorch gives the gradient the slope at 0 too.
at::Tensor gradient_of(const at::Tensor& gradient, const at::Tensor& x, double slope, double at_zero) {
  const at::Tensor pytorchs = at::leaky_relu_backward(gradient, x, slope, /*self_is_result=*/false);
  return at_zero == slope ? pytorchs : at::where(x == 0, gradient * at_zero, pytorchs);
}

}  // namespace

NodeResult forward(const LeakyRelu& leaky_relu, const NodeCall& call, NodeMemory& memory) {
  at::Tensor result = at::leaky_relu(call.x(), call.arithmetic().rounded(leaky_relu.slope)).contiguous();
  call.arithmetic().round_result(result);
  count_point_hits(call.x(), call.arithmetic(), memory.hits);
  return {result};
}

std::vector<at::Tensor> input_gradients(const LeakyRelu& leaky_relu, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Arithmetic& arithmetic = call.arithmetic();
  at::Tensor result = gradient_of(gradients.gradient, call.x(), arithmetic.rounded(leaky_relu.slope),
                                  arithmetic.rounded(factor_at_zero(leaky_relu, call.pass.kinks)))
                          .contiguous();
  arithmetic.round_result(result);
  return {result};
}

at::Tensor kink_hits(const LeakyRelu& /*leaky_relu*/, const KinkPlace& place, const NodeCall& call) {
  return hits_at_point(call.x(), call.arithmetic(), place);
}

at::Tensor by_autograd(const LeakyRelu& leaky_relu, const AutogradCall& call) {
  const double at_zero = factor_at_zero(leaky_relu, call.pass.kinks);
  return at_zero == leaky_relu.slope ? at::leaky_relu(call.x(), leaky_relu.slope)
                                     : relu0::leaky_relu(call.x(), leaky_relu.slope, call.pass.kinks);
}

}  // namespace relu0::operations
