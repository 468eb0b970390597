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
                           std::size_t relu, std::int64_t index) {
  const ReluInput& truth = certified.truth.relus[relu];
  if (sign_is_certain(certified, relu, index)) {
    return {.origin = ZeroOrigin::rounding,
            .magnitude = std::fabs(mpfr_get_d(truth.values[index], MPFR_RNDN))};
  }
  if (structural(network.nodes()[truth.node].inputs[0], index)) {
    return {.origin = ZeroOrigin::structural};
  }
  return {.origin = truth.exact ? ZeroOrigin::exact : ZeroOrigin::undecided};
}

}  // namespace relu0::reference
