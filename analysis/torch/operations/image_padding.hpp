#pragma once
// Private to analysis: includes LibTorch.
#include "fixtures/network/operations/window.hpp"

#include <ATen/core/Tensor.h>

namespace relu0::operations {

/// @name Padding as a tensor of its own, for windows that LibTorch's kernels do not take: those with another
/// padding at the end than at the beginning
/// @{
/// n × channels × height × width with rows and columns of `value` around each image: `padding` of them before
/// it, `padding_end` after it.
at::Tensor padded(const Window& window, const at::Tensor& x, double value);
/// The same with as many rows and columns after the image as the windows of an output of height × width reach
/// beyond it.
at::Tensor padded_to_cover(const Window& window, const at::Tensor& x, double value, std::int64_t height,
                           std::int64_t width);
/// The images within padded ones, as a view.
at::Tensor without_padding(const Window& window, const at::Tensor& padded_x, const at::Tensor& x);
/// @}

/// @name A window as LibTorch's kernels take it: the same padding at both ends, or none around padded images
/// @{
const std::array<std::int64_t, 2>& kernel_padding(const Window& window);
inline constexpr std::array<std::int64_t, 2> no_kernel_padding{0, 0};
at::Tensor to_kernel(const Window& window, const at::Tensor& x, double value);
/// The gradient of x from that of what the kernel saw.
at::Tensor from_kernel(const Window& window, const at::Tensor& gradient, const at::Tensor& x);
/// @}

}  // namespace relu0::operations
