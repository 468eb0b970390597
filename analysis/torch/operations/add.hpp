#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"

#include <ATen/core/Tensor.h>

namespace relu0::operations {

/// a + b: a residual connection, and the sum of the gradients that reach a node from its consumers.
at::Tensor add(const Arithmetic& arithmetic, const at::Tensor& a, const at::Tensor& b);

}  // namespace relu0::operations
