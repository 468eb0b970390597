#include "analysis/torchscript/import/operators/operators.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace relu0::script_import {

namespace {

std::vector<ScriptValue> unchanged(ScriptCall& call) { return {NodeValue{call.node("self")}}; }

/// The same numbers in the type that they have.
std::vector<ScriptValue> import_same_type(ScriptCall& call) {
  if (call.result().scalar_type() != call.tensor("self").scalar_type()) {
    ScriptCall::refuse("it changes the type of what the mini-batch becomes");
  }
  return unchanged(call);
}

/// Whatever gives each sample's values another shape, row by row.
std::vector<ScriptValue> import_reshape(ScriptCall& call) {
  const std::size_t input = call.node("self");
  const at::Tensor& made = call.result();
  if (!made.defined() || made.dim() < 2 || made.size(0) != call.samples()) {
    ScriptCall::refuse("it does not keep the samples of the mini-batch apart");
  }
  Shape shape(made.sizes().begin() + 1, made.sizes().end());
  if (shape == call.shape(input)) {
    return {NodeValue{input}};
  }
  const Operation operation = shape.size() == 1 ? Operation(Flatten{}) : Operation(Reshape{shape});
  return {NodeValue{call.append(operation, {input})}};
}

std::vector<ScriptValue> append_permutation(ScriptCall& call, const std::vector<std::size_t>& order) {
  if (order.empty() || order.front() != 0) {
    ScriptCall::refuse("it moves the dimension of the mini-batch");
  }
  Transpose transpose;
  for (const std::size_t dimension : std::span(order).subspan(1)) {
    transpose.permutation.push_back(static_cast<std::int64_t>(dimension) - 1);
  }
  return {NodeValue{call.append(transpose, {call.node("self")})}};
}

std::vector<ScriptValue> import_permute(ScriptCall& call) {
  const at::Tensor x = call.tensor("self");
  std::vector<std::size_t> order;
  for (const std::int64_t dimension : call.integers("dims")) {
    order.push_back(ScriptCall::dimension(x, dimension));
  }
  return append_permutation(call, order);
}

/// Transposes a parameter too, which a matrix product then takes.
std::vector<ScriptValue> import_transpose(ScriptCall& call) {
  const at::Tensor x = call.tensor("self");
  std::vector<std::size_t> order(static_cast<std::size_t>(x.dim()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t a = call.has("dim0") ? ScriptCall::dimension(x, call.integer("dim0")) : 0;
  const std::size_t b = call.has("dim1") ? ScriptCall::dimension(x, call.integer("dim1")) : 1;
  if (b < order.size()) {
    std::swap(order[a], order[b]);
  }
  if (!call.is_node("self")) {
    const NodeTensor weight = call.weight("weight", "self");
    if (x.dim() != 2 || a == b) {
      ScriptCall::refuse("only matrices of parameters are transposed");
    }
    return {WeightValue{weight.source, !weight.transposed}};
  }
  return append_permutation(call, order);
}

std::vector<ScriptValue> import_cat(ScriptCall& call) {
  const std::vector<std::size_t> inputs = call.nodes("tensors");
  if (ScriptCall::dimension(call.result(), call.integer("dim")) != 1) {
    ScriptCall::refuse("tensors are joined along their first dimension after the mini-batch only");
  }
  return {NodeValue{call.append(Concatenate{}, inputs)}};
}

/// The dimension along which parts of a tensor are taken, which is not the mini-batch's.
std::size_t dimension_of_parts(const ScriptCall& call) {
  const std::size_t dimension = ScriptCall::dimension(call.tensor("self"), call.integer("dim"));
  if (dimension == 0) {
    ScriptCall::refuse("it takes a part of the mini-batch");
  }
  return dimension;
}

std::int64_t extent_of_parts(const ScriptCall& call) {
  return call.tensor("self").size(static_cast<std::int64_t>(dimension_of_parts(call)));
}

/// `count` indices from `first` on.
NodeValue append_part(ScriptCall& call, std::int64_t first, std::int64_t count) {
  const std::size_t input = call.node("self");
  const auto dimension = static_cast<std::int64_t>(dimension_of_parts(call));
  return {call.append(Narrow{.dimension = dimension - 1, .start = first, .length = count}, {input})};
}

/// Parts of such extents, one after the other.
std::vector<ScriptValue> append_parts(ScriptCall& call, const std::vector<std::int64_t>& counts) {
  std::vector<ScriptValue> parts;
  std::int64_t first = 0;
  for (const std::int64_t count : counts) {
    parts.emplace_back(append_part(call, first, count));
    first += count;
  }
  return parts;
}

/// Parts of `size`, the last one of what is left.
std::vector<std::int64_t> parts_of(std::int64_t extent, std::int64_t size) {
  std::vector<std::int64_t> counts;
  for (std::int64_t left = extent; left > 0 && size > 0; left -= counts.back()) {
    counts.push_back(std::min(left, size));
  }
  return counts;
}

std::vector<ScriptValue> import_chunk(ScriptCall& call) {
  const std::int64_t extent = extent_of_parts(call);
  const std::int64_t chunks = std::max<std::int64_t>(call.integer("chunks"), 1);
  return append_parts(call, parts_of(extent, (extent + chunks - 1) / chunks));
}

std::vector<ScriptValue> import_split(ScriptCall& call) {
  if (!call.has("split_size")) {
    return append_parts(call, call.integers("split_sizes"));
  }
  const std::vector<std::int64_t> sizes = call.integers("split_size");
  return append_parts(call, sizes.size() == 1 && call.is_integer("split_size")
                                ? parts_of(extent_of_parts(call), sizes.front())
                                : sizes);
}

/// A start below 0 counts from the end.
std::int64_t from_start(std::int64_t start, std::int64_t extent) {
  return start < 0 ? start + extent : start;
}

std::vector<ScriptValue> import_narrow(ScriptCall& call) {
  return {
      append_part(call, from_start(call.integer("start"), extent_of_parts(call)), call.integer("length"))};
}

/// x[:, first:end], and x[:] along any dimension.
std::vector<ScriptValue> import_slice(ScriptCall& call) {
  const at::Tensor x = call.tensor("self");
  if (call.result().sizes() == x.sizes()) {
    return unchanged(call);
  }
  if (call.integer("step") != 1) {
    ScriptCall::refuse("only a slice without gaps is imported");
  }
  const std::size_t dimension = dimension_of_parts(call);
  const std::int64_t extent = extent_of_parts(call);
  const std::int64_t start = call.has("start") ? call.integer("start") : 0;
  return {append_part(call, std::clamp<std::int64_t>(from_start(start, extent), 0, extent),
                      call.result().size(static_cast<std::int64_t>(dimension)))};
}

/// The operand that is not computed from the mini-batch becomes a weight.
template <typename OfTwo, typename OfWeight>
std::vector<ScriptValue> elementwise(ScriptCall& call, const char* suffix) {
  if (call.is_node("self") && call.is_node("other")) {
    return {NodeValue{call.append(OfTwo{}, {call.node("self"), call.node("other")})}};
  }
  const bool left = call.is_node("self");
  const std::size_t input = call.node(left ? "self" : "other");
  ScriptCall::Broadcast operand = call.broadcast(left ? "other" : "self", input);
  operand.weight.suffix = suffix;
  return {NodeValue{call.append(OfWeight{operand.shape}, {input}, {std::move(operand.weight)})}};
}

std::vector<ScriptValue> import_add(ScriptCall& call) {
  if (call.number("alpha") != 1) {
    ScriptCall::refuse("a sum with a factor (alpha) is not imported");
  }
  return elementwise<Add, Shift>(call, "bias");
}

std::vector<ScriptValue> import_multiply(ScriptCall& call) {
  return elementwise<Multiply, Scale>(call, "weight");
}

}  // namespace

std::span<const ImportedOperator> structure_operators() {
  static constexpr std::array<ImportedOperator, 22> operators{
      {{"aten::flatten", import_reshape}, {"aten::view", import_reshape},
       {"aten::reshape", import_reshape}, {"aten::unsqueeze", import_reshape},
       {"aten::squeeze", import_reshape}, {"aten::unflatten", import_reshape},
       {"aten::permute", import_permute}, {"aten::transpose", import_transpose},
       {"aten::t", import_transpose},     {"aten::contiguous", unchanged},
       {"aten::clone", unchanged},        {"aten::alias", unchanged},
       {"aten::to", import_same_type},    {"aten::cat", import_cat},
       {"aten::concat", import_cat},      {"aten::chunk", import_chunk},
       {"aten::split", import_split},     {"aten::split_with_sizes", import_split},
       {"aten::narrow", import_narrow},   {"aten::slice", import_slice},
       {"aten::add", import_add},         {"aten::mul", import_multiply}}};
  return operators;
}

}  // namespace relu0::script_import
