#include "reference/arithmetic/format.hpp"

#include "fixtures/random/split_mix64.hpp"
#include "reference/arithmetic/real.hpp"
#include "suites/tests/reference/encoding.hpp"

#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Holds any number of the formats, a neighbour's midpoint, and that midpoint ± 2^−200 of itself, exactly.
constexpr int wide = 320;

/// round_to(value) and the same of −value; both must be `expected`, sign of zero included.
void expect_rounded(const Encoding& encoding, mpfr_srcptr value, double expected, std::uint64_t pattern) {
  const Format format = storage_format(encoding.precision);
  const double rounded = round_to(format, value);
  ASSERT_EQ(rounded, expected) << "pattern " << pattern;
  ASSERT_EQ(std::signbit(rounded), mpfr_signbit(value) != 0) << "pattern " << pattern;
  Real negative(wide);
  mpfr_neg(negative, value, MPFR_RNDN);
  const double mirrored = round_to(format, negative);
  ASSERT_EQ(mirrored, -expected) << "pattern " << pattern;
  ASSERT_NE(std::signbit(mirrored), std::signbit(rounded)) << "pattern " << pattern;
}

/// x (1 + sign 2^−200).
void nudge(mpfr_ptr result, mpfr_srcptr x, int sign) {
  Real step(wide);
  mpfr_mul_2si(step, x, -200, MPFR_RNDN);
  mpfr_mul_si(step, step, sign, MPFR_RNDN);
  ASSERT_EQ(mpfr_add(result, x, step, MPFR_RNDN), 0) << "the test's own number is rounded";
}

class EveryFormat : public testing::TestWithParam<Encoding> {};

TEST_P(EveryFormat, ItsNumbersAreKept) {
  const Encoding encoding = GetParam();
  Real value(wide);
  for (const std::uint64_t pattern : sample_patterns(encoding)) {
    encoding.value(value, pattern);
    expect_rounded(encoding, value, encoding.value(pattern), pattern);
  }
}

TEST_P(EveryFormat, BetweenNeighboursTheNearestOrElseTheEvenOne) {
  // The neighbour of the largest number is +∞, as if it were the next one: there overflow begins.
  const Encoding encoding = GetParam();
  Real low(wide);
  Real high(wide);
  Real midpoint(wide);
  Real nudged(wide);
  for (const std::uint64_t pattern : sample_patterns(encoding)) {
    encoding.value(low, pattern);
    encoding.value(high, pattern + 1);
    ASSERT_EQ(mpfr_add(midpoint, low, high, MPFR_RNDN), 0);
    mpfr_div_2ui(midpoint, midpoint, 1, MPFR_RNDN);
    expect_rounded(encoding, midpoint, encoding.value(pattern % 2 == 0 ? pattern : pattern + 1), pattern);
    nudge(nudged, midpoint, -1);
    expect_rounded(encoding, nudged, encoding.value(pattern), pattern);
    nudge(nudged, midpoint, 1);
    expect_rounded(encoding, nudged, encoding.value(pattern + 1), pattern);
  }
}

/// What MPFR makes of a value when it emulates the format: exponents limited, subnormals rounded.
double emulated(const Encoding& encoding, mpfr_srcptr value) {
  Real result(encoding.fraction_bits + 1);
  int direction = mpfr_set(result, value, MPFR_RNDN);
  const mpfr_exp_t emin = mpfr_get_emin();
  const mpfr_exp_t emax = mpfr_get_emax();
  // MPFR's significands lie in [1/2, 1).
  mpfr_set_emin(encoding.floor_exponent() + 1);
  mpfr_set_emax(encoding.max_exponent() + 1);
  direction = mpfr_check_range(result, direction, MPFR_RNDN);
  mpfr_subnormalize(result, direction, MPFR_RNDN);
  mpfr_set_emin(emin);
  mpfr_set_emax(emax);
  return mpfr_get_d(result, MPFR_RNDN);
}

TEST_P(EveryFormat, AgreesWithMpfrsEmulation) {
  // Significands of three bits more than the format's, so that one in eight is a tie; every other one has a
  // last bit far below. Exponents reach over both ends of the format.
  const Encoding encoding = GetParam();
  SplitMix64 random(11);
  Real value(wide);
  const int bits = encoding.fraction_bits + 4;
  const int lowest = encoding.floor_exponent() - 4;
  const int highest = encoding.max_exponent() + 3;
  for (int draw = 0; draw < 100000; ++draw) {
    const std::uint64_t significand = random.next() >> (64 - bits);
    const int exponent = lowest + random.below(highest - lowest) - bits;
    mpfr_set_ui_2exp(value, significand, exponent, MPFR_RNDN);
    if (draw % 2 == 1) {
      nudge(value, value, random.below(2) == 0 ? 1 : -1);
    }
    ASSERT_EQ(round_to(storage_format(encoding.precision), value), emulated(encoding, value))
        << significand << " * 2^" << exponent << ", draw " << draw;
  }
}

