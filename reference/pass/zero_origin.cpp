#include "reference/pass/zero_origin.hpp"

#include <cmath>
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

ExplainedZero explain_zero(const Certified& certified, StructuralZeros& structural, const Network& network,
                           std::size_t node, std::int64_t index) {
  if (sign_is_certain(certified, node, index)) {
    return {.origin = ZeroOrigin::rounding,
            .magnitude = std::fabs(mpfr_get_d(certified.truth.kink_input(node).values[index], MPFR_RNDN))};
  }
  return {.origin = explain_hit(0, certified, structural, network, node, index)};
}

ZeroOrigin explain_hit(double point, const Certified& certified, StructuralZeros& structural,
                       const Network& network, std::size_t node, std::int64_t index) {
  if (is_certainly_not(point, certified, node, index)) {
    return ZeroOrigin::rounding;
  }
  if (point == 0 && structural(network.nodes()[node].inputs[0], index)) {
    return ZeroOrigin::structural;
  }
  return certified.truth.kink_input(node).exact ? ZeroOrigin::exact : ZeroOrigin::undecided;
}

}  // namespace relu0::reference
