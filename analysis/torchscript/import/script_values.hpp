#pragma once
// Private to analysis: includes LibTorch.
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0::script_import {

/// What a tensor of a TorchScript pass is in the network that the pass is described as.
/// @{

/// The output of a node: mini-batch × its shape.
struct NodeValue {
  std::size_t node;
};

/// A parameter or buffer of the module, as it is or as a matrix the other way round.
struct WeightValue {
  std::string name;
  bool transposed = false;
};

/// The loss: of the network, or the mean of the squared differences of node `node` from `targets`.
struct LossValue {
  std::size_t node;
  std::vector<std::int64_t> labels{};
  std::vector<double> targets{};
};

/// What the network cannot have. `why`: empty where a gap says it already. What was computed from parameters
/// alone is a gap only where something that was computed from the mini-batch meets it.
struct LostValue {
  std::string why;
  bool of_parameters = false;
};

using ScriptValue = std::variant<NodeValue, WeightValue, LossValue, LostValue>;
/// @}

/// What is known of the tensors of a pass. All others are constants, unless they share memory with one of
/// these. Tensors are kept alive, so that none takes another's place.
class ScriptValues {
 public:
  void set(const at::Tensor& tensor, ScriptValue value);
  /// What is known of a tensor; nullptr for a constant.
  [[nodiscard]] const ScriptValue* find(const at::Tensor& tensor) const;
  /// To be called where an operator wrote into a tensor: whatever shares its memory is lost, the tensor
  /// itself too until it is set anew.
  void written(const at::Tensor& tensor);

 private:
  struct Known {
    at::Tensor tensor;
    ScriptValue value;
  };
  std::unordered_map<const void*, Known> values_;
  /// Memory of the tensors that are known, with those that lie in it.
  std::unordered_map<const void*, std::vector<const void*>> in_memory_;
};

}  // namespace relu0::script_import
