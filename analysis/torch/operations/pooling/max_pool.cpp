#include "analysis/torch/operations/pooling/max_pool.hpp"

#include "analysis/torch/max_pool_ties.hpp"

#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/im2col.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <ATen/ops/ones_like.h>

namespace relu0::operations {

namespace {

constexpr std::array<std::int64_t, 2> no_dilation{1, 1};
constexpr double no_value = -std::numeric_limits<double>::infinity();

PoolWindows windows_of(const Window& window) {
  return {.kernel = window.kernel, .stride = window.stride, .padding = window.padding};
}

/// The gradient under TieChoice::last or mean.
at::Tensor gradient_under(TieChoice choice, const Window& window, const NodeCall& call,
                          const at::Tensor& gradient) {
  const at::Tensor output = at::max_pool2d(call.x(), window.kernel, window.stride, window.padding);
  return gradient_of_ties(windows_of(window), call.x(), output, gradient, choice,
                          [&call](at::Tensor& result) { call.arithmetic().round_result(result); });
}

}  // namespace

NodeResult forward(const MaxPool& pool, const NodeCall& call, NodeMemory& memory) {
  const Window& window = pool.window;
  auto [output, indices] = at::max_pool2d_with_indices(call.x(), window.kernel, window.stride, window.padding,
                                                       no_dilation, /*ceil_mode=*/false);
  at::Tensor result = output.contiguous();
  for (KinkHits& hits : memory.hits) {
    count_hits(count_maxima(windows_of(window), call.x(), result).gt(1), hits);
  }
  return {result, {indices}};
}

std::vector<at::Tensor> input_gradients(const MaxPool& pool, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Window& window = pool.window;
  if (call.pass.kinks.max_pool != TieChoice::first) {
    return {gradient_under(call.pass.kinks.max_pool, window, call, gradients.gradient)};
  }
  // The indices are those of the first maxima.
  at::Tensor result = at::max_pool2d_with_indices_backward(gradients.gradient, call.x(), window.kernel,
                                                           window.stride, window.padding, no_dilation,
                                                           /*ceil_mode=*/false, gradients.kept.front())
                          .contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor kink_hits(const MaxPool& pool, const KinkPlace& /*place*/, const NodeCall& call) {
  const Window& window = pool.window;
  const at::Tensor output = at::max_pool2d(call.x(), window.kernel, window.stride, window.padding);
  return count_maxima(windows_of(window), call.x(), output).gt(1);
}

at::Tensor by_autograd(const MaxPool& pool, const AutogradCall& call) {
  const Window& window = pool.window;
  const at::Tensor& x = call.x();
  if (call.pass.kinks.max_pool == TieChoice::first) {
    return at::max_pool2d(x, window.kernel, window.stride, window.padding);
  }
  const at::Tensor output = at::max_pool2d(x.detach(), window.kernel, window.stride, window.padding);
  // n × channels × places of the window × windows; where a place lies in the padding it never wins.
  const auto unfolded = [&](const at::Tensor& image) {
    return at::im2col(image, window.kernel, no_dilation, window.padding, window.stride)
        .view({x.size(0), x.size(1), window.kernel[0] * window.kernel[1], output.size(2) * output.size(3)});
  };
  const at::Tensor windows = unfolded(x).masked_fill(unfolded(at::ones_like(x.detach())).eq(0), no_value);
  // amax() shares the gradient among equal maxima, max() gives it to the first, which is the last of the
  // flipped ones.
  const at::Tensor result =
      call.pass.kinks.max_pool == TieChoice::mean ? windows.amax({2}) : std::get<0>(windows.flip({2}).max(2));
  return result.view(output.sizes());
}

}  // namespace relu0::operations
