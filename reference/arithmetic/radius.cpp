#include "reference/arithmetic/radius.hpp"

#include "reference/arithmetic/real.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace relu0::reference {

Radius Radius::above_magnitude(mpfr_srcptr x) {
  if (mpfr_zero_p(x) != 0) {
    return {};
  }
  if (mpfr_number_p(x) == 0) {
    return unbounded();
  }
  const auto limbs = (mpfr_get_prec(x) + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS;
  const auto* significand = static_cast<const mp_limb_t*>(mpfr_custom_get_significand(x));
  // The highest limb, and what lies below it as one unit of 2^−32 of it.
  const std::uint64_t top = significand[limbs - 1] >> 32;
  return above(top + 1, mpfr_get_exp(x) - 32);
}

Radius Radius::above_magnitude(double x) {
  if (!std::isfinite(x)) {
    return unbounded();
  }
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(x), &exponent);
  return above(static_cast<std::uint64_t>(std::ldexp(fraction, 53)), exponent - 53);
}

Radius Radius::of_rounding(mpfr_srcptr result, int ternary) {
  if (ternary == 0) {
    return {};
  }
  if (mpfr_regular_p(result) == 0) {
    // An underflow to 0 is below any radius; what overflowed, or is no number, is not bounded.
    return mpfr_zero_p(result) != 0 ? Radius{std::uint32_t{1} << 31, smallest_exponent} : unbounded();
  }
  return above(1, mpfr_get_exp(result) - mpfr_get_prec(result) - 1);
}

Radius Radius::operator*(Radius other) const {
  if (is_zero() || other.is_zero()) {
    return {};
  }
  if (!is_bounded() || !other.is_bounded()) {
    return unbounded();
  }
  return above(std::uint64_t{mantissa_} * other.mantissa_, std::int64_t{exponent_} + other.exponent_ - 64);
}

Radius Radius::times_power_of_two(std::int64_t exponent) const {
  return is_bounded() ? above(mantissa_, exponent_ + exponent - 32) : *this;
}

Radius Radius::square_root() const {
  if (is_zero() || !is_bounded()) {
    return *this;
  }
  // An even power of two times an integer of 62 or 63 bits, whose root has 31 or 32.
  const int odd = exponent_ & 1;
  const std::uint64_t square = std::uint64_t{mantissa_} << (30 + odd);
  auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(square)));
  while (root * root < square) {
    ++root;
  }
  return above(root, (std::int64_t{exponent_} - odd) / 2 - 31);
}

Radius Radius::over(mpfr_srcptr divisor) const {
  if (is_zero()) {
    return {};
  }
  if (!is_bounded()) {
    return *this;
  }
  const auto limbs = (mpfr_get_prec(divisor) + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS;
  const auto* significand = static_cast<const mp_limb_t*>(mpfr_custom_get_significand(divisor));
  // |divisor| ≥ low 2^(exponent − 32).
  const std::uint64_t low = significand[limbs - 1] >> 32;
  return above((std::uint64_t{mantissa_} << 32) / low + 1,
               exponent_ - std::int64_t{mpfr_get_exp(divisor)} - 32);
}

Radius Radius::over(std::int64_t divisor) const {
  if (is_zero() || !is_bounded()) {
    return *this;
  }
  const auto magnitude = static_cast<std::uint64_t>(std::abs(divisor));
  if (magnitude == 0) {
    return unbounded();
  }
  const int bits = 64 - std::countl_zero(magnitude);
  // Scaled so that the quotient has 32 bits or more: the divisor's 32 highest bits, rounded down.
  const std::uint64_t low = bits > 32 ? magnitude >> (bits - 32) : magnitude << (32 - bits);
  return above((std::uint64_t{mantissa_} << 32) / low + 1, std::int64_t{exponent_} - bits - 32);
}

void Radius::get(mpfr_ptr result) const {
  if (!is_bounded()) {
    mpfr_set_inf(result, 1);
  } else {
    mpfr_set_ui_2exp(result, mantissa_, is_zero() ? 0 : std::int64_t{exponent_} - 32, MPFR_RNDU);
  }
}

double Radius::to_double() const {
  using Double = std::numeric_limits<double>;
  if (is_zero() || (exponent_ >= Double::min_exponent && exponent_ <= Double::max_exponent)) {
    // 0, or a normal number, which holds all 32 bits: the highest is implied.
    constexpr int fraction_bits = Double::digits - 1;
    constexpr int bias = Double::max_exponent - 1;
    const std::uint64_t fraction =
        (std::uint64_t{mantissa_} << (fraction_bits - 31)) & ((std::uint64_t{1} << fraction_bits) - 1);
    return is_zero() ? 0
                     : std::bit_cast<double>(
                           static_cast<std::uint64_t>(exponent_ - 1 + bias) << fraction_bits | fraction);
  }
  Real value(32);
  get(value);
  return mpfr_get_d(value, MPFR_RNDU);
}

}  // namespace relu0::reference
