#include "reference/zero_origin.hpp"

#include "reference/real.hpp"

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
  const Tensor::View value = truth.values[index];
  Real doubt(64);
  uncertainty(doubt, certified.check.relus[relu].values, truth.values, index);
  mpfr_mul_2ui(doubt, doubt, 1, MPFR_RNDA);
  const bool certain = truth.exact ? mpfr_zero_p(value) == 0 : mpfr_cmpabs(value, doubt) > 0;
  if (certain) {
    return {.origin = ZeroOrigin::rounding, .magnitude = std::fabs(mpfr_get_d(value, MPFR_RNDN))};
  }
  if (structural(network.nodes()[truth.node].inputs[0], index)) {
    return {.origin = ZeroOrigin::structural};
  }
  return {.origin = truth.exact ? ZeroOrigin::exact : ZeroOrigin::undecided};
}

}  // namespace relu0::reference
