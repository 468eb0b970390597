#include "reference/arithmetic/format.hpp"

#include "reference/arithmetic/real.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace relu0::reference {

Format storage_format(Precision precision) {
  switch (precision) {
    case Precision::fp16:
      return {.significand = 11, .min_exponent = -14, .max_exponent = 15};
    case Precision::bf16:
      return {.significand = 8, .min_exponent = -126, .max_exponent = 127};
    case Precision::tf32:
    case Precision::fp32:
      return {.significand = 24, .min_exponent = -126, .max_exponent = 127};
    case Precision::fp64:
      return {.significand = 53, .min_exponent = -1022, .max_exponent = 1023};
  }
  throw std::logic_error("a precision without a format");
}

namespace {

/// The exponent of the spacing of the numbers in [2^(exponent − 1), 2^exponent).
long ulp_exponent_below(const Format& format, long exponent) {
  return std::max<long>(format.floor_exponent(), exponent - format.significand);
}

}  // namespace

long ulp_exponent(const Format& format, mpfr_srcptr value) {
  return mpfr_zero_p(value) != 0 ? format.floor_exponent() : ulp_exponent_below(format, mpfr_get_exp(value));
}

long ulp_exponent(const Format& format, const Tensor& tensor, std::int64_t index) {
  return tensor.is_zero(index) ? format.floor_exponent() : ulp_exponent_below(format, tensor.exponent(index));
}

int ulp_exponent(const Format& format, double value) {
  const int exponent = value == 0 ? format.min_exponent : std::max(std::ilogb(value), format.min_exponent);
  return exponent - format.significand + 1;
}

double ulps_from(const Format& format, mpfr_srcptr truth, double value) {
  if (!std::isfinite(value)) {
    return std::fabs(value);
  }
  // The difference has more bits than both, so that its rounding is far below an ulp.
  Real difference(std::max<mpfr_prec_t>(mpfr_get_prec(truth), 53) + 64);
  mpfr_sub_d(difference, truth, value, MPFR_RNDN);
  mpfr_mul_2si(difference, difference, -ulp_exponent(format, truth), MPFR_RNDN);
  return std::fabs(mpfr_get_d(difference, MPFR_RNDN));
}

double round_to(const Format& format, mpfr_srcptr value) {
  if (mpfr_number_p(value) == 0) {
    return mpfr_get_d(value, MPFR_RNDN);
  }
  const long exponent = ulp_exponent(format, value);
  if (exponent > format.max_exponent) {
    return std::copysign(std::numeric_limits<double>::infinity(), mpfr_sgn(value));
  }
  // In units of the last place: an integer of at most 53 bits after the one rounding.
  Real units(mpfr_get_prec(value));
  mpfr_mul_2si(units, value, -exponent, MPFR_RNDN);
  Real integer(64);
  mpfr_roundeven(integer, units);
  const double result = std::ldexp(mpfr_get_d(integer, MPFR_RNDN), static_cast<int>(exponent));
  const double largest = std::ldexp(2 - std::ldexp(1, 1 - format.significand), format.max_exponent);
  return std::fabs(result) > largest ? std::copysign(std::numeric_limits<double>::infinity(), result)
                                     : result;
}

}  // namespace relu0::reference
