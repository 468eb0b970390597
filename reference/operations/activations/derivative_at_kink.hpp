#pragma once
#include "fixtures/network/kinks.hpp"
#include "reference/arithmetic/ball.hpp"

namespace relu0::reference {

/// Sets `gradient` to what the choice makes of the gradient that comes in at a kink, and returns its radius.
inline Radius apply(const DerivativeChoice& choice, mpfr_ptr gradient, const BallView& incoming) {
  if (choice.rule == Rule::chain_rule) {
    return ball::multiply(gradient, incoming, choice.value);
  }
  return Radius::of_rounding(gradient, mpfr_set_d(gradient, choice.value, MPFR_RNDN));
}

}  // namespace relu0::reference
