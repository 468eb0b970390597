#include "reference/arithmetic/radius.hpp"

#include "fixtures/random/split_mix64.hpp"
#include "reference/arithmetic/real.hpp"
#include "suites/tests/reference/balls/effort.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

/// Holds sums, products and quotients of what the tests draw, exactly or far beyond 2^−31.
constexpr int exact_radius_bits = 2000;

void set(mpfr_ptr value, Radius radius) { radius.get(value); }

/// Whether `bound` is at least `exact` and at most (1 + 2^−30) of it: two roundings up.
bool is_tight(Radius bound, mpfr_srcptr exact) {
  Real upper(exact_radius_bits);
  set(upper, bound);
  if (mpfr_less_p(upper, exact) != 0) {
    return false;
  }
  Real most(exact_radius_bits);
  mpfr_mul_d(most, exact, 1 + 0x1p-30, MPFR_RNDU);
  return mpfr_lessequal_p(upper, most) != 0;
}

std::vector<Radius> drawn_radii() {
  SplitMix64 random(31);
  std::vector<Radius> result{{},
                             Radius::above(1, 0),
                             Radius::above(UINT64_MAX, 0),
                             Radius::above((std::uint64_t{1} << 32) - 1, -300),
                             Radius::above(1, -428),
                             Radius::above(1, 300)};
  for (int i = 0; i < 40 * test::effort(); ++i) {
    const std::uint64_t bits = random.next() >> (random.next() % 64);
    result.push_back(Radius::above(bits, static_cast<std::int64_t>(random.next() % 1200) - 600));
  }
  return result;
}

