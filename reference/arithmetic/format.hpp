#pragma once
#include "fixtures/network/precision.hpp"
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>

#include <mpfr.h>

namespace relu0::reference {

/// A binary interchange format (IEEE 754-2019, section 3.4), or one like it.
struct Format {
  int significand;   ///< bits, the implicit one included
  int min_exponent;  ///< the smallest normal number is 2^min_exponent
  int max_exponent;  ///< the largest is (2 − 2^(1 − significand)) 2^max_exponent

  /// The smallest subnormal is 2^floor_exponent().
  [[nodiscard]] constexpr int floor_exponent() const { return min_exponent - significand + 1; }
};

/// The format in which a precision stores its values: binary16, bfloat16, binary32 (tf32 too) or binary64.
Format storage_format(Precision precision);

/// Correctly rounded from MPFR straight to the format: nearest, ties to even, gradual underflow, ±infinity
/// from (2 − 2^−significand) 2^max_exponent on, −0 for what underflows from below. NaN for NaN.
double round_to(const Format& format, mpfr_srcptr value);

/// e where 2^e = ulp(value): the spacing of the format's numbers in the binade of |value|, and at least that
/// of its subnormals. For a value beyond the format's largest number the spacing is what it would be if
/// exponents went on. value: not NaN, not infinite.
long ulp_exponent(const Format& format, mpfr_srcptr value);
/// The same for an element of a tensor, without MPFR.
long ulp_exponent(const Format& format, const Tensor& tensor, std::int64_t index);
int ulp_exponent(const Format& format, double value);

/// |value − truth| in ulps of the format at the truth, within a relative error of 2^−52; infinite or NaN
/// where the value is. truth: not NaN, not infinite.
double ulps_from(const Format& format, mpfr_srcptr truth, double value);

}  // namespace relu0::reference
