#pragma once
#include "analysis/torchscript/kinks/script_kinks.hpp"

#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// What the framework itself has for the derivative at one kink of one spelling of an operation.
struct MeasuredChoice {
  std::string spelling;  ///< "relu(x)", "clamp(x, min=0)", "max_pool2d tie" …
  std::string op{};  ///< the operator that autograd sees: "aten::relu"; "" where another entry is of the same
  ScriptKink kink = ScriptKink::relu;
  double point = 0;  ///< the input at which it was measured; of a tie, the value that stands twice
  /// d f / d x there: of a tie, what the first of two equal elements gets. Absent where LibTorch refuses.
  std::optional<double> derivative;
  bool operator==(const MeasuredChoice&) const = default;
};

/// Measured by one backward pass of LibTorch's own functions each, at fp32 on the CPU, in a fixed order: what
/// has to be known of a machine before its results are compared with others'. Nothing is assumed: the values
/// have changed between releases (https://github.com/pytorch/pytorch/issues/7049).
std::vector<MeasuredChoice> measure_native_choices();

/// What was measured for an operator at a kink, as a choice is written: "0", "0.5", "first"; "the slope" at a
/// leaky ReLU's. Absent where it was not. In-place spellings are operators of their own.
std::optional<std::string> native_choice(const std::vector<MeasuredChoice>& measured, const std::string& op,
                                         ScriptKink kink);

}  // namespace relu0
