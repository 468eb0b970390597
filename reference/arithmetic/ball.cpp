#include "reference/arithmetic/ball.hpp"

#include <algorithm>

namespace relu0::reference {

namespace {

/// Bits of what bounds are computed with.
constexpr int end_bits = 64;

/// |midpoint| − radius or a little less, of 64 bits; at most 0 where the ball may hold 0.
void set_least_magnitude(mpfr_ptr result, const BallView& ball) {
  Real radius(end_bits);
  ball.radius.get(radius);
  Real magnitude(end_bits);
  mpfr_abs(magnitude, ball.midpoint, MPFR_RNDD);
  mpfr_sub(result, magnitude, radius, MPFR_RNDD);
}

/// midpoint ± radius, rounded outwards, of 64 bits.
void set_end(mpfr_ptr result, const BallView& ball, bool upper) {
  Real radius(end_bits);
  ball.radius.get(radius);
  if (upper) {
    mpfr_add(result, ball.midpoint, radius, MPFR_RNDU);
  } else {
    mpfr_sub(result, ball.midpoint, radius, MPFR_RNDD);
  }
}

/// Whether |x| > radius.
bool exceeds(mpfr_srcptr x, Radius radius) {
  if (radius.is_zero()) {
    return mpfr_zero_p(x) == 0;
  }
  if (mpfr_regular_p(x) == 0 || !radius.is_bounded()) {
    return false;
  }
  // 2^(e−1) ≤ |x| < 2^e, and so for the radius.
  if (mpfr_get_exp(x) != radius.exponent()) {
    return mpfr_get_exp(x) > radius.exponent();
  }
  Real bound(32);
  radius.get(bound);
  return mpfr_cmpabs(x, bound) > 0;
}

}  // namespace

std::optional<int> side(const BallView& ball, double point) {
  if (ball.is_exact()) {
    const int order = mpfr_cmp_d(ball.midpoint, point);
    return (order > 0) - (order < 0);
  }
  if (point == 0) {
    return exceeds(ball.midpoint, ball.radius) ? std::optional(mpfr_sgn(ball.midpoint) > 0 ? 1 : -1)
                                               : std::nullopt;
  }
  Real distance(mpfr_get_prec(ball.midpoint));
  mpfr_sub_d(distance, ball.midpoint, point, MPFR_RNDZ);
  return exceeds(distance, ball.radius) ? std::optional(mpfr_sgn(distance) > 0 ? 1 : -1) : std::nullopt;
}

bool is_certainly_less(const BallView& a, const BallView& b) {
  if (mpfr_less_p(a.midpoint, b.midpoint) == 0) {
    return false;
  }
  if (a.is_exact() && b.is_exact()) {
    return true;
  }
  Real distance(std::max(mpfr_get_prec(a.midpoint), mpfr_get_prec(b.midpoint)));
  mpfr_sub(distance, b.midpoint, a.midpoint, MPFR_RNDZ);
  return exceeds(distance, a.radius + b.radius);
}

bool contains(const BallView& ball, mpfr_srcptr x) {
  if (mpfr_number_p(x) == 0) {
    return false;
  }
  if (!ball.radius.is_bounded()) {
    return true;
  }
  // The exact difference, however far apart the exponents are, by its comparison with the ends.
  Real distance(end_bits);
  mpfr_sub(distance, x, ball.midpoint, MPFR_RNDZ);
  if (mpfr_zero_p(distance) != 0) {
    return true;
  }
  Real bound(32);
  ball.radius.get(bound);
  const int order = mpfr_cmpabs(distance, bound);
  if (order != 0) {
    return order < 0;
  }
  // |x − midpoint| lies at the bound or in the last place above it.
  Real outward(end_bits);
  mpfr_sub(outward, x, ball.midpoint, MPFR_RNDA);
  return mpfr_equal_p(outward, distance) != 0;
}

namespace ball {

Radius set(mpfr_ptr result, const BallView& x) {
  const int ternary = mpfr_set(result, x.midpoint, MPFR_RNDN);
  return x.radius + Radius::of_rounding(result, ternary);
}

Radius add(mpfr_ptr result, const BallView& x, const BallView& y) {
  const int ternary = mpfr_add(result, x.midpoint, y.midpoint, MPFR_RNDN);
  return x.radius + y.radius + Radius::of_rounding(result, ternary);
}

Radius subtract(mpfr_ptr result, const BallView& x, const BallView& y) {
  const int ternary = mpfr_sub(result, x.midpoint, y.midpoint, MPFR_RNDN);
  return x.radius + y.radius + Radius::of_rounding(result, ternary);
}

Radius of_product(const BallView& x, const BallView& y) {
  Radius result;
  if (!y.radius.is_zero()) {
    result = Radius::above_magnitude(x.midpoint) * y.radius;
  }
  if (!x.radius.is_zero()) {
    result += x.radius * y.magnitude();
  }
  return result;
}

Radius multiply(mpfr_ptr result, const BallView& x, const BallView& y) {
  const Radius of_operands = of_product(x, y);
  const int ternary = mpfr_mul(result, x.midpoint, y.midpoint, MPFR_RNDN);
  return of_operands + Radius::of_rounding(result, ternary);
}

Radius multiply(mpfr_ptr result, const BallView& x, double factor) {
  const int ternary = mpfr_mul_d(result, x.midpoint, factor, MPFR_RNDN);
  return x.radius * Radius::above_magnitude(factor) + Radius::of_rounding(result, ternary);
}

Radius multiply_add(mpfr_ptr result, const BallView& x, const BallView& y, const BallView& c) {
  const Radius of_operands = of_product(x, y) + c.radius;
  const int ternary = mpfr_fma(result, x.midpoint, y.midpoint, c.midpoint, MPFR_RNDN);
  return of_operands + Radius::of_rounding(result, ternary);
}

Radius difference_of_products(mpfr_ptr result, const BallView& a, const BallView& b, const BallView& c,
                              const BallView& d) {
  const Radius of_operands = of_product(a, b) + of_product(c, d);
  const int ternary = mpfr_fmms(result, a.midpoint, b.midpoint, c.midpoint, d.midpoint, MPFR_RNDN);
  return of_operands + Radius::of_rounding(result, ternary);
}

Radius divide(mpfr_ptr result, const BallView& x, const BallView& y) {
  Real least(end_bits);
  set_least_magnitude(least, y);
  const int ternary = mpfr_div(result, x.midpoint, y.midpoint, MPFR_RNDN);
  if (mpfr_sgn(least) <= 0) {
    return Radius::unbounded();
  }
  const Radius rounding = Radius::of_rounding(result, ternary);
  // |x/y| is at most the rounded quotient and its rounding.
  const Radius quotient = y.is_exact() ? Radius{} : Radius::above_magnitude(result) + rounding;
  return (x.radius + quotient * y.radius).over(least) + rounding;
}

Radius divide(mpfr_ptr result, const BallView& x, std::int64_t divisor) {
  const int ternary = mpfr_div_si(result, x.midpoint, divisor, MPFR_RNDN);
  return x.radius.over(divisor) + Radius::of_rounding(result, ternary);
}

Radius exp(mpfr_ptr result, const BallView& x) {
  constexpr double least = -0x1p28;
  if (mpfr_cmp_d(x.midpoint, least) <= 0) {
    // exp(t) ≤ 2^t for t ≤ 0; what ends above −2^28 has an exponent that fits.
    Real upper(end_bits);
    set_end(upper, x, /*upper=*/true);
    mpfr_set_zero(result, 1);
    if (mpfr_cmp_d(upper, least) <= 0) {
      return Radius::above(1, static_cast<std::int64_t>(least));
    }
    mpfr_exp(upper, upper, MPFR_RNDU);
    return Radius::above_magnitude(upper);
  }
  Real growth(end_bits);
  x.radius.get(growth);
  mpfr_expm1(growth, growth, MPFR_RNDU);
  const int ternary = mpfr_exp(result, x.midpoint, MPFR_RNDN);
  const Radius rounding = Radius::of_rounding(result, ternary);
  if (x.is_exact()) {
    return rounding;
  }
  return (Radius::above_magnitude(result) + rounding) * Radius::above_magnitude(growth) + rounding;
}

Radius log1p(mpfr_ptr result, const BallView& x) {
  Real least(end_bits);
  set_end(least, x, /*upper=*/false);
  mpfr_add_ui(least, least, 1, MPFR_RNDD);
  const int ternary = mpfr_log1p(result, x.midpoint, MPFR_RNDN);
  return mpfr_sgn(least) > 0 ? x.radius.over(least) + Radius::of_rounding(result, ternary)
                             : Radius::unbounded();
}

Radius reciprocal_root(mpfr_ptr result, const BallView& x) {
  Real least(end_bits);
  set_end(least, x, /*upper=*/false);
  const int ternary = mpfr_rec_sqrt(result, x.midpoint, MPFR_RNDN);
  if (mpfr_sgn(least) <= 0) {
    return x.is_exact() ? Radius::of_rounding(result, ternary) : Radius::unbounded();
  }
  // (x − r)^(3/2) or a little less.
  Real cube(end_bits);
  mpfr_sqrt(cube, least, MPFR_RNDD);
  mpfr_mul(cube, cube, least, MPFR_RNDD);
  return x.radius.times_power_of_two(-1).over(cube) + Radius::of_rounding(result, ternary);
}

Radius power(mpfr_ptr result, const BallView& x, mpfr_srcptr y) {
  Radius slope;
  if (!x.is_exact()) {
    Real end(end_bits);
    set_end(end, x, /*upper=*/false);
    if (mpfr_sgn(end) <= 0) {
      slope = Radius::unbounded();
    } else {
      // The derivative's magnitude is monotone, so that it is largest at an end.
      Real exponent(mpfr_get_prec(y) + end_bits);
      const bool exact = mpfr_sub_ui(exponent, y, 1, MPFR_RNDN) == 0;
      if (mpfr_sgn(exponent) > 0) {
        set_end(end, x, /*upper=*/true);
      }
      Real derivative(end_bits);
      mpfr_pow(derivative, end, exponent, MPFR_RNDU);
      slope = exact ? Radius::above_magnitude(derivative) * Radius::above_magnitude(y) : Radius::unbounded();
    }
  }
  const int ternary = mpfr_pow(result, x.midpoint, y, MPFR_RNDN);
  return x.radius * slope + Radius::of_rounding(result, ternary);
}

}  // namespace ball

}  // namespace relu0::reference
