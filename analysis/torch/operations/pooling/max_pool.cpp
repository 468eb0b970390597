#include "analysis/torch/operations/pooling/max_pool.hpp"

#include "analysis/torch/operations/image_padding.hpp"
#include "analysis/torch/ties/max_pool_ties.hpp"
#include "analysis/torch/ties/tied_windows.hpp"

#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/im2col.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>

namespace relu0::operations {

namespace {

constexpr double no_value = -std::numeric_limits<double>::infinity();

at::Tensor maxima_of(const Window& window, const at::Tensor& x) {
  return at::max_pool2d(to_kernel(window, x, no_value), window.kernel, window.stride, kernel_padding(window),
                        window.dilation, window.ceil);
}

/// The gradient under TieChoice::last or mean.
at::Tensor gradient_under(TieChoice choice, const Window& window, const NodeCall& call,
                          const at::Tensor& gradient) {
  return gradient_of_ties(window, call.x(), maxima_of(window, call.x()), gradient, choice,
                          [&call](at::Tensor& result) { call.arithmetic().round_result(result); });
}

}  // namespace

NodeResult forward(const MaxPool& pool, const NodeCall& call, NodeMemory& memory) {
  const Window& window = pool.window;
  auto [output, indices] =
      at::max_pool2d_with_indices(to_kernel(window, call.x(), no_value), window.kernel, window.stride,
                                  kernel_padding(window), window.dilation, window.ceil);
  at::Tensor result = output.contiguous();
  for (KinkHits& hits : memory.hits) {
    count_hits(tied_windows(window, call.x(), result), hits);
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
  at::Tensor result = at::max_pool2d_with_indices_backward(
      gradients.gradient, to_kernel(window, call.x(), no_value), window.kernel, window.stride,
      kernel_padding(window), window.dilation, window.ceil, gradients.kept.front());
  result = from_kernel(window, result, call.x()).contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor kink_hits(const MaxPool& pool, const KinkPlace& /*place*/, const NodeCall& call) {
  const Window& window = pool.window;
  return tied_windows(window, call.x(), maxima_of(window, call.x()));
}

at::Tensor by_autograd(const MaxPool& pool, const AutogradCall& call) {
  const Window& window = pool.window;
  const at::Tensor& x = call.x();
  if (call.pass.kinks.max_pool == TieChoice::first) {
    return maxima_of(window, x);
  }
  const at::Tensor output = maxima_of(window, x.detach());
  // n × channels × places of the window × windows; where a place lies in the padding it never wins.
  const at::Tensor windows =
      at::im2col(padded_to_cover(window, x, no_value, output.size(2), output.size(3)), window.kernel,
                 window.dilation, no_kernel_padding, window.stride)
          .view({x.size(0), x.size(1), window.kernel[0] * window.kernel[1], output.size(2) * output.size(3)});
  // amax() shares the gradient among equal maxima, max() gives it to the first, which is the last of the
  // flipped ones.
  const at::Tensor result =
      call.pass.kinks.max_pool == TieChoice::mean ? windows.amax({2}) : std::get<0>(windows.flip({2}).max(2));
  return result.view(output.sizes());
}

}  // namespace relu0::operations
