#pragma once
// Private to analysis: includes LibTorch.
#include "fixtures/network/kinks.hpp"

#include <string>

#include <ATen/core/Tensor.h>
#include <torch/csrc/autograd/custom_function.h>

namespace relu0::operations {

/// `elsewhere`, but where `mask` holds what the choice makes of `gradient`: +0 for a value of 0, value ·
/// gradient under the chain rule, the value under the published code's.
at::Tensor with_choice_at(const at::Tensor& mask, const DerivativeChoice& choice, const at::Tensor& gradient,
                          const at::Tensor& elsewhere);

/// @name A choice on its way through LibTorch's graph, which carries plain values
/// @{
void save_choice(torch::autograd::AutogradContext& context, const std::string& name,
                 const DerivativeChoice& choice);
DerivativeChoice saved_choice(const torch::autograd::AutogradContext& context, const std::string& name);
/// @}

}  // namespace relu0::operations
