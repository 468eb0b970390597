#pragma once
#include "reference/pass/certificate.hpp"
#include "reference/pass/structural_zeros.hpp"

#include <cstdint>
#include <string_view>

namespace relu0::reference {

/// What an exact zero that LibTorch meets at a ReLU is in the real numbers.
enum class ZeroOrigin {
  structural,  ///< 0: StructuralZeros
  exact,       ///< 0: the reference reached it without rounding anything
  rounding,    ///< not 0: rounding made it so
  undecided,   ///< cannot be told from 0 with the bits at hand
};

/// "structural", "exact", "rounding" or "undecided".
std::string_view name(ZeroOrigin origin);

struct ExplainedZero {
  ZeroOrigin origin;
  double magnitude = 0;  ///< |exact value| of a rounding zero, rounded to nearest; may underflow to 0
};

/// Element `index` (batch-major) of the input of node `node`, a ReLU. A rounding zero is one
/// whose sign is certain, by sign_is_certain().
ExplainedZero explain_zero(const Certified& certified, StructuralZeros& structural, const Network& network,
                           std::size_t node, std::int64_t index);

/// The same question of any kink at a point: what it is that LibTorch's input of node `node` is `point`.
ZeroOrigin explain_hit(double point, const Certified& certified, StructuralZeros& structural,
                       const Network& network, std::size_t node, std::int64_t index);

}  // namespace relu0::reference
