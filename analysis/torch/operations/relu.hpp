#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "analysis/zeros/zero_census.hpp"
#include "fixtures/network/relu_at_zero.hpp"

#include <ATen/core/Tensor.h>

namespace relu0::operations {

/// out = max(x, 0), with the same bits as LibTorch's relu, and counts the exact zeros of x per sample. x and
/// out: n × any shape, contiguous.
void relu(const at::Tensor& x, at::Tensor& out, LayerZeros& zeros);

/// The gradient that passes a ReLU with input x: 0 where x < 0, `gradient` where x > 0 (or NaN), and where x
/// = 0 the rule's value. s = 0 gives +0 under both rules, as LibTorch's own ReLU does, even for an infinite
/// gradient.
at::Tensor relu_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient, const at::Tensor& x,
                         ReluAtZero relu_at_zero);

}  // namespace relu0::operations
