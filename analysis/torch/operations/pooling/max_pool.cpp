#include "analysis/torch/operations/pooling/max_pool.hpp"

#include <functional>
#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/im2col.h>
#include <ATen/ops/isnan.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

namespace relu0::operations {

namespace {

constexpr std::array<std::int64_t, 2> no_dilation{1, 1};
constexpr double no_value = -std::numeric_limits<double>::infinity();

/// n × channels × height × width with the window's padding around each image.
at::Tensor padded(const Window& window, const at::Tensor& x, double value) {
  const auto& [rows, columns] = window.padding;
  return at::constant_pad_nd(x, {columns, columns, rows, rows}, value);
}

/// Calls body(elements) for each place of the window in row-major order; elements(padded) is what stands
/// there in every window, of the output's shape.
void for_each_tap(const Window& window, at::IntArrayRef output,
                  const std::function<void(const std::function<at::Tensor(const at::Tensor&)>&)>& body) {
  for (std::int64_t row = 0; row < window.kernel[0]; ++row) {
    for (std::int64_t column = 0; column < window.kernel[1]; ++column) {
      body([&](const at::Tensor& image) {
        return image.slice(2, row, row + (output[2] - 1) * window.stride[0] + 1, window.stride[0])
            .slice(3, column, column + (output[3] - 1) * window.stride[1] + 1, window.stride[1]);
      });
    }
  }
}

/// Where windows hold their maximum.
class Maxima {
 public:
  Maxima(const Window& window, const at::Tensor& x, const at::Tensor& output)
      : x_(padded(window, x, no_value)),
        in_image_(padded(window, at::ones({1, 1, x.size(2), x.size(3)}, x.options().dtype(at::kBool)), 0)),
        output_(output) {}

  /// Whether the element is the maximum of its window, for each window; `elements` is for_each_tap()'s. NaN
  /// is the maximum of a window that holds one. The padding never is, whatever is in the image.
  template <typename Elements>
  [[nodiscard]] at::Tensor stand_at(const Elements& elements) const {
    const at::Tensor element = elements(x_);
    const at::Tensor equal = element.eq(output_).logical_or_(element.isnan().logical_and_(output_.isnan()));
    return equal.logical_and_(elements(in_image_));
  }

 private:
  at::Tensor x_;
  at::Tensor in_image_;
  at::Tensor output_;
};

/// How often each window holds its maximum.
at::Tensor maxima(const Window& window, const at::Tensor& x, const at::Tensor& output) {
  const Maxima places(window, x, output);
  at::Tensor count = at::zeros_like(output);
  for_each_tap(window, output.sizes(), [&](const auto& elements) { count += places.stand_at(elements); });
  return count;
}

/// The gradient under TieChoice::last or mean. Sums run over the places of the window in row-major order, as
/// LibTorch's col2im adds them up.
at::Tensor gradient_of_ties(const Window& window, const NodeCall& call, const at::Tensor& gradient,
                            TieChoice choice) {
  const at::Tensor& x = call.x();
  const at::Tensor output = at::max_pool2d(x, window.kernel, window.stride, window.padding);
  const Maxima places(window, x, output);
  at::Tensor share = gradient;
  at::Tensor left = maxima(window, x, output);
  if (choice == TieChoice::mean) {
    share = gradient / left;
    call.arithmetic().round_result(share);
  }
  at::Tensor sums = at::zeros_like(padded(window, x, 0));
  for_each_tap(window, output.sizes(), [&](const auto& elements) {
    at::Tensor gets = places.stand_at(elements);
    if (choice == TieChoice::last) {
      left -= gets.to(left.scalar_type());
      gets = gets.logical_and(left.eq(0));
    }
    elements(sums).add_(share.masked_fill(gets.logical_not(), 0));
  });
  const auto& [rows, columns] = window.padding;
  at::Tensor result = sums.narrow(2, rows, x.size(2)).narrow(3, columns, x.size(3)).contiguous();
  call.arithmetic().round_result(result);
  return result;
}

}  // namespace

NodeResult forward(const MaxPool& pool, const NodeCall& call, NodeMemory& memory) {
  const Window& window = pool.window;
  auto [output, indices] = at::max_pool2d_with_indices(call.x(), window.kernel, window.stride, window.padding,
                                                       no_dilation, /*ceil_mode=*/false);
  at::Tensor result = output.contiguous();
  for (KinkHits& hits : memory.hits) {
    count_hits(maxima(window, call.x(), result).gt(1), hits);
  }
  return {result, {indices}};
}

std::vector<at::Tensor> input_gradients(const MaxPool& pool, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Window& window = pool.window;
  if (call.pass.kinks.max_pool != TieChoice::first) {
    return {gradient_of_ties(window, call, gradients.gradient, call.pass.kinks.max_pool)};
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
  return maxima(window, call.x(), output).gt(1);
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
