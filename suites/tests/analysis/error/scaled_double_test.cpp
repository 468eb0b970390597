#include "analysis/error/scaled_double.hpp"

#include "reference/arithmetic/real.hpp"
#include "suites/tests/numbers.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::infinity;

constexpr std::array all_bits{24, 53, 64, 65, 113, 128, 129, 160, 224, 320};

/// Limbs in which runs of ones and of zeros, single bits and noise alternate: what carries, ties and
/// cancellation are made of.
mp_limb_t hostile_limb(std::mt19937_64& random) {
  switch (random() % 6) {
    case 0:
      return 0;
    case 1:
      return ~mp_limb_t{0};
    case 2:
      return mp_limb_t{1} << (random() % 64);
    case 3:
      return ~mp_limb_t{0} << (random() % 64);
    case 4:
      return (mp_limb_t{1} << (random() % 64)) - 1;
    default:
      return random();
  }
}

/// ±m 2^exponent with an m of so many bits.
void set_hostile(mpfr_ptr number, int bits, long exponent, std::mt19937_64& random) {
  reference::Real limb(64);
  reference::Real sum(1024);
  for (int have = 0; have < bits; have += 64) {
    mpfr_mul_2si(sum, sum, 64, MPFR_RNDN);
    mpfr_set_ui(limb, hostile_limb(random), MPFR_RNDN);
    mpfr_add(sum, sum, limb, MPFR_RNDN);
  }
  mpfr_set(number, sum, MPFR_RNDZ);
  if (mpfr_zero_p(number) == 0) {
    mpfr_set_exp(number, exponent);
  }
  if (random() % 2 == 0) {
    mpfr_neg(number, number, MPFR_RNDN);
  }
}

/// A double that is the number, or close to it, or near it in magnitude only.
double hostile_value(mpfr_srcptr truth, std::mt19937_64& random) {
  const double near = mpfr_get_d(truth, MPFR_RNDN);
  switch (random() % 5) {
    case 0:
      return near;
    case 1:
      return std::nextafter(near, random() % 2 == 0 ? infinity : -infinity);
    case 2:
      return static_cast<double>(static_cast<float>(near));
    case 3:
      return -near;
    default:
      return std::ldexp(static_cast<double>(hostile_limb(random)) * (random() % 2 == 0 ? 1 : -1),
                        static_cast<int>(random() % 300) - 150);
  }
}

/// Equal numbers have equal doubles at this scale, at which none of them overflows or underflows.
double at_scale(const ScaledDouble& number, std::int64_t power) { return number.times_power_of_two(power); }

class ScaledDoubles : public ::testing::TestWithParam<int> {};

TEST_P(ScaledDoubles, OfDifferencesHaveTheBitsOfMpfr) {
  const int bits = GetParam();
  std::mt19937_64 random(static_cast<std::uint64_t>(bits));
  reference::Tensor truth(bits, {1});
  for (int trial = 0; trial < 100'000; ++trial) {
    const long exponent = static_cast<long>(random() % 160) - 80;
    set_hostile(truth.slot(0), bits, exponent, random);
    const double value = hostile_value(truth[0], random);
    const ScaledDouble ours = difference(truth, 0, value);
    const ScaledDouble theirs = difference_by_mpfr(truth, 0, value);
    ASSERT_EQ(at_scale(ours, 0), at_scale(theirs, 0)) << "trial " << trial << ", value " << value;
  }
}

TEST_P(ScaledDoubles, NearestToAnElementAreThoseOfMpfr) {
  const int bits = GetParam();
  std::mt19937_64 random(static_cast<std::uint64_t>(bits));
  reference::Tensor truth(bits, {1});
  for (int trial = 0; trial < 100'000; ++trial) {
    set_hostile(truth.slot(0), bits, static_cast<long>(random() % 160) - 80, random);
    ASSERT_EQ(at_scale(nearest(truth, 0), 0), mpfr_get_d(truth[0], MPFR_RNDN)) << "trial " << trial;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ScaledDoubles, ::testing::ValuesIn(all_bits));

TEST(ScaledDouble, DifferencesOfZerosOfInfinitiesAndOfFarNumbersAreThoseOfMpfr) {
  for (const double truth : {0.0, -0.0, 1.5, -1.5, 0x1p-1074, 0x1p1023}) {
    reference::Tensor tensor(128, {1}, std::vector<double>{truth});
    for (const double value : {0.0, 1.5, -0x1p-1074, 0x1.8p200, -0x1p-200, infinity, -infinity}) {
      const ScaledDouble ours = difference(tensor, 0, value);
      EXPECT_EQ(at_scale(ours, 0), truth - value) << truth << " - " << value;
    }
  }
}

TEST(ScaledDouble, GoesBeyondTheRangeOfADouble) {
  reference::Tensor truth(128, {2});
  mpfr_set_ui_2exp(truth.slot(0), 3, 20'000, MPFR_RNDN);
  mpfr_set_si_2exp(truth.slot(1), -3, -20'000, MPFR_RNDN);
  EXPECT_EQ(nearest(truth, 0).times_power_of_two(-20'000), 3);
  EXPECT_EQ(nearest(truth, 0).times_power_of_two(0), infinity);
  EXPECT_EQ(difference(truth, 1, 0).times_power_of_two(20'000), -3);
  EXPECT_EQ(difference(truth, 1, 0).times_power_of_two(0), 0);
  EXPECT_EQ(difference(truth, 1, 0).times_power_of_two(20'000 - 1'075), -0x1p-1073) << "a subnormal, to even";
}

}  // namespace
}  // namespace relu0
