#include "analysis/torch/operations/activations/derivative_at_kink.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/where.h>

namespace relu0::operations {

at::Tensor with_choice_at(const at::Tensor& mask, const DerivativeChoice& choice, const at::Tensor& gradient,
                          const at::Tensor& elsewhere) {
  if (choice.value != 0 && choice.rule == Rule::chain_rule) {
    return at::where(mask, gradient * choice.value, elsewhere);
  }
  return elsewhere.masked_fill(mask, choice.value == 0 ? 0.0 : choice.value);
}

void save_choice(torch::autograd::AutogradContext& context, const std::string& name,
                 const DerivativeChoice& choice) {
  context.saved_data[name + ".value"] = choice.value;
  context.saved_data[name + ".assigns"] = choice.rule == Rule::published_code;
}

DerivativeChoice saved_choice(const torch::autograd::AutogradContext& context, const std::string& name) {
  return {
      .value = context.saved_data.at(name + ".value").toDouble(),
      .rule = context.saved_data.at(name + ".assigns").toBool() ? Rule::published_code : Rule::chain_rule};
}

}  // namespace relu0::operations