TEST_P(EveryFormat, AUlpIsTheDistanceToTheNextNumber) {
  const Encoding encoding = GetParam();
  const Format format = storage_format(encoding.precision);
  Real low(wide);
  Real distance(wide);
  for (const std::uint64_t pattern : sample_patterns(encoding)) {
    encoding.value(low, pattern);
    encoding.value(distance, pattern + 1);
    mpfr_sub(distance, distance, low, MPFR_RNDN);
    const long ulp = ulp_exponent(format, low);
    ASSERT_EQ(mpfr_cmp_ui_2exp(distance, 1, ulp), 0) << "pattern " << pattern << ", ulp 2^" << ulp;
    mpfr_neg(low, low, MPFR_RNDN);
    ASSERT_EQ(ulp_exponent(format, low), ulp) << "negative, pattern " << pattern;
    // Between the two nothing changes: at the midpoint, and 2^-200 of it below the next.
    mpfr_div_2ui(distance, distance, 1, MPFR_RNDN);
    mpfr_sub(low, low, distance, MPFR_RNDN);
    ASSERT_EQ(ulp_exponent(format, low), ulp) << "midpoint, pattern " << pattern;
    encoding.value(low, pattern + 1);
    nudge(low, low, -1);
    ASSERT_EQ(ulp_exponent(format, low), ulp) << "below the next, pattern " << pattern;
  }
}

TEST_P(EveryFormat, BelowItsSubnormalsAUlpIsTheSmallestOne) {
  const Encoding encoding = GetParam();
  const Format format = storage_format(encoding.precision);
  EXPECT_EQ(format.floor_exponent(), encoding.floor_exponent());
  Real value(wide);
  for (const int sign : {1, -1}) {
    mpfr_set_zero(value, sign);
    EXPECT_EQ(ulp_exponent(format, value), encoding.floor_exponent());
    for (const long below : {0L, 1L, 2L, 1000L, 1000000L}) {
      mpfr_set_si_2exp(value, sign, encoding.floor_exponent() - below, MPFR_RNDN);
      EXPECT_EQ(ulp_exponent(format, value), encoding.floor_exponent()) << below;
    }
  }
}

TEST_P(EveryFormat, BeyondItsLargestNumberUlpsGoOn) {
  const Encoding encoding = GetParam();
  Real value(wide);
  for (const long beyond : {1L, 2L, 1000L, 1000000L}) {
    mpfr_set_ui_2exp(value, 1, encoding.max_exponent() + beyond, MPFR_RNDN);
    EXPECT_EQ(ulp_exponent(storage_format(encoding.precision), value),
              encoding.max_exponent() + beyond - encoding.fraction_bits);
  }
}

TEST_P(EveryFormat, FarBeyondItsRangeIsInfinityAndFarBelowZero) {
  const Encoding encoding = GetParam();
  Real value(wide);
  for (const long far : {1L, 2L, 60L, 1000L, 1000000000L}) {
    mpfr_set_ui_2exp(value, 1, encoding.max_exponent() + far, MPFR_RNDN);
    expect_rounded(encoding, value, infinity, encoding.infinity());
    mpfr_set_ui_2exp(value, 1, encoding.floor_exponent() - far, MPFR_RNDN);
    expect_rounded(encoding, value, 0, 0);
  }
}

TEST_P(EveryFormat, NotANumberAndTheInfinitiesStay) {
  const Format format = storage_format(GetParam().precision);
  Real value(wide);
  mpfr_set_nan(value);
  EXPECT_TRUE(std::isnan(round_to(format, value)));
  mpfr_set_inf(value, 1);
  EXPECT_EQ(round_to(format, value), infinity);
  mpfr_set_inf(value, -1);
  EXPECT_EQ(round_to(format, value), -infinity);
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, testing::ValuesIn(encodings()),
                         [](const auto& instance) { return std::string(name(instance.param.precision)); });

TEST(Format, Tf32StoresBinary32) {
  const Format tf32 = storage_format(Precision::tf32);
  const Format fp32 = storage_format(Precision::fp32);
  EXPECT_EQ(tf32.significand, fp32.significand);
  EXPECT_EQ(tf32.min_exponent, fp32.min_exponent);
  EXPECT_EQ(tf32.max_exponent, fp32.max_exponent);
}

/// `value` (1 + sign 2^−200), rounded.
double rounded_beside(Precision precision, double value, int sign) {
  Real number(wide);
  mpfr_set_d(number, value, MPFR_RNDN);
  nudge(number, number, sign);
  return round_to(storage_format(precision), number);
}