TEST(Radius, HoldsIntegersAndIsTight) {
  Real exact(exact_radius_bits);
  SplitMix64 random(32);
  for (int i = 0; i < 1000 * test::effort(); ++i) {
    const std::uint64_t integer = random.next() >> (random.next() % 64);
    const auto exponent = static_cast<std::int64_t>(random.next() % 20'000) - 10'000;
    mpfr_set_ui_2exp(exact, integer, exponent, MPFR_RNDN);
    ASSERT_TRUE(is_tight(Radius::above(integer, exponent), exact)) << integer << " · 2^" << exponent;
  }
  for (const std::uint64_t power : {0, 1, 31, 32, 33, 63}) {
    mpfr_set_ui_2exp(exact, 1, static_cast<long>(power), MPFR_RNDN);
    Real bound(exact_radius_bits);
    set(bound, Radius::above(std::uint64_t{1} << power, 0));
    EXPECT_TRUE(mpfr_equal_p(bound, exact)) << "powers of two are exact: " << power;
  }
}

TEST(Radius, SumsAndProductsHoldTheExactOnes) {
  Real x(exact_radius_bits);
  Real y(exact_radius_bits);
  Real exact(exact_radius_bits);
  for (const Radius a : drawn_radii()) {
    for (const Radius b : drawn_radii()) {
      set(x, a);
      set(y, b);
      ASSERT_EQ(mpfr_add(exact, x, y, MPFR_RNDN), 0);
      ASSERT_TRUE(is_tight(a + b, exact));
      ASSERT_EQ(mpfr_mul(exact, x, y, MPFR_RNDN), 0);
      ASSERT_TRUE(is_tight(a * b, exact));
      ASSERT_EQ(a < b, mpfr_less_p(x, y) != 0);
      ASSERT_EQ(std::max(a, b) == a, mpfr_greaterequal_p(x, y) != 0);
    }
  }
}

TEST(Radius, QuotientsHoldTheExactOnes) {
  Real x(exact_radius_bits);
  Real exact(exact_radius_bits);
  SplitMix64 random(33);
  for (const Radius a : drawn_radii()) {
    for (int i = 0; i < 20; ++i) {
      const auto divisor = static_cast<std::int64_t>(random.next() >> (1 + random.next() % 62)) + 1;
      set(x, a);
      mpfr_div_si(exact, x, divisor, MPFR_RNDU);
      ASSERT_TRUE(is_tight(a.over(divisor), exact)) << divisor;
      ASSERT_EQ(a.over(divisor), a.over(-divisor));
      Real number(53);
      mpfr_set_si(number, divisor, MPFR_RNDD);
      mpfr_div(exact, x, number, MPFR_RNDU);
      ASSERT_TRUE(is_tight(a.over(number), exact)) << divisor;
    }
  }
}

TEST(Radius, HoldsMagnitudesOfNumbers) {
  for (const int bits : {24, 53, 64, 128, 200}) {
    Real x(bits);
    Real exact(exact_radius_bits);
    mpfr_set_ui(x, 1, MPFR_RNDN);
    for (const bool below : {false, true}) {
      if (below) {
        mpfr_nextbelow(x);
      } else {
        mpfr_nextabove(x);
      }
      mpfr_abs(exact, x, MPFR_RNDN);
      EXPECT_TRUE(is_tight(Radius::above_magnitude(static_cast<mpfr_srcptr>(x)), exact)) << bits;
      mpfr_neg(x, x, MPFR_RNDN);
      EXPECT_TRUE(is_tight(Radius::above_magnitude(static_cast<mpfr_srcptr>(x)), exact)) << bits;
      mpfr_set_ui(x, 1, MPFR_RNDN);
    }
  }
  for (const double value : {0.0, 1.0, -1.5, 0x1p-1074, -0x1.fffffffffffffp1023, 0.1}) {
    Real exact(exact_radius_bits);
    mpfr_set_d(exact, std::fabs(value), MPFR_RNDN);
    EXPECT_TRUE(is_tight(Radius::above_magnitude(value), exact)) << value;
  }
  EXPECT_FALSE(Radius::above_magnitude(std::numeric_limits<double>::infinity()).is_bounded());
  EXPECT_FALSE(Radius::above_magnitude(std::nan("")).is_bounded());
}

TEST(Radius, KeepsItsRangeByGoingUp) {
  const Radius tiny = Radius::above(1, -(std::int64_t{1} << 40));
  EXPECT_FALSE(tiny.is_zero()) << "what is not 0 never becomes 0";
  EXPECT_FALSE((tiny * tiny).is_zero());
  EXPECT_FALSE(Radius::above(1, std::int64_t{1} << 40).is_bounded());
  const Radius unbounded = Radius::unbounded();
  EXPECT_FALSE((unbounded + tiny).is_bounded());
  EXPECT_FALSE((tiny + unbounded).is_bounded());
  EXPECT_FALSE((unbounded * tiny).is_bounded());
  EXPECT_TRUE((unbounded * Radius{}).is_zero());
  EXPECT_GT(unbounded, Radius::above(1, 1 << 29));
  EXPECT_EQ(unbounded.to_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(Radius::above(1, -1074).to_double(), 0x1p-1074);
  EXPECT_EQ(Radius::above(1, -5000).to_double(), 0x1p-1074) << "rounded up";
}

TEST(Radius, OverZeroIsUnbounded) {
  EXPECT_FALSE(Radius::above(1, 0).over(std::int64_t{0}).is_bounded());
  EXPECT_TRUE(Radius{}.over(std::int64_t{0}).is_zero());
}

TEST(Radius, IsADoubleExactlyWhereOneHoldsIt) {
  constexpr std::uint64_t all_bits = UINT32_MAX;
  EXPECT_EQ(Radius{}.to_double(), 0);
  EXPECT_EQ(Radius::above(all_bits, 1024 - 32).to_double(), 0x1.fffffffep1023);
  EXPECT_EQ(Radius::above(1, 1024).to_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(Radius::above(all_bits, -1021 - 32).to_double(), 0x1.fffffffep-1022) << "the least normal binade";
  EXPECT_EQ(Radius::above(all_bits, -1022 - 32).to_double(), 0x1.fffffffep-1023) << "a subnormal holds it";
  EXPECT_EQ(Radius::above(all_bits, -1042 - 32).to_double(), 0x1.fffffffep-1043);
  EXPECT_EQ(Radius::above(all_bits, -1043 - 32).to_double(), 0x1p-1043) << "one bit is lost, so it goes up";
}

TEST(Radius, OfARoundingIsHalfAUnitInTheLastPlace) {
  Real result(24);
  const int ternary = mpfr_set_d(result, 1 + 0x1p-24, MPFR_RNDN);
  EXPECT_EQ(Radius::of_rounding(result, ternary), Radius::above(1, -24)) << "1 in 24 bits: 2^−23 / 2";
  EXPECT_TRUE(Radius::of_rounding(result, mpfr_set_d(result, 1.5, MPFR_RNDN)).is_zero());
}

}  // namespace
}  // namespace relu0::reference
