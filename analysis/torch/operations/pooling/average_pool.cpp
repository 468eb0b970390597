#include "analysis/torch/operations/pooling/average_pool.hpp"

#include "analysis/torch/operations/image_padding.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool2d_backward.h>
#include <ATen/ops/ones_like.h>

namespace relu0::operations {

namespace {

/// Sums over windows of images that are padded already.
at::Tensor window_sums(const Window& window, const at::Tensor& padded_x) {
  return at::avg_pool2d(padded_x, window.kernel, window.stride, no_kernel_padding, window.ceil,
                        /*count_include_pad=*/true, /*divisor_override=*/1);
}

/// By how many values each window of unevenly padded images is divided. Exact: small integers.
at::Tensor divisors(const AveragePool& pool, const at::Tensor& x) {
  const at::Tensor ones = at::ones_like(x.detach());
  return window_sums(pool.window, padded(pool.window, ones, pool.count_padding ? 1 : 0));
}

at::Tensor averages(const AveragePool& pool, const at::Tensor& x) {
  const Window& window = pool.window;
  return window.padded_evenly() ? at::avg_pool2d(x, window.kernel, window.stride, window.padding, window.ceil,
                                                 pool.count_padding)
                                : window_sums(window, padded(window, x, 0)) / divisors(pool, x);
}

}  // namespace

NodeResult forward(const AveragePool& pool, const NodeCall& call, NodeMemory& /*memory*/) {
  at::Tensor result = averages(pool, call.x()).contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

std::vector<at::Tensor> input_gradients(const AveragePool& pool, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Window& window = pool.window;
  at::Tensor result;
  if (window.padded_evenly()) {
    result =
        at::avg_pool2d_backward(gradients.gradient, call.x(), window.kernel, window.stride, window.padding,
                                window.ceil, pool.count_padding, /*divisor_override=*/{});
  } else {
    result = without_padding(
        window,
        at::avg_pool2d_backward(gradients.gradient / divisors(pool, call.x()), padded(window, call.x(), 0),
                                window.kernel, window.stride, no_kernel_padding, window.ceil,
                                /*count_include_pad=*/true, /*divisor_override=*/1),
        call.x());
  }
  result = result.contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor by_autograd(const AveragePool& pool, const AutogradCall& call) { return averages(pool, call.x()); }

}  // namespace relu0::operations
