#pragma once
#include <cstdint>
#include <functional>

namespace relu0::gate {

/// How far rounding may reach through a pass.
struct OperationCount {
  std::int64_t operations = 0;  ///< that ran one after the other
  /// The lengths of the longest sum in each of them, added up: the inner extent of matrix products and
  /// convolutions, in their backward passes the longer of their two; elsewhere how many elements of the
  /// largest argument there are for one of the result, at least 1.
  std::int64_t summands = 0;
};

/// Runs `pass` and counts the operators that LibTorch runs for the calling thread, those that call others
/// left out.
OperationCount count_operations(const std::function<void()>& pass);

}  // namespace relu0::gate
