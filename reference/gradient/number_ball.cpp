#include "reference/gradient/number_ball.hpp"

#include "reference/arithmetic/real.hpp"

#include <algorithm>

namespace relu0::reference {

namespace {

mpfr_srcptr of(const Number& number) { return number.backend().data(); }

/// Whether |a − b| ≤ r + s, exactly: each of the four numbers is known, and mpfr_sum compares their sum with
/// 0.
bool are_within(const Number& a, const Number& b, const Number& r, const Number& s) {
  if (mpfr_inf_p(of(r)) != 0 || mpfr_inf_p(of(s)) != 0) {
    return mpfr_number_p(of(a)) != 0 && mpfr_number_p(of(b)) != 0;
  }
  Real minus_b(mpfr_get_prec(of(b)));
  Real minus_a(mpfr_get_prec(of(a)));
  mpfr_neg(minus_b, of(b), MPFR_RNDN);
  mpfr_neg(minus_a, of(a), MPFR_RNDN);
  Real minus_r(mpfr_get_prec(of(r)));
  Real minus_s(mpfr_get_prec(of(s)));
  mpfr_neg(minus_r, of(r), MPFR_RNDN);
  mpfr_neg(minus_s, of(s), MPFR_RNDN);
  // mpfr_sum is correctly rounded, so that its sign is that of the exact sum.
  const auto is_at_most_zero = [&](mpfr_srcptr x, mpfr_srcptr y) {
    const mpfr_ptr terms[] = {const_cast<mpfr_ptr>(x), const_cast<mpfr_ptr>(y), minus_r, minus_s};  // NOLINT
    Real sum(2);
    mpfr_sum(sum, terms, 4, MPFR_RNDN);
    return mpfr_nan_p(static_cast<mpfr_srcptr>(sum)) == 0 && mpfr_sgn(sum) <= 0;
  };
  return is_at_most_zero(of(a), minus_b) && is_at_most_zero(of(b), minus_a);
}

}  // namespace

int NumberBall::proven_bits() const {
  const auto bits = static_cast<int>(mpfr_get_prec(of(midpoint)));
  if (mpfr_zero_p(of(radius)) != 0) {
    return bits;
  }
  if (mpfr_regular_p(of(radius)) == 0 || mpfr_regular_p(of(midpoint)) == 0) {
    return 0;
  }
  return static_cast<int>(
      std::clamp<long>(mpfr_get_exp(of(midpoint)) - 1 - mpfr_get_exp(of(radius)), 0, bits));
}

bool NumberBall::contains(const Number& x) const { return are_within(midpoint, x, radius, Number(0)); }

bool NumberBall::contains(double x) const {
  Real exactly(53);
  mpfr_set_d(exactly, x, MPFR_RNDN);
  return contains(rounded(exactly, 53));
}

bool NumberBall::overlaps(const NumberBall& other) const {
  return are_within(midpoint, other.midpoint, radius, other.radius);
}

}  // namespace relu0::reference
