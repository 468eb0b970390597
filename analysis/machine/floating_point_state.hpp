#pragma once
#include <string>

namespace relu0 {

/// How the processor rounds, for one thread: MXCSR on x86-64, FPCR on AArch64. Any library that was linked
/// with -ffast-math can change it for the thread that loads it and for all threads started from there
/// (https://gcc.gnu.org/PR55522).
struct FloatingPointState {
  std::string rounding;  ///< "to nearest", "upward", "downward" or "toward zero"
  /// Subnormal results become 0.
  bool flush_to_zero = false;
  /// Subnormal operands count as 0. AArch64 has one switch for both.
  bool denormals_are_zero = false;
  bool operator==(const FloatingPointState&) const = default;
};

/// The calling thread's state. On processors other than x86-64 and AArch64 the two switches are found by
/// computing with subnormal numbers.
FloatingPointState floating_point_state();

/// "rounds to nearest, flush-to-zero off, denormals-are-zero off".
std::string describe(const FloatingPointState& state);

}  // namespace relu0
