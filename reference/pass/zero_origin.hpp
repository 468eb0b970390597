#pragma once
#include "reference/pass/backprop.hpp"
#include "reference/pass/structural_zeros.hpp"

#include <cstdint>
#include <string_view>

namespace relu0::reference {

/// What an exact zero that LibTorch meets at a ReLU is in the real numbers.
enum class ZeroOrigin {
  structural,  ///< 0: StructuralZeros
  exact,       ///< 0: its ball is the number 0, as nothing that it depends on was rounded
  rounding,    ///< not 0: its ball excludes 0, and rounding made it so
  undecided,   ///< with the bits at hand its ball holds 0 and other numbers
};

/// "structural", "exact", "rounding" or "undecided".
std::string_view name(ZeroOrigin origin);

struct ExplainedZero {
  ZeroOrigin origin;
  double magnitude = 0;  ///< |exact value| of a rounding zero, rounded to nearest; may underflow to 0
};

/// Element `index` (batch-major) of the input of node `node`, a ReLU.
ExplainedZero explain_zero(const Backprop& run, StructuralZeros& structural, const Network& network,
                           std::size_t node, std::int64_t index);

/// The same question of any kink at a point: what it is that LibTorch's input of node `node` is `point`.
ZeroOrigin explain_hit(double point, const Backprop& run, StructuralZeros& structural, const Network& network,
                       std::size_t node, std::int64_t index);

}  // namespace relu0::reference
