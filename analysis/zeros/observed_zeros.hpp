#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/zeros/kink_census.hpp"
#include "analysis/zeros/relu_zeros.hpp"
#include "fixtures/network/precision.hpp"

#include <string>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// What the input x of the ReLU at `node` holds; x: n × any shape.
ReluZeros observe_zeros(std::size_t node, const std::string& name, const at::Tensor& x);

/// The smallest positive normal number of the format in which a precision stores values.
double smallest_normal(Precision precision);

/// What `x`, the input of a kink at 0, holds besides +0. precision: that of x, which says what is subnormal.
ZeroKinds zero_kinds(const at::Tensor& x, Precision precision);

}  // namespace relu0
