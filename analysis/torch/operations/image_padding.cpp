#include "analysis/torch/operations/image_padding.hpp"

#include <algorithm>

#include <ATen/ops/constant_pad_nd.h>

namespace relu0::operations {

at::Tensor padded(const Window& window, const at::Tensor& x, double value) {
  return at::constant_pad_nd(
      x, {window.padding[1], window.end_padding(1), window.padding[0], window.end_padding(0)}, value);
}

at::Tensor padded_to_cover(const Window& window, const at::Tensor& x, double value, std::int64_t height,
                           std::int64_t width) {
  const auto after = [&](std::size_t i, std::int64_t outputs) {
    const std::int64_t end = (outputs - 1) * window.stride[i] + window.span(i);
    return std::max<std::int64_t>(0, end - window.padding[i] - x.size(static_cast<std::int64_t>(i) + 2));
  };
  return at::constant_pad_nd(x, {window.padding[1], after(1, width), window.padding[0], after(0, height)},
                             value);
}

const std::array<std::int64_t, 2>& kernel_padding(const Window& window) {
  static constexpr std::array<std::int64_t, 2> none{0, 0};
  return window.padded_evenly() ? window.padding : none;
}

at::Tensor to_kernel(const Window& window, const at::Tensor& x, double value) {
  return window.padded_evenly() ? x : padded(window, x, value);
}

at::Tensor from_kernel(const Window& window, const at::Tensor& gradient, const at::Tensor& x) {
  return window.padded_evenly() ? gradient : without_padding(window, gradient, x);
}

at::Tensor without_padding(const Window& window, const at::Tensor& padded_x, const at::Tensor& x) {
  return padded_x.narrow(2, window.padding[0], x.size(2)).narrow(3, window.padding[1], x.size(3));
}

}  // namespace relu0::operations
