#include "analysis/error/scaled_double.hpp"

#include "reference/arithmetic/real.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

namespace relu0 {

namespace {

__extension__ using Wide = unsigned __int128;

/// A magnitude of (units + something in [0, 1)) · 2^exponent, where the something is 0 unless `more`.
struct Magnitude {
  Wide units = 0;
  bool more = false;
  std::int64_t exponent = 0;
};

int leading_zeros(Wide units) {
  const auto high = static_cast<std::uint64_t>(units >> 64);
  return high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<std::uint64_t>(units));
}

/// The 128 highest bits of a regular element, shifted down by one to leave room for a carry.
Magnitude magnitude(const reference::Tensor& truth, std::int64_t index) {
  const mp_limb_t* limbs = truth.significand(index);
  const int count = truth.limbs_per_element();
  const Wide units = Wide{limbs[count - 1]} << 64 | (count > 1 ? limbs[count - 2] : 0);
  const bool below =
      std::any_of(limbs, limbs + std::max(count - 2, 0), [](mp_limb_t limb) { return limb != 0; });
  return {.units = units >> 1,
          .more = below || (units & 1) != 0,
          .exponent = std::int64_t{truth.exponent(index)} - 127};
}

/// A finite number, exactly.
Magnitude magnitude(double value) {
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  return {.units = Wide{static_cast<std::uint64_t>(fraction * 0x1p64)} << 63,
          .exponent = std::int64_t{exponent} - 127};
}

/// Divided by 2^shift, with the exponent raised by as much.
Magnitude shifted(Magnitude magnitude, std::int64_t shift) {
  const Wide lost = magnitude.units & ((Wide{1} << shift) - 1);
  return {.units = magnitude.units >> shift,
          .more = magnitude.more || lost != 0,
          .exponent = magnitude.exponent + shift};
}

/// Rounded to nearest 64 bits, ties to even, and those to a double; absent where the bits do not decide it.
std::optional<ScaledDouble> rounded(const Magnitude& magnitude) {
  const int below = magnitude.units == 0 ? 0 : 64 - leading_zeros(magnitude.units);
  if (below <= 0) {
    return magnitude.more
               ? std::nullopt
               : std::optional(ScaledDouble{.significand = static_cast<double>(
                                                static_cast<std::uint64_t>(magnitude.units << -below)),
                                            .exponent = magnitude.exponent + below});
  }
  auto kept = static_cast<std::uint64_t>(magnitude.units >> below);
  const Wide rest = magnitude.units & ((Wide{1} << below) - 1);
  const Wide half = Wide{1} << (below - 1);
  const bool up = rest > half || (rest == half && (magnitude.more || (kept & 1) != 0));
  if (up && ++kept == 0) {
    return ScaledDouble{.significand = 0x1p64, .exponent = magnitude.exponent + below};
  }
  return ScaledDouble{.significand = static_cast<double>(kept), .exponent = magnitude.exponent + below};
}

/// The difference of two numbers of one sign; value.more is not looked at.
std::optional<ScaledDouble> difference_of(const Magnitude& truth, const Magnitude& value) {
  if (truth.units >= value.units) {
    return rounded({.units = truth.units - value.units, .more = truth.more, .exponent = truth.exponent});
  }
  // What the truth has below the units is missing from the difference.
  auto result = rounded({.units = value.units - truth.units - (truth.more ? 1 : 0),
                         .more = truth.more,
                         .exponent = truth.exponent});
  if (result) {
    result->significand = -result->significand;
  }
  return result;
}

ScaledDouble from_mpfr(mpfr_srcptr x) {
  long exponent = 0;
  const double fraction = mpfr_get_d_2exp(&exponent, x, MPFR_RNDN);
  return {.significand = fraction * 0x1p64, .exponent = std::int64_t{exponent} - 64};
}

/// By integers, where they decide it.
std::optional<ScaledDouble> difference_by_integers(const reference::Tensor& truth, std::int64_t index,
                                                   double value) {
  Magnitude ours = magnitude(value);
  Magnitude theirs = magnitude(truth, index);
  if (value == 0) {
    ours.exponent = theirs.exponent;
  }
  const std::int64_t distance = theirs.exponent - ours.exponent;
  // So far a value keeps all of its bits, and a truth enough of them.
  constexpr std::int64_t farthest = 63;
  if (distance > farthest || distance < -farthest) {
    return std::nullopt;
  }
  if (distance > 0) {
    ours = shifted(ours, distance);
  } else {
    theirs = shifted(theirs, -distance);
  }
  const bool truth_is_negative = truth.is_negative(index);
  auto result =
      truth_is_negative == std::signbit(value)
          ? difference_of(theirs, ours)
          : rounded({.units = theirs.units + ours.units, .more = theirs.more, .exponent = theirs.exponent});
  if (result && truth_is_negative) {
    result->significand = -result->significand;
  }
  return result;
}

}  // namespace

ScaledDouble nearest(const reference::Tensor& truth, std::int64_t index) {
  if (!truth.is_regular(index)) {
    return from_mpfr(truth[index]);
  }
  const mp_limb_t* limbs = truth.significand(index);
  const int count = truth.limbs_per_element();
  // A double's bits end above the lowest of the highest limb, which stands for all below it.
  const bool below = std::any_of(limbs, limbs + count - 1, [](mp_limb_t limb) { return limb != 0; });
  const auto significand = static_cast<double>(limbs[count - 1] | (below ? 1 : 0));
  return {.significand = truth.is_negative(index) ? -significand : significand,
          .exponent = std::int64_t{truth.exponent(index)} - 64};
}

ScaledDouble difference(const reference::Tensor& truth, std::int64_t index, double value) {
  if (truth.is_zero(index)) {
    return {.significand = -value};
  }
  if (std::isfinite(value) && truth.is_regular(index)) {
    if (const auto result = difference_by_integers(truth, index, value)) {
      return *result;
    }
  }
  return difference_by_mpfr(truth, index, value);
}

ScaledDouble difference_by_mpfr(const reference::Tensor& truth, std::int64_t index, double value) {
  constexpr int bits = 64;
  reference::Real result(bits);
  mpfr_sub_d(result, truth[index], value, MPFR_RNDN);
  return from_mpfr(result);
}

}  // namespace relu0
