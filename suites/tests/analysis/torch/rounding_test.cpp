#include "analysis/torch/rounding.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

/// The value of a binary16 bit pattern, from the definition of the format (IEEE 754-2019, 3.4).
double binary16_value(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1f;
  const int fraction = bits & 0x3ff;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) {
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  }
  return exponent == 0 ? sign * std::ldexp(fraction, -24) : sign * std::ldexp(1024 + fraction, exponent - 25);
}

template <typename Round>
float rounded(float value, Round round) {
  std::vector<float> one{value};
  round(std::span<float>(one));
  return one.front();
}

std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }

TEST(RoundingToBinary16, KeepsEveryOneOfThe65536Values) {
  for (std::uint32_t pattern = 0; pattern < 65536; ++pattern) {
    const double value = binary16_value(static_cast<std::uint16_t>(pattern));
    const float result = rounded(static_cast<float>(value), round_to_binary16);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(result)) << pattern;
    } else {
      EXPECT_EQ(bits_of(result), bits_of(static_cast<float>(value))) << pattern;
    }
  }
}

TEST(RoundingToBinary16, RoundsToTheNearestAndTiesToEvenBetweenAllNeighbours) {
  // Between each pair of neighbours: the midpoint, and the binary32 values next to it on both sides.
  for (std::uint16_t pattern = 0; pattern < 0x7c00; ++pattern) {
    const double low = binary16_value(pattern);
    // Above the largest finite value stands 2^16, which rounds to infinity.
    const double high = pattern == 0x7bff ? 65536.0 : binary16_value(static_cast<std::uint16_t>(pattern + 1));
    const double high_result = pattern == 0x7bff ? std::numeric_limits<double>::infinity() : high;
    const float middle = static_cast<float>((low + high) / 2);
    ASSERT_EQ(middle, (low + high) / 2) << "the midpoint is exact in binary32";
    const double even = (pattern & 1) == 0 ? low : high_result;
    for (const float sign : {1.0F, -1.0F}) {
      EXPECT_EQ(rounded(sign * middle, round_to_binary16), sign * even) << pattern;
      EXPECT_EQ(rounded(sign * std::nextafter(middle, 0.0F), round_to_binary16), sign * low) << pattern;
      EXPECT_EQ(rounded(sign * std::nextafter(middle, 1e30F), round_to_binary16), sign * high_result)
          << pattern;
    }
  }
}

TEST(RoundingToBinary16, KeepsTheSignOfZeroAndOfWhatUnderflows) {
  EXPECT_EQ(bits_of(rounded(-0.0F, round_to_binary16)), bits_of(-0.0F));
  EXPECT_EQ(bits_of(rounded(-std::ldexp(1.0F, -26), round_to_binary16)), bits_of(-0.0F));
  EXPECT_EQ(bits_of(rounded(std::numeric_limits<float>::denorm_min(), round_to_binary16)), bits_of(0.0F));
  EXPECT_EQ(rounded(std::numeric_limits<float>::infinity(), round_to_binary16),
            std::numeric_limits<float>::infinity());
}

/// The nearest multiple of `unit` to `value` in double, ties as asked; both are exact in a double here.
double nearest_multiple(double value, double unit, bool ties_away) {
  const double quotient = value / unit;
  return (ties_away ? std::round(quotient) : std::nearbyint(quotient)) * unit;
}

/// Random patterns of normal binary32 values away from overflow, and ties among them.
std::vector<float> hard_values() {
  std::mt19937 engine(20260101);
  const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
  std::vector<float> values;
  for (int i = 0; i < 200'000; ++i) {
    const auto exponent = static_cast<std::uint32_t>(1 + random() % 252) << 23;
    std::uint32_t fraction = random() & 0x7fffff;
    if (i % 3 == 0) {
      fraction = (fraction & ~0xffffU) | 0x8000;  // a tie for bfloat16
    } else if (i % 3 == 1) {
      fraction = (fraction & ~0x1fffU) | 0x1000;  // a tie for TF32
    }
    values.push_back(std::bit_cast<float>((random() & 0x80000000U) | exponent | fraction));
  }
  return values;
}

TEST(RoundingToBfloat16, IsTheNearestMultipleOfTheLastPlaceTiesToEven) {
  for (const float value : hard_values()) {
    const double unit = std::ldexp(1.0, std::ilogb(value) - 7);
    ASSERT_EQ(rounded(value, round_to_bfloat16), nearest_multiple(value, unit, false))
        << std::hexfloat << value;
  }
}

TEST(RoundingToTf32, IsTheNearestMultipleOfTheLastPlaceTiesAway) {
  for (const float value : hard_values()) {
    const double unit = std::ldexp(1.0, std::ilogb(value) - 10);
    ASSERT_EQ(rounded(value, round_to_tf32), nearest_multiple(value, unit, true)) << std::hexfloat << value;
  }
}

TEST(RoundingToBfloat16AndTf32, KeepsInfinitiesNansAndZeros) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (auto* round : {round_to_bfloat16, round_to_tf32}) {
    EXPECT_EQ(rounded(infinity, round), infinity);
    EXPECT_EQ(rounded(-infinity, round), -infinity);
    EXPECT_EQ(rounded(std::numeric_limits<float>::max(), round), infinity);
    EXPECT_TRUE(std::isnan(rounded(std::bit_cast<float>(0x7f800001U), round)))
        << "a NaN whose payload is dropped";
    EXPECT_EQ(bits_of(rounded(-0.0F, round)), bits_of(-0.0F));
  }
}

TEST(Rounding, DoesNotDependOnThePlaceInTheVector) {
  std::vector<float> values = hard_values();
  values.resize(1003);
  for (auto* round : {round_to_binary16, round_to_bfloat16, round_to_tf32}) {
    std::vector<float> together = values;
    round(together);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(bits_of(together[i]), bits_of(rounded(values[i], round))) << i;
    }
  }
}

}  // namespace
}  // namespace relu0
