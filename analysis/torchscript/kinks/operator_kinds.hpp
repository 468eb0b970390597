#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/kinks/script_kinks.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

namespace relu0 {

/// The arguments of one call of an operator, by the names in its schema.
class OperatorArguments {
 public:
  OperatorArguments(const c10::FunctionSchema& schema, std::span<c10::IValue> values)
      : schema_(&schema), values_(values) {}

  /// The number in an argument; absent where it is None or there is no such argument.
  [[nodiscard]] std::optional<double> number(std::string_view name) const;
  /// The text in an argument; empty where it is None or there is no such argument.
  [[nodiscard]] std::string_view text(std::string_view name) const;
  [[nodiscard]] const c10::IValue& operator[](std::size_t index) const { return values_[index]; }
  [[nodiscard]] std::span<c10::IValue> values() const { return values_; }
  /// The index of an argument; absent where there is none of that name.
  [[nodiscard]] std::optional<std::size_t> index(std::string_view name) const;

 private:
  const c10::FunctionSchema* schema_;
  std::span<c10::IValue> values_;
};

/// A kink at an input that is a number.
struct PointKink {
  ScriptKink kink;
  double point;
};

/// How an operator meets its kinks.
enum class KinkFamily {
  points,     ///< each element of the first argument, at numbers
  pairs,      ///< the elements of two arguments, where they are equal
  pool,       ///< windows of two dimensions
  reduction,  ///< slices along dimensions, or the whole tensor
};

/// An operator whose derivative at its kinks the toolkit can choose. In-place spellings are meant too.
struct KinkedOperator {
  KinkFamily family;
  /// Where they lie under these arguments (KinkFamily::points).
  std::function<std::vector<PointKink>(const OperatorArguments&)> points{};
  /// Arguments that the arithmetic rounds like a tensor's elements (KinkFamily::points).
  std::vector<std::string> ends{};
  /// Names of arguments that are compared with the first one (KinkFamily::pairs).
  std::vector<std::string> others{};
};

/// The operator of a name without overload and without the underscore of in-place spellings ("aten::relu");
/// nullptr where the toolkit doesn't control its kinks or where it has none.
const KinkedOperator* kinked_operator(const std::string& name);

/// What an operator that the toolkit doesn't control is known to be.
enum class OperatorKind {
  smooth,   ///< differentiable wherever it is defined, linear or a view
  kinked,   ///< not differentiable somewhere
  unknown,  ///< none of the toolkit's lists names it
};
/// Smooth where the arguments decide.
OperatorKind kind_of_operator(const std::string& name);
/// The same of a call: an embedding bag has a tie wherever its mode is the maximum.
OperatorKind kind_of_call(const std::string& name, const OperatorArguments& arguments);

/// "aten::relu" of "aten::relu_".
std::string functional_name(const std::string& name);

/// Operators that a model's graph may name whose parts hold a kink: relu6, max_pool2d, hinge_embedding_loss …
bool decomposes_into_kinks(const std::string& name);

}  // namespace relu0
