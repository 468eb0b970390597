#include "reference/pass/zero_origin.hpp"

#include <cmath>
#include <optional>
#include <stdexcept>

namespace relu0::reference {

std::string_view name(ZeroOrigin origin) {
  switch (origin) {
    case ZeroOrigin::structural:
      return "structural";
    case ZeroOrigin::exact:
      return "exact";
    case ZeroOrigin::rounding:
      return "rounding";
    case ZeroOrigin::undecided:
      return "undecided";
  }
  throw std::logic_error("an origin without a name");
}

ExplainedZero explain_zero(const Backprop& run, StructuralZeros& structural, const Network& network,
                           std::size_t node, std::int64_t index) {
  const ZeroOrigin origin = explain_hit(0, run, structural, network, node, index);
  if (origin != ZeroOrigin::rounding) {
    return {.origin = origin};
  }
  return {.origin = origin,
          .magnitude = std::fabs(mpfr_get_d(run.kink_input(node).values[index], MPFR_RNDN))};
}

ZeroOrigin explain_hit(double point, const Backprop& run, StructuralZeros& structural, const Network& network,
                       std::size_t node, std::int64_t index) {
  const std::optional<int> at = side(run.kink_input(node).values[index], point);
  if (at && *at != 0) {
    return ZeroOrigin::rounding;
  }
  if (point == 0 && structural(network.nodes()[node].inputs[0], index)) {
    return ZeroOrigin::structural;
  }
  return at ? ZeroOrigin::exact : ZeroOrigin::undecided;
}

}  // namespace relu0::reference
