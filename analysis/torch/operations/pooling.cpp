#include "analysis/torch/operations/pooling.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_adaptive_avg_pool2d_backward.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool2d_backward.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>

namespace relu0::operations {

namespace {

constexpr std::array<std::int64_t, 2> no_dilation{1, 1};

}  // namespace

NodeResult max_pool(const MaxPool& pool, const at::Tensor& x) {
  const Window& window = pool.window;
  auto [output, indices] = at::max_pool2d_with_indices(x, window.kernel, window.stride, window.padding,
                                                       no_dilation, /*ceil_mode=*/false);
  return {output.contiguous(), {indices}};
}

at::Tensor max_pool_gradient(const Arithmetic& arithmetic, const MaxPool& pool, const at::Tensor& gradient,
                             const at::Tensor& x, const std::vector<at::Tensor>& kept) {
  const Window& window = pool.window;
  at::Tensor result =
      at::max_pool2d_with_indices_backward(gradient, x, window.kernel, window.stride, window.padding,
                                           no_dilation, /*ceil_mode=*/false, kept.front())
          .contiguous();
  arithmetic.round_result(result);
  return result;
}

at::Tensor average_pool(const Arithmetic& arithmetic, const AveragePool& pool, const at::Tensor& x) {
  const Window& window = pool.window;
  at::Tensor result = at::avg_pool2d(x, window.kernel, window.stride, window.padding).contiguous();
  arithmetic.round_result(result);
  return result;
}

at::Tensor average_pool_gradient(const Arithmetic& arithmetic, const AveragePool& pool,
                                 const at::Tensor& gradient, const at::Tensor& x) {
  const Window& window = pool.window;
  at::Tensor result = at::avg_pool2d_backward(gradient, x, window.kernel, window.stride, window.padding,
                                              /*ceil_mode=*/false, /*count_include_pad=*/true,
                                              /*divisor_override=*/c10::nullopt)
                          .contiguous();
  arithmetic.round_result(result);
  return result;
}

at::Tensor adaptive_average_pool(const Arithmetic& arithmetic, const AdaptiveAveragePool& pool,
                                 const at::Tensor& x) {
  at::Tensor result = at::adaptive_avg_pool2d(x, {pool.height, pool.width}).contiguous();
  arithmetic.round_result(result);
  return result;
}

at::Tensor adaptive_average_pool_gradient(const Arithmetic& arithmetic, const AdaptiveAveragePool& pool,
                                          const at::Tensor& gradient, const at::Tensor& x) {
  // LibTorch computes a 1 × 1 output as a mean over the image, and so differentiates it as one.
  const bool is_mean = pool.height == 1 && pool.width == 1;
  at::Tensor result = (is_mean ? gradient.expand(x.sizes()) / (x.size(2) * x.size(3))
                               : at::_adaptive_avg_pool2d_backward(gradient, x))
                          .contiguous();
  arithmetic.round_result(result);
  return result;
}

}  // namespace relu0::operations
