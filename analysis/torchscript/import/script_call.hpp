#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/import/imported_pass.hpp"
#include "analysis/torchscript/import/network_draft.hpp"
#include "analysis/torchscript/import/script_values.hpp"
#include "analysis/torchscript/kinks/operator_kinds.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace relu0::script_import {

/// Thrown where a call cannot be part of a network; says why.
class NotImported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One call of an operator in a pass, with what its arguments are in the network. Every function but refuse()
/// throws NotImported where the argument is not what it asks for.
class ScriptCall {
 public:
  /// Everything outlives the call. `name`: without the underscore of in-place spellings. `result`: what it
  /// returned first; undefined where that is no tensor.
  ScriptCall(std::string name, OperatorPlace place, const OperatorArguments& arguments,
             const ScriptValues& values, NetworkDraft& draft, std::int64_t samples, at::Tensor result)
      : name_(std::move(name)),
        place_(std::move(place)),
        arguments_(arguments),
        values_(values),
        draft_(draft),
        samples_(samples),
        result_(std::move(result)) {}

  [[noreturn]] static void refuse(const std::string& why);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::int64_t samples() const { return samples_; }
  [[nodiscard]] const at::Tensor& result() const { return result_; }

  /// Whether there is an argument of this name and it is not None.
  [[nodiscard]] bool has(std::string_view argument) const;
  [[nodiscard]] bool is_integer(std::string_view argument) const { return value(argument).isInt(); }
  [[nodiscard]] std::int64_t integer(std::string_view argument) const;
  [[nodiscard]] bool boolean(std::string_view argument) const;
  [[nodiscard]] double number(std::string_view argument) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view argument) const;
  /// Height and width; one number stands for both.
  [[nodiscard]] std::array<std::int64_t, 2> pair(std::string_view argument) const;
  [[nodiscard]] at::Tensor tensor(std::string_view argument) const;

  [[nodiscard]] bool is_node(std::string_view argument) const;
  /// The node that a tensor is the output of.
  [[nodiscard]] std::size_t node(std::string_view argument) const;
  /// The nodes of a list of tensors.
  [[nodiscard]] std::vector<std::size_t> nodes(std::string_view argument) const;
  /// The shape of a node's output, without the mini-batch.
  [[nodiscard]] const Shape& shape(std::size_t node) const { return draft_.shape(node); }
  /// A dimension of a tensor that is a node's output, of which 0 is the mini-batch: counted from 0.
  [[nodiscard]] static std::size_t dimension(const at::Tensor& tensor, std::int64_t given);

  /// A parameter, buffer or constant as weight of a node. `turned`: its transpose.
  [[nodiscard]] NodeTensor weight(const char* suffix, std::string_view argument, bool turned = false) const;
  /// The same number `count` times, as weight of a node.
  [[nodiscard]] static NodeTensor constant(const char* suffix, std::size_t count, double value);
  /// A tensor, or a number, that is combined with a node's output element by element: the shape that a Shift
  /// or Scale has, and its values.
  struct Broadcast {
    Shape shape;
    NodeTensor weight;
  };
  [[nodiscard]] Broadcast broadcast(std::string_view argument, std::size_t node) const;

  /// Adds a node, named after the submodule or else the operator.
  std::size_t append(Operation operation, std::vector<std::size_t> inputs,
                     std::vector<NodeTensor> tensors = {});

 private:
  [[nodiscard]] const c10::IValue& value(std::string_view argument) const;
  [[nodiscard]] std::size_t node_of(const at::Tensor& tensor) const;

  std::string name_;
  OperatorPlace place_;
  const OperatorArguments& arguments_;
  const ScriptValues& values_;
  NetworkDraft& draft_;
  std::int64_t samples_;
  at::Tensor result_;
};

}  // namespace relu0::script_import
