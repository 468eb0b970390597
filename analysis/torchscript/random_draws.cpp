#include "analysis/torchscript/random_draws.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include <ATen/core/Tensor.h>
#include <c10/core/DefaultDtype.h>

namespace relu0 {

namespace {

using torch::jit::Stack;

bool is_binary64(const c10::IValue& value) {
  return value.isTensor() && value.toTensor().defined() && value.toTensor().scalar_type() == at::kDouble;
}

/// The index of the argument that says which type is drawn; absent where there is none.
std::optional<std::size_t> type_argument(const c10::OperatorHandle& op) {
  const auto& arguments = op.schema().arguments();
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [](const c10::Argument& argument) { return argument.name() == "dtype"; });
  return found == arguments.end() ? std::nullopt
                                  : std::optional(static_cast<std::size_t>(found - arguments.begin()));
}

bool is_tensor(const c10::IValue& value) { return value.isTensor() && value.toTensor().defined(); }

/// The type that is drawn: the one that is asked for, or that of the tensors that are given, or LibTorch's
/// default.
at::ScalarType drawn_type(const c10::OperatorHandle& op, std::span<const c10::IValue> values) {
  if (const auto type = type_argument(op); type && values[*type].isInt()) {
    return static_cast<at::ScalarType>(values[*type].toInt());
  }
  if (std::none_of(values.begin(), values.end(), is_tensor)) {
    return c10::get_default_dtype_as_scalartype();
  }
  return std::any_of(values.begin(), values.end(), is_binary64) ? at::kDouble : at::kFloat;
}

}  // namespace

bool draws_random_numbers(std::string_view name) {
  static const std::set<std::string_view> names{"aten::bernoulli",       "aten::binomial",
                                                "aten::cauchy",          "aten::exponential",
                                                "aten::geometric",       "aten::log_normal",
                                                "aten::multinomial",     "aten::normal",
                                                "aten::poisson",         "aten::rand",
                                                "aten::rand_like",       "aten::randn",
                                                "aten::random",          "aten::_sample_dirichlet",
                                                "aten::_standard_gamma", "aten::randn_like",
                                                "aten::uniform"};
  return names.contains(name);
}

bool draws_binary64(const c10::OperatorHandle& op, const Stack& stack) {
  // What is written into a tensor that is given for it has that tensor's type.
  if (op.operator_name().overload_name.find("out") != std::string::npos) {
    return false;
  }
  const auto arguments = std::span(stack).last(op.schema().arguments().size());
  return drawn_type(op, arguments) == at::kDouble;
}

void draw_binary32(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack& stack) {
  const std::span<c10::IValue> arguments = std::span(stack).last(op.schema().arguments().size());
  const bool in_place = op.schema().is_mutable();
  const c10::IValue given = arguments.front();
  const bool of_given_tensors = std::any_of(arguments.begin(), arguments.end(), is_tensor);
  if (const auto type = type_argument(op); type && (arguments[*type].isInt() || !of_given_tensors)) {
    arguments[*type] = static_cast<std::int64_t>(at::kFloat);
  }
  for (c10::IValue& argument : arguments) {
    if (is_binary64(argument)) {
      argument = argument.toTensor().to(at::kFloat);
    }
  }
  op.redispatchBoxed(keys, &stack);
  for (c10::IValue& result : std::span(stack).last(op.schema().returns().size())) {
    if (in_place) {
      result = given.toTensor().copy_(result.toTensor());
    } else if (result.toTensor().scalar_type() == at::kFloat) {
      result = result.toTensor().to(at::kDouble);
    }
  }
}

}  // namespace relu0
