#include "analysis/torch/operations/losses/mean_squared_error.hpp"

#include <ATen/core/Reduction.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/mse_loss_backward.h>
#include <ATen/ops/one_hot.h>

namespace relu0::operations {

namespace {

at::Tensor target(const at::Tensor& x, const at::Tensor& labels) {
  return at::one_hot(labels, x.size(1)).to(x.options().requires_grad(false));
}

}  // namespace

NodeResult forward(const MeanSquaredError& /*loss*/, const NodeCall& call, NodeMemory& /*memory*/) {
  at::Tensor value = at::mse_loss(call.x(), target(call.x(), call.pass.labels));
  call.arithmetic().round_result(value);
  return {value};
}

std::vector<at::Tensor> input_gradients(const MeanSquaredError& /*loss*/, const NodeCall& call,
                                        const NodeGradients& /*gradients*/) {
  const at::Tensor& x = call.x();
  at::Tensor result = at::mse_loss_backward(at::full({}, call.pass.loss_gradient, x.options()), x,
                                            target(x, call.pass.labels), at::Reduction::Mean)
                          .contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor by_autograd(const MeanSquaredError& /*loss*/, const AutogradCall& call) {
  return at::mse_loss(call.x(), target(call.x(), call.pass.labels));
}

}  // namespace relu0::operations
