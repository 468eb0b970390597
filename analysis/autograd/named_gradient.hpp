#pragma once
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// d loss / d tensor under the tensor's name: that of a parameter ("fc1.weight"), or "input 0".
struct NamedGradient {
  std::string name;
  at::Tensor gradient;  ///< undefined where none reaches the tensor
};

/// The gradients of one pass, in the model's order. Names differ.
using NamedGradients = std::vector<NamedGradient>;

}  // namespace relu0
