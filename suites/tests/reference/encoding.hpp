#pragma once
#include "fixtures/network/precision.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <mpfr.h>

namespace relu0::reference {

/// The bit patterns of a binary interchange format, read by their definition (IEEE 754-2019, section 3.4):
/// sign, biased exponent, fraction. Those of non-negative numbers are in the order of their values.
struct Encoding {
  Precision precision;
  int exponent_bits;
  int fraction_bits;

  /// The pattern of +∞; the one below is the largest finite number.
  [[nodiscard]] std::uint64_t infinity() const {
    return ((std::uint64_t{1} << exponent_bits) - 1) << fraction_bits;
  }
  [[nodiscard]] int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  /// Exponents of the smallest subnormal, of the smallest normal number and of the largest binade.
  [[nodiscard]] int floor_exponent() const { return 1 - bias() - fraction_bits; }
  [[nodiscard]] int min_exponent() const { return 1 - bias(); }
  [[nodiscard]] int max_exponent() const { return bias(); }

  /// The value of a non-negative finite number's pattern, exactly; that of +∞ as if exponents went on:
  /// halfway to it overflow begins.
  void value(mpfr_ptr result, std::uint64_t pattern) const;
  /// The same as a double, with +∞ for +∞.
  [[nodiscard]] double value(std::uint64_t pattern) const;
};

/// binary16, bfloat16, binary32 and binary64.
std::vector<Encoding> encodings();

/// The one of a precision.
Encoding encoding(Precision precision);

/// A sample of the finite non-negative numbers' patterns: all of them in formats of 16 bits; otherwise 17
/// around each power of two (so around 0, the smallest normal and the largest number too) and 20,000 drawn.
std::vector<std::uint64_t> sample_patterns(const Encoding& encoding);

}  // namespace relu0::reference
