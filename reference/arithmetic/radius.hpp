#pragma once
#include <bit>
#include <compare>
#include <cstdint>

#include <mpfr.h>

namespace relu0::reference {

/// An upper bound of a magnitude: 0, m 2^(e − 32) with 2^31 ≤ m < 2^32 and |e| < 2^30, or unbounded; 8 bytes,
/// whatever the range (binary64 would end at 2^−1074, and a radius at 4,096 bits is smaller). All operations
/// are on integers and round up, so that they are the same on every machine. Rigorous: the result of each is
/// at least the exact result of its operands, and above it by a factor of at most 1 + 2^−31; what lies below
/// 2^−2^30 becomes that, what lies above 2^2^30 is unbounded.
class Radius {
 public:
  /// 0: the number is exact.
  constexpr Radius() = default;

  /// integer · 2^exponent or a little more.
  static Radius above(std::uint64_t integer, std::int64_t exponent);
  /// |x| or a little more. Unbounded where x is infinite or NaN.
  static Radius above_magnitude(mpfr_srcptr x);
  static Radius above_magnitude(double x);
  static Radius unbounded() { return {std::uint32_t{1} << 31, unbounded_exponent}; }
  /// What rounding to nearest may have changed, where MPFR's function returned `ternary` for `result`: half a
  /// unit in its last place, 0 where it was exact.
  static Radius of_rounding(mpfr_srcptr result, int ternary);

  [[nodiscard]] bool is_zero() const { return mantissa_ == 0; }
  [[nodiscard]] bool is_bounded() const { return exponent_ != unbounded_exponent; }
  /// e with 2^(e−1) ≤ radius < 2^e; of radii other than 0.
  [[nodiscard]] std::int32_t exponent() const { return exponent_; }
  /// m, of 32 bits; 0 for the radius 0.
  [[nodiscard]] std::uint32_t mantissa() const { return mantissa_; }

  Radius operator+(Radius other) const;
  /// 0 times unbounded is 0: what is unbounded is a bound, the number is finite.
  Radius operator*(Radius other) const;
  Radius& operator+=(Radius other) { return *this = *this + other; }
  [[nodiscard]] Radius times_power_of_two(std::int64_t exponent) const;
  /// Above the exact root by a factor of at most 1 + 2^−29.
  [[nodiscard]] Radius square_root() const;
  /// A bound of radius / |divisor|; `divisor` is not 0.
  [[nodiscard]] Radius over(mpfr_srcptr divisor) const;
  /// The same; unbounded where the divisor is 0 and the radius is not.
  [[nodiscard]] Radius over(std::int64_t divisor) const;

  std::strong_ordering operator<=>(const Radius& other) const {
    return exponent_ != other.exponent_ ? exponent_ <=> other.exponent_ : mantissa_ <=> other.mantissa_;
  }
  bool operator==(const Radius&) const = default;

  /// Rounded up to the precision of `result`; +∞ where it is unbounded.
  void get(mpfr_ptr result) const;
  /// Rounded up to a double: ∞ where it is too large or unbounded.
  [[nodiscard]] double to_double() const;

 private:
  static constexpr std::int32_t largest_exponent = std::int32_t{1} << 30;
  static constexpr std::int32_t smallest_exponent = -largest_exponent;
  static constexpr std::int32_t unbounded_exponent = INT32_MAX;

  constexpr Radius(std::uint32_t mantissa, std::int32_t exponent)
      : mantissa_{mantissa}, exponent_{exponent} {}

  std::uint32_t mantissa_ = 0;
  std::int32_t exponent_ = INT32_MIN;
};

// Inline: a product takes several of both for each element.

inline Radius Radius::above(std::uint64_t integer, std::int64_t exponent) {
  if (integer == 0) {
    return {};
  }
  const int shift = std::countl_zero(integer);
  integer <<= shift;
  exponent += 64 - shift;
  std::uint64_t mantissa = (integer >> 32) + ((integer & UINT32_MAX) != 0 ? 1 : 0);
  if (mantissa > UINT32_MAX) {
    mantissa >>= 1;
    ++exponent;
  }
  if (exponent > largest_exponent) {
    return unbounded();
  }
  if (exponent < smallest_exponent) {
    return {std::uint32_t{1} << 31, smallest_exponent};
  }
  return {static_cast<std::uint32_t>(mantissa), static_cast<std::int32_t>(exponent)};
}

inline Radius Radius::operator+(Radius other) const {
  const Radius& large = *this < other ? other : *this;
  const Radius& small = *this < other ? *this : other;
  if (small.is_zero() || !large.is_bounded()) {
    return large;
  }
  const std::int64_t distance = std::int64_t{large.exponent_} - small.exponent_;
  const std::uint64_t addend = std::uint64_t{small.mantissa_} << 31;
  std::uint64_t shifted = 1;
  if (distance < 63) {
    shifted = (addend >> distance) + ((addend & ((std::uint64_t{1} << distance) - 1)) != 0 ? 1 : 0);
  }
  return above((std::uint64_t{large.mantissa_} << 31) + shifted, std::int64_t{large.exponent_} - 63);
}

}  // namespace relu0::reference
