#include "analysis/torch/loaded_weights.hpp"

#include <algorithm>

#include <ATen/ops/from_blob.h>

namespace relu0 {

namespace {

std::vector<at::Tensor> to_tensors(const std::vector<TensorValues>& tensors, const Arithmetic& arithmetic) {
  std::vector<at::Tensor> result;
  for (const TensorValues& values : tensors) {
    result.push_back(to_tensor(values, arithmetic));
  }
  return result;
}

/// For each node, and one past the last, how many of the specs stand before it.
std::vector<std::size_t> firsts(const std::vector<TensorSpec>& specs, std::size_t nodes) {
  std::vector<std::size_t> result;
  for (std::size_t node = 0; node <= nodes; ++node) {
    const auto first = std::find_if(specs.begin(), specs.end(),
                                    [node](const TensorSpec& spec) { return spec.node >= node; });
    result.push_back(static_cast<std::size_t>(first - specs.begin()));
  }
  return result;
}

std::span<const at::Tensor> part(const std::vector<at::Tensor>& all, const std::vector<std::size_t>& firsts,
                                 std::size_t node) {
  return std::span(all).subspan(firsts[node], firsts[node + 1] - firsts[node]);
}

}  // namespace

LoadedWeights::LoadedWeights(const Network& network, const Weights& weights, const Arithmetic& arithmetic)
    : first_parameter_(firsts(network.parameters(), network.nodes().size())),
      first_buffer_(firsts(network.buffers(), network.nodes().size())) {
  check_fits(weights, network);
  parameters_ = to_tensors(weights.parameters, arithmetic);
  buffers_ = to_tensors(weights.buffers, arithmetic);
  parameters_changed(arithmetic);
}

LoadedWeights LoadedWeights::clone(const Arithmetic& arithmetic) const {
  LoadedWeights copy = *this;
  for (at::Tensor& parameter : copy.parameters_) {
    parameter = parameter.clone();
  }
  copy.parameters_changed(arithmetic);
  return copy;
}

void LoadedWeights::parameters_changed(const Arithmetic& arithmetic) {
  operands_.clear();
  for (const at::Tensor& parameter : parameters_) {
    operands_.push_back(arithmetic.operand(parameter));
  }
}

operations::NodeWeights LoadedWeights::of_node(std::size_t node) const {
  return {part(parameters_, first_parameter_, node), part(operands_, first_parameter_, node),
          part(buffers_, first_buffer_, node)};
}

at::Tensor to_tensor(const TensorValues& values, const Arithmetic& arithmetic) {
  at::Tensor tensor = values.values.visit([&]<typename Value>(std::span<const Value> from) {
    // from_blob takes a mutable pointer but the copy that follows only reads.
    return at::from_blob(const_cast<Value*>(from.data()), values.shape,
                         c10::CppTypeToScalarType<Value>::value)
        .to(arithmetic.options(), /*non_blocking=*/false, /*copy=*/true);
  });
  arithmetic.round_result(tensor);
  return tensor;
}

namespace {

template <typename Value>
std::vector<Value> copied(const at::Tensor& tensor) {
  std::vector<Value> values(static_cast<std::size_t>(tensor.numel()));
  at::from_blob(values.data(), tensor.sizes(), c10::CppTypeToScalarType<Value>::value).copy_(tensor);
  return values;
}

}  // namespace

TypedValues to_values(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kDouble ? TypedValues(copied<double>(tensor))
                                             : TypedValues(copied<float>(tensor));
}

std::vector<double> to_doubles(const at::Tensor& tensor) { return copied<double>(tensor); }

}  // namespace relu0
