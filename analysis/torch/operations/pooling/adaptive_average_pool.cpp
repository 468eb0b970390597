#include "analysis/torch/operations/pooling/adaptive_average_pool.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_adaptive_avg_pool2d_backward.h>
#include <ATen/ops/adaptive_avg_pool2d.h>

namespace relu0::operations {

NodeResult forward(const AdaptiveAveragePool& pool, const NodeCall& call, NodeMemory& /*memory*/) {
  at::Tensor result = at::adaptive_avg_pool2d(call.x(), {pool.height, pool.width}).contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

std::vector<at::Tensor> input_gradients(const AdaptiveAveragePool& pool, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const at::Tensor& x = call.x();
  // LibTorch computes a 1 × 1 output as a mean over the image, and so differentiates it as one.
  const bool is_mean = pool.height == 1 && pool.width == 1;
  at::Tensor result = (is_mean ? gradients.gradient.expand(x.sizes()) / (x.size(2) * x.size(3))
                               : at::_adaptive_avg_pool2d_backward(gradients.gradient, x))
                          .contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor by_autograd(const AdaptiveAveragePool& pool, const AutogradCall& call) {
  return at::adaptive_avg_pool2d(call.x(), {pool.height, pool.width});
}

}  // namespace relu0::operations
