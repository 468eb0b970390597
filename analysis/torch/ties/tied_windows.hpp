#pragma once
// Private to analysis: includes LibTorch.
#include "fixtures/network/operations/window.hpp"

#include <ATen/core/Tensor.h>

namespace relu0 {

/// Which windows of x, n × channels × height × width, hold their maximum, which stands in `output`, more than
/// once: bool, of the output's shape. NaN is the maximum of a window that holds one; the padding never is. On
/// the CPU one sweep over contiguous binary32 or binary64 numbers; elsewhere count_maxima().
at::Tensor tied_windows(const Window& window, const at::Tensor& x, const at::Tensor& output);

}  // namespace relu0
