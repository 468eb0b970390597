#include "reference/operations/activations/open_kink.hpp"

#include "reference/arithmetic/real.hpp"

#include <algorithm>

namespace relu0::reference {

void set_hull(Tensor& gradient, std::int64_t i, const BallView& incoming,
              std::initializer_list<double> factors, std::initializer_list<DerivativeChoice> choices) {
  auto [least, most] = std::minmax(factors);
  for (const DerivativeChoice& choice : choices) {
    if (choice.rule == Rule::chain_rule) {
      least = std::min(least, choice.value);
      most = std::max(most, choice.value);
    }
  }
  const Radius steepest = std::max(Radius::above_magnitude(least), Radius::above_magnitude(most));
  // The middle need not be exact: the radius is of the distance to both ends from where it is.
  const double middle = least / 2 + most / 2;
  Real to_end(64);
  Radius half;
  for (const double end : {least, most}) {
    mpfr_set_d(to_end, end, MPFR_RNDA);
    mpfr_sub_d(to_end, to_end, middle, MPFR_RNDA);
    half = std::max(half, Radius::above_magnitude(to_end));
  }
  Tensor::Slot slot = gradient.slot(i);
  const int ternary = mpfr_mul_d(slot, incoming.midpoint, middle, MPFR_RNDN);
  Radius radius = Radius::above_magnitude(incoming.midpoint) * half + steepest * incoming.radius +
                  Radius::of_rounding(slot, ternary);
  for (const DerivativeChoice& choice : choices) {
    if (choice.rule == Rule::published_code) {
      mpfr_sub_d(to_end, slot, choice.value, MPFR_RNDA);
      radius = std::max(radius, Radius::above_magnitude(to_end));
    }
  }
  gradient.set_radius(i, radius);
}

}  // namespace relu0::reference
