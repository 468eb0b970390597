#pragma once
#include <ATen/core/Tensor.h>
// Private to analysis: includes LibTorch.

namespace relu0 {

/// Whether two tensors of one shape and type hold the same bits.
bool same_bits(const at::Tensor& a, const at::Tensor& b);

}  // namespace relu0
