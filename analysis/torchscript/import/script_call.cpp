#include "analysis/torchscript/import/script_call.hpp"

#include "analysis/torch/loaded_weights.hpp"

#include <fmt/format.h>

namespace relu0::script_import {

void ScriptCall::refuse(const std::string& why) { throw NotImported(why); }

const c10::IValue& ScriptCall::value(std::string_view argument) const {
  const auto index = arguments_.index(argument);
  if (!index) {
    refuse(fmt::format("this spelling has no argument '{}'", argument));
  }
  return arguments_[*index];
}

bool ScriptCall::has(std::string_view argument) const {
  const auto index = arguments_.index(argument);
  return index && !arguments_[*index].isNone() &&
         !(arguments_[*index].isTensor() && !arguments_[*index].toTensor().defined());
}

std::int64_t ScriptCall::integer(std::string_view argument) const {
  const c10::IValue& given = value(argument);
  if (!given.isInt()) {
    refuse(fmt::format("its argument '{}' is no integer", argument));
  }
  return given.toInt();
}

bool ScriptCall::boolean(std::string_view argument) const {
  const c10::IValue& given = value(argument);
  if (!given.isBool()) {
    refuse(fmt::format("its argument '{}' is no truth value", argument));
  }
  return given.toBool();
}

double ScriptCall::number(std::string_view argument) const {
  const std::optional<double> given = arguments_.number(argument);
  if (!given) {
    refuse(fmt::format("its argument '{}' is no number", argument));
  }
  return *given;
}

std::vector<std::int64_t> ScriptCall::integers(std::string_view argument) const {
  const c10::IValue& given = value(argument);
  if (given.isInt()) {
    return {given.toInt()};
  }
  if (!given.isIntList()) {
    refuse(fmt::format("its argument '{}' is no list of integers", argument));
  }
  return given.toIntVector();
}

std::array<std::int64_t, 2> ScriptCall::pair(std::string_view argument) const {
  const std::vector<std::int64_t> given = integers(argument);
  if (given.size() == 1) {
    return {given[0], given[0]};
  }
  if (given.size() != 2) {
    refuse(fmt::format("its argument '{}' has {} numbers: only images of two dimensions are imported",
                       argument, given.size()));
  }
  return {given[0], given[1]};
}

at::Tensor ScriptCall::tensor(std::string_view argument) const {
  const c10::IValue& given = value(argument);
  if (!given.isTensor() || !given.toTensor().defined()) {
    refuse(fmt::format("its argument '{}' is no tensor", argument));
  }
  return given.toTensor();
}

bool ScriptCall::is_node(std::string_view argument) const {
  if (!has(argument) || !value(argument).isTensor()) {
    return false;
  }
  const ScriptValue* known = values_.find(tensor(argument));
  return known != nullptr && std::holds_alternative<NodeValue>(*known);
}

std::size_t ScriptCall::node_of(const at::Tensor& tensor) const {
  const ScriptValue* known = values_.find(tensor);
  if (known == nullptr || !std::holds_alternative<NodeValue>(*known)) {
    refuse(
        "it takes a constant or a parameter where the networks of relu0 take what was computed from the "
        "mini-batch");
  }
  return std::get<NodeValue>(*known).node;
}

std::size_t ScriptCall::node(std::string_view argument) const { return node_of(tensor(argument)); }

std::vector<std::size_t> ScriptCall::nodes(std::string_view argument) const {
  const c10::IValue& given = value(argument);
  if (!given.isTensorList()) {
    refuse(fmt::format("its argument '{}' is no list of tensors", argument));
  }
  std::vector<std::size_t> result;
  for (const at::Tensor& tensor : given.toTensorVector()) {
    result.push_back(node_of(tensor));
  }
  return result;
}

std::size_t ScriptCall::dimension(const at::Tensor& tensor, std::int64_t given) {
  const std::int64_t from_start = given < 0 ? given + tensor.dim() : given;
  if (from_start < 0 || from_start >= tensor.dim()) {
    refuse(fmt::format("there is no dimension {} among {}", given, tensor.dim()));
  }
  return static_cast<std::size_t>(from_start);
}

NodeTensor ScriptCall::weight(const char* suffix, std::string_view argument, bool turned) const {
  const at::Tensor given = tensor(argument);
  const ScriptValue* known = values_.find(given);
  if (!given.is_floating_point()) {
    refuse(fmt::format("its argument '{}' holds no real numbers", argument));
  }
  const TypedValues values = to_values(turned ? given.t() : given);
  if (known == nullptr) {
    return {suffix, values, "constant", false};
  }
  const auto* weight = std::get_if<WeightValue>(known);
  if (weight == nullptr) {
    refuse(fmt::format("its argument '{}' is computed, not a parameter", argument));
  }
  return {suffix, values, weight->name, weight->transposed != turned};
}

NodeTensor ScriptCall::constant(const char* suffix, std::size_t count, double value) {
  return {suffix, TypedValues(std::vector<double>(count, value)), "constant", false};
}

ScriptCall::Broadcast ScriptCall::broadcast(std::string_view argument, std::size_t node) const {
  const Shape& sample = shape(node);
  Shape ones(sample.size(), 1);
  if (!value(argument).isTensor()) {
    return {ones, constant("weight", 1, number(argument))};
  }
  const at::Tensor given = tensor(argument);
  const auto extents = static_cast<std::size_t>(given.dim());
  if (extents > sample.size() + 1 || (extents == sample.size() + 1 && given.size(0) != 1)) {
    refuse(
        fmt::format("its argument '{}' has other numbers for each sample, and is neither parameter nor "
                    "computed from the mini-batch",
                    argument));
  }
  const std::size_t skipped = extents == sample.size() + 1 ? 1 : 0;
  for (std::size_t i = skipped; i < extents; ++i) {
    ones[sample.size() - extents + i] = given.size(static_cast<std::int64_t>(i));
  }
  return {ones, weight("weight", argument)};
}

std::size_t ScriptCall::append(Operation operation, std::vector<std::size_t> inputs,
                               std::vector<NodeTensor> tensors) {
  const std::string name = place_.module.empty() ? std::string(traits(operation).name) : place_.module;
  return draft_.append(name, std::move(operation), std::move(inputs), describe(place_), std::move(tensors));
}

}  // namespace relu0::script_import
