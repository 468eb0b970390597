#pragma once
#include "fixtures/network/kinks.hpp"

#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/where.h>
#include <torch/csrc/autograd/custom_function.h>

namespace relu0::operations {

/// `elsewhere`, but where `mask` holds what the choice makes of `gradient`: +0 for a value of 0, value ·
/// gradient under the chain rule, the value under the published code's.
inline at::Tensor with_choice_at(const at::Tensor& mask, const DerivativeChoice& choice,
                                 const at::Tensor& gradient, const at::Tensor& elsewhere) {
  if (choice.value != 0 && choice.rule == Rule::chain_rule) {
    return at::where(mask, gradient * choice.value, elsewhere);
  }
  return elsewhere.masked_fill(mask, choice.value == 0 ? 0.0 : choice.value);
}

/// @name A choice on its way through LibTorch's graph, which carries plain values
/// @{
inline void save_choice(torch::autograd::AutogradContext& context, const std::string& name,
                        const DerivativeChoice& choice) {
  context.saved_data[name + ".value"] = choice.value;
  context.saved_data[name + ".assigns"] = choice.rule == Rule::published_code;
}

inline DerivativeChoice saved_choice(const torch::autograd::AutogradContext& context,
                                     const std::string& name) {
  return {
      .value = context.saved_data.at(name + ".value").toDouble(),
      .rule = context.saved_data.at(name + ".assigns").toBool() ? Rule::published_code : Rule::chain_rule};
}
/// @}

}  // namespace relu0::operations
