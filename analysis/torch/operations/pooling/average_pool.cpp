#include "analysis/torch/operations/pooling/average_pool.hpp"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool2d_backward.h>

namespace relu0::operations {

NodeResult forward(const AveragePool& pool, const NodeCall& call, NodeMemory& /*memory*/) {
  const Window& window = pool.window;
  at::Tensor result = at::avg_pool2d(call.x(), window.kernel, window.stride, window.padding).contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

std::vector<at::Tensor> input_gradients(const AveragePool& pool, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Window& window = pool.window;
  at::Tensor result =
      at::avg_pool2d_backward(gradients.gradient, call.x(), window.kernel, window.stride, window.padding,
                              /*ceil_mode=*/false, /*count_include_pad=*/true,
                              /*divisor_override=*/c10::nullopt)
          .contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor by_autograd(const AveragePool& pool, const AutogradCall& call) {
  return at::avg_pool2d(call.x(), pool.window.kernel, pool.window.stride, pool.window.padding);
}

}  // namespace relu0::operations
