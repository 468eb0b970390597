#pragma once
#include "analysis/autograd/longest_sum.hpp"
#include "analysis/autograd/operator_observer.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>

namespace relu0 {

/// How far rounding may reach through a pass.
struct OperationCount {
  std::int64_t operations = 0;  ///< that ran one after the other
  /// The lengths of the longest sum in each of them, added up: counting::longest_sum() where the arguments
  /// tell it; elsewhere how many elements of the largest argument there are for one of the result, at
  /// least 1.
  std::int64_t summands = 0;
};

namespace counting {

/// An operator that is running.
struct Running {
  bool calls_others = false;
  bool is_within_sum = false;         ///< an operator that called it has a sum of which it is a part
  std::int64_t additions = 0;         ///< summands, less one for each operation, of those that it called
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

/// How many elements of the largest argument there are for one of the result, at least 1. A view adds nothing
/// up.
inline std::int64_t reduction(const at::RecordFunction& call, std::int64_t arguments) {
  const auto schema = call.operator_schema();
  if (schema && !schema->returns().empty() && schema->returns().front().alias_info() != nullptr) {
    return 1;
  }
  const std::int64_t of_result = largest(observing::results_of(call));
  return of_result == 0 ? 1 : std::max<std::int64_t>(arguments / of_result, 1);
}

class Counter final : public OperatorObserver {
 public:
  void starts(const at::RecordFunction& call) override {
    const std::span<const c10::IValue> arguments = observing::arguments_of(call);
    Running started{.arguments = largest(arguments), .sum = longest_sum(call.name(), arguments)};
    if (!running_.empty()) {
      Running& caller = running_.back();
      caller.calls_others = true;
      started.is_within_sum = caller.is_within_sum || caller.sum.has_value();
    }
    running_.push_back(started);
  }

  void ended(const at::RecordFunction& call) override {
    if (running_.empty()) {
      return;
    }
    const Running ended = running_.back();
    running_.pop_back();
    if (ended.is_within_sum) {
      return;
    }
    const std::int64_t summands = ended.sum.value_or(reduction(call, ended.arguments));
    // What calls others is counted by them, but where its sum is known, or they add nothing up and it does:
    // such a kernel calls only what makes its result's memory.
    const bool is_counted_by_others =
        ended.calls_others && !ended.sum && (ended.additions > 0 || summands == 1);
    if (!is_counted_by_others) {
      ++count_.operations;
      count_.summands += summands;
    }
    if (!running_.empty()) {
      running_.back().additions += is_counted_by_others ? ended.additions : summands - 1;
    }
  }

  [[nodiscard]] const OperationCount& count() const { return count_; }

 private:
  OperationCount count_;
  std::vector<Running> running_;  ///< the innermost operator is the last
};

}  // namespace counting

/// Runs `pass` and counts the operators that LibTorch runs for the calling thread. One that calls others is
/// left out, as they are counted; but one whose sum is known is counted itself, and not what it calls.
inline OperationCount count_operations(const std::function<void()>& pass) {
  counting::Counter counter;
  observe_operators(counter, pass);
  return counter.count();
}

}  // namespace relu0
