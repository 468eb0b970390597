#pragma once
#include "reference/arithmetic/tensor.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace relu0 {

/// significand · 2^exponent: a double with an exponent of its own, so that no number of the reference
/// overflows or underflows.
struct ScaledDouble {
  double significand = 0;
  std::int64_t exponent = 0;

  /// The number times 2^power, rounded once to nearest.
  [[nodiscard]] double times_power_of_two(std::int64_t power) const {
    const std::int64_t by = exponent + power;
    // A product with a power of two that a double holds is rounded once, as that of ldexp, and faster.
    constexpr std::int64_t lowest = -1'022;
    constexpr std::int64_t highest = 1'023;
    if (by >= lowest && by <= highest) {
      constexpr int bias = 1'023;
      constexpr int fraction_bits = 52;
      return significand * std::bit_cast<double>(static_cast<std::uint64_t>(by + bias) << fraction_bits);
    }
    constexpr std::int64_t beyond_any_double = 100'000;
    return std::ldexp(significand, static_cast<int>(std::clamp(by, -beyond_any_double, beyond_any_double)));
  }
};

/// truth[index], rounded to nearest 53 bits, ties to even.
ScaledDouble nearest(const reference::Tensor& truth, std::int64_t index);

/// truth[index] − value, rounded to nearest 64 bits and those to 53: within 2^−53 + 2^−64 of the exact
/// difference, relative to it.
///
/// By integers where the numbers lie near one another, and by MPFR's general functions elsewhere, with the
/// same bits.
ScaledDouble difference(const reference::Tensor& truth, std::int64_t index, double value);

/// The same by MPFR's functions for all numbers, against which the integers are tested.
ScaledDouble difference_by_mpfr(const reference::Tensor& truth, std::int64_t index, double value);

}  // namespace relu0
