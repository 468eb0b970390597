#pragma once
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>

namespace relu0 {

/// significand · 2^exponent: a double with an exponent of its own, so that no number of the reference
/// overflows or underflows.
struct ScaledDouble {
  double significand = 0;
  std::int64_t exponent = 0;

  /// The number times 2^power, rounded once to nearest.
  [[nodiscard]] double times_power_of_two(std::int64_t power) const;
};

/// truth[index], rounded to nearest 53 bits, ties to even.
ScaledDouble nearest(const reference::Tensor& truth, std::int64_t index);

/// truth[index] − value, rounded to nearest 64 bits and those to 53: within 2^−53 + 2^−64 of the exact
/// difference, relative to it.
///
/// By integers where the numbers lie near one another, which takes a tenth of the time of MPFR's general
/// functions, and by those elsewhere, with the same bits.
ScaledDouble difference(const reference::Tensor& truth, std::int64_t index, double value);

/// The same by MPFR's functions for all numbers, against which the integers are tested.
ScaledDouble difference_by_mpfr(const reference::Tensor& truth, std::int64_t index, double value);

}  // namespace relu0
