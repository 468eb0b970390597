#include "analysis/torch/rounding.hpp"

#include "reference/arithmetic/vector_clones.hpp"

#include <bit>
#include <cstdint>

namespace relu0 {

namespace {

constexpr std::uint32_t sign_bit = 0x80000000;
constexpr std::uint32_t infinity_bits = 0x7f800000;
constexpr std::uint32_t quiet_bit = 0x00400000;

/// Rounds the magnitude to a multiple of 2^dropped in units of the last place, ties to even; carries run into
/// the exponent as they should.
template <int dropped>
constexpr std::uint32_t nearest_even(std::uint32_t magnitude) {
  constexpr std::uint32_t unit = 1U << dropped;
  const std::uint32_t lowest_kept = (magnitude >> dropped) & 1U;
  return (magnitude + (unit / 2 - 1) + lowest_kept) & ~(unit - 1);
}

}  // namespace

RELU0_VECTOR_CLONES void round_to_binary16(std::span<float> values) {
  constexpr std::uint32_t smallest_normal = 0x38800000;  // 2^-14
  constexpr std::uint32_t overflow = 0x47800000;         // 2^16: what 65520 rounds to
  for (float& value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = bits & sign_bit;
    const std::uint32_t magnitude = bits & ~sign_bit;
    const std::uint32_t normal = nearest_even<13>(magnitude);
    // The last place of a binary32 in [1/2, 1) is 2^-24, the spacing of binary16's subnormals: the addition
    // rounds.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    const auto subnormal = std::bit_cast<std::uint32_t>(shifted - 0.5F);
    // By a mask, for a choice would have the addition in a branch, and the loop not vectorised:
    // floating-point operations that may raise a flag are not made where the source makes none.
    const std::uint32_t is_subnormal = 0U - static_cast<std::uint32_t>(magnitude < smallest_normal);
    std::uint32_t rounded = (subnormal & is_subnormal) | (normal & ~is_subnormal);
    rounded = rounded >= overflow ? infinity_bits : rounded;
    rounded = magnitude > infinity_bits ? (magnitude | quiet_bit) : rounded;
    value = std::bit_cast<float>(sign | rounded);
  }
}

RELU0_VECTOR_CLONES void round_to_bfloat16(std::span<float> values) {
  for (float& value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t magnitude = bits & ~sign_bit;
    const std::uint32_t rounded =
        magnitude > infinity_bits ? ((magnitude | quiet_bit) & 0xffff0000U) : nearest_even<16>(magnitude);
    value = std::bit_cast<float>((bits & sign_bit) | rounded);
  }
}

RELU0_VECTOR_CLONES void round_to_tf32(std::span<float> values) {
  constexpr std::uint32_t unit = 1U << 13;
  for (float& value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t magnitude = bits & ~sign_bit;
    const std::uint32_t nearest_away = (magnitude + unit / 2) & ~(unit - 1);
    const std::uint32_t rounded = magnitude >= infinity_bits ? magnitude : nearest_away;
    value = std::bit_cast<float>((bits & sign_bit) | rounded);
  }
}

}  // namespace relu0
