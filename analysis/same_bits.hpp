#pragma once
// Private to analysis: includes LibTorch.
#include <ATen/ATen.h>

namespace relu0 {

/// Whether two tensors of one shape and type hold the same bits.
bool same_bits(const at::Tensor& a, const at::Tensor& b);

}  // namespace relu0
