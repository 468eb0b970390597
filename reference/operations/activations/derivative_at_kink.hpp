#pragma once
#include "fixtures/network/kinks.hpp"

#include <mpfr.h>

namespace relu0::reference {

/// Sets `gradient` to what the choice makes of the gradient that comes in at a kink.
inline void apply(const DerivativeChoice& choice, mpfr_ptr gradient, mpfr_srcptr incoming) {
  switch (choice.rule) {
    case Rule::chain_rule:
      mpfr_mul_d(gradient, incoming, choice.value, MPFR_RNDN);
      break;
    case Rule::published_code:
      mpfr_set_d(gradient, choice.value, MPFR_RNDN);
      break;
  }
}

}  // namespace relu0::reference
