#pragma once
#include <cstddef>
#include <limits>

namespace relu0::anytime {

/// A computed logarithm of an e-value, lowered by a bound of its rounding error. It is a sum of `terms`
/// numbers, whose magnitudes add up to `magnitude`; each is the product of a double and a logarithm or a
/// value of log Γ, which the C library and Boost compute to within four units in the last place. A sum of n
/// numbers in any order adds less than n − 1 units of the sum of the magnitudes.
inline double rounded_down(double log_e, double magnitude, std::size_t terms) {
  constexpr double of_one_term = 8;
  return log_e -
         (of_one_term + static_cast<double>(terms)) * std::numeric_limits<double>::epsilon() * magnitude;
}

}  // namespace relu0::anytime