TEST(Format, ThresholdsOfBinary16ByNumber) {
  // 65504 is the largest; 65520 lies halfway to what would be the next, 65536.
  EXPECT_EQ(rounded_beside(Precision::fp16, 65504, 0), 65504);
  EXPECT_EQ(rounded_beside(Precision::fp16, 65520, -1), 65504);
  EXPECT_EQ(rounded_beside(Precision::fp16, 65520, 0), infinity);
  EXPECT_EQ(rounded_beside(Precision::fp16, -65520, 0), -infinity);
  // 2^-24 is the smallest; 2^-25 is a tie with 0, which is even.
  EXPECT_EQ(rounded_beside(Precision::fp16, 0x1p-24, 0), 0x1p-24);
  EXPECT_EQ(rounded_beside(Precision::fp16, 0x1p-25, 1), 0x1p-24);
  EXPECT_EQ(rounded_beside(Precision::fp16, 0x1p-25, 0), 0);
  EXPECT_FALSE(std::signbit(rounded_beside(Precision::fp16, 0x1p-25, 0)));
  EXPECT_TRUE(std::signbit(rounded_beside(Precision::fp16, -0x1p-25, 0)));
  EXPECT_TRUE(std::signbit(rounded_beside(Precision::fp16, -0x1p-1000, 0)));
}

TEST(Format, ThresholdsOfTheWiderFormatsByNumber) {
  EXPECT_EQ(rounded_beside(Precision::bf16, 0x1.ffp127, -1), 0x1.fep127);
  EXPECT_EQ(rounded_beside(Precision::bf16, 0x1.ffp127, 0), infinity);
  EXPECT_EQ(rounded_beside(Precision::bf16, 0x1p-134, 0), 0);
  EXPECT_EQ(rounded_beside(Precision::bf16, 0x1p-134, 1), 0x1p-133);
  EXPECT_EQ(rounded_beside(Precision::fp32, 0x1.ffffffp127, -1), 0x1.fffffep127);
  EXPECT_EQ(rounded_beside(Precision::fp32, 0x1.ffffffp127, 0), infinity);
  EXPECT_EQ(rounded_beside(Precision::fp32, 0x1p-150, 0), 0);
  EXPECT_EQ(rounded_beside(Precision::fp32, 0x1p-150, 1), 0x1p-149);
  EXPECT_EQ(rounded_beside(Precision::fp64, 0x1.fffffffffffffp1023, 1), 0x1.fffffffffffffp1023);
}

TEST(Format, RoundsOnceWhereTwoRoundingsGoWrong) {
  // Just above the tie of two binary32 numbers: a double in between is the tie itself, and then the even one
  // wins, which is the farther.
  Real value(wide);
  mpfr_set_d(value, 1 + 0x1p-24, MPFR_RNDN);
  nudge(value, value, 1);
  EXPECT_EQ(static_cast<float>(mpfr_get_d(value, MPFR_RNDN)), 1.0F) << "no counterexample";
  EXPECT_EQ(round_to(storage_format(Precision::fp32), value), 1 + 0x1p-23);
  // The same among the subnormals, which have fewer bits: 53 of them first are too many.
  mpfr_set_d(value, 0x1p-1074, MPFR_RNDN);
  mpfr_div_2ui(value, value, 1, MPFR_RNDN);
  nudge(value, value, 1);
  Real first(53);
  mpfr_set(first, value, MPFR_RNDN);
  EXPECT_EQ(mpfr_get_d(first, MPFR_RNDN), 0) << "no counterexample";
  EXPECT_EQ(round_to(storage_format(Precision::fp64), value), 0x1p-1074);
}

TEST(Format, UlpsOfBinary16ByNumber) {
  const auto ulp = [](double value) {
    Real number(53);
    mpfr_set_d(number, value, MPFR_RNDN);
    const Format format = storage_format(Precision::fp16);
    EXPECT_EQ(ulp_exponent(format, value), ulp_exponent(format, number));
    return ulp_exponent(format, number);
  };
  EXPECT_EQ(ulp(1), -10);
  EXPECT_EQ(ulp(1 - 0x1p-30), -11);
  EXPECT_EQ(ulp(-1), -10);
  EXPECT_EQ(ulp(0x1p-14), -24);
  EXPECT_EQ(ulp(0x1p-15), -24);
  EXPECT_EQ(ulp(0x1p-40), -24);
  EXPECT_EQ(ulp(0), -24);
  EXPECT_EQ(ulp(65504), 5);
  EXPECT_EQ(ulp(65536), 6);
  EXPECT_EQ(ulp(0x1p100), 90);
}

TEST(Format, CountsUlpsFromTheTruth) {
  const auto ulps = [](double truth, double value) {
    // A truth of more bits than a double has: 2^-150 below what is given.
    Real number(wide);
    mpfr_set_d(number, truth, MPFR_RNDN);
    Real step(wide);
    mpfr_set_ui_2exp(step, 1, -150, MPFR_RNDN);
    mpfr_sub(number, number, step, MPFR_RNDN);
    return ulps_from(storage_format(Precision::fp16), number, value);
  };
  // Just below 1 the spacing is 2^-11.
  EXPECT_EQ(ulps(1, 1), 0x1p-139);
  EXPECT_EQ(ulps(1, 1 + 0x1p-10), 2);
  EXPECT_EQ(ulps(1.5, 1.5 - 3 * 0x1p-10), 3);
  EXPECT_EQ(ulps(0, 0x1p-24), 1);
  EXPECT_EQ(ulps(3, infinity), infinity);
  EXPECT_TRUE(std::isnan(ulps(3, std::nan(""))));
}

}  // namespace
}  // namespace relu0::reference
