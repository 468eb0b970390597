#pragma once
#include "analysis/autograd/operator_observer.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>

namespace relu0 {

/// How far rounding may reach through a pass.
struct OperationCount {
  std::int64_t operations = 0;  ///< that ran one after the other
  /// The lengths of the longest sum in each of them, added up: the inner extent of matrix products and
  /// convolutions, in their backward passes the longer of their two; elsewhere how many elements of the
  /// largest argument there are for one of the result, at least 1.
  std::int64_t summands = 0;
};

namespace counting {

/// An operator that is running.
struct Running {
  bool calls_others = false;
  std::int64_t arguments = 0;         ///< elements of the largest one
  std::optional<std::int64_t> sum{};  ///< the longest, where the arguments tell
};

inline std::int64_t largest(std::span<const c10::IValue> values) {
  std::int64_t elements = 0;
  for (const c10::IValue& value : values) {
    if (value.isTensor() && value.toTensor().defined()) {
      elements = std::max(elements, value.toTensor().numel());
    }
  }
  return elements;
}

/// The elements of a weight that are summed up for one output: all but those of its first extent.
inline std::int64_t inner_extent(const at::Tensor& weight) {
  return weight.size(0) == 0 ? 1 : weight.numel() / weight.size(0);
}

/// The longest sum of a product; absent for other operators.
inline std::optional<std::int64_t> sum_of_product(std::string_view name,
                                                  std::span<const c10::IValue> arguments) {
  const auto tensor = [&](std::size_t i) { return arguments[i].toTensor(); };
  if (name == "aten::mm" || name == "aten::bmm") {
    return tensor(0).size(-1);
  }
  if (name == "aten::addmm" || name == "aten::baddbmm") {
    return tensor(1).size(-1) + 1;
  }
  if (name == "aten::convolution" || name == "aten::_convolution") {
    return inner_extent(tensor(1)) + 1;
  }
  if (name == "aten::convolution_backward") {
    // Over samples and places for the weight, over channels and taps for the input.
    const at::Tensor gradient = tensor(0);
    const at::Tensor weight = tensor(2);
    const std::int64_t channels = std::max<std::int64_t>(gradient.size(1), 1);
    return std::max(gradient.numel() / channels, weight.size(1) == 0 ? 1 : weight.numel() / weight.size(1));
  }
  return std::nullopt;
}

class Counter final : public OperatorObserver {
 public:
  void starts(const at::RecordFunction& call) override {
    const std::span<const c10::IValue> arguments = observing::arguments_of(call);
    if (!running_.empty()) {
      running_.back().calls_others = true;
    }
    running_.push_back({.arguments = largest(arguments), .sum = sum_of_product(call.name(), arguments)});
  }

  void ended(const at::RecordFunction& call) override {
    if (running_.empty()) {
      return;
    }
    const Running ended = running_.back();
    running_.pop_back();
    if (ended.calls_others) {
      return;
    }
    const std::int64_t of_result = largest(call.outputs());
    const std::int64_t reduced = of_result == 0 ? 1 : std::max<std::int64_t>(ended.arguments / of_result, 1);
    ++count_.operations;
    count_.summands += ended.sum.value_or(reduced);
  }

  [[nodiscard]] const OperationCount& count() const { return count_; }

 private:
  OperationCount count_;
  std::vector<Running> running_;  ///< the innermost operator is the last
};

}  // namespace counting

/// Runs `pass` and counts the operators that LibTorch runs for the calling thread, those that call others
/// left out.
inline OperationCount count_operations(const std::function<void()>& pass) {
  counting::Counter counter;
  observe_operators(counter, pass);
  return counter.count();
}

}  // namespace relu0
