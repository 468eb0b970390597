#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/zeros/relu_zeros.hpp"

#include <string>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// What the input x of the ReLU at `node` holds; x: n × any shape.
ReluZeros observe_zeros(std::size_t node, const std::string& name, const at::Tensor& x);

}  // namespace relu0
