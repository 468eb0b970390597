#include "analysis/statistics/sign_flip_test.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

constexpr std::int64_t random_signs = 9'999;

TEST(SignFlipTest, IsExactForFewDifferences) {
  // Among all 2^3 signs of 1, 2, 4 only the observed ones give 7.
  EXPECT_EQ(sign_flip_test({1, 2, 4}, random_signs, 1).p_above, 1.0 / 8);
  EXPECT_EQ(sign_flip_test({1, 2, 4}, random_signs, 1).p_below, 1);
  // −1 + 2 + 4 = 5: reached by that and by 7.
  EXPECT_EQ(sign_flip_test({-1, 2, 4}, random_signs, 1).p_above, 2.0 / 8);
  EXPECT_EQ(sign_flip_test({-1, -2, -4}, random_signs, 1).p_below, 1.0 / 8);
  // Sums that are equal but for rounding: with 0.1 + 0.2 and 0.3 turned against each other.
  EXPECT_EQ(sign_flip_test({0.1, 0.2, -0.3}, random_signs, 1).p_above,
            sign_flip_test({1, 2, -3}, random_signs, 1).p_above);
}

TEST(SignFlipTest, SevenDrawsOfOneSignAreBelowOneInAHundred) {
  EXPECT_EQ(sign_flip_test({1, 2, 3, 4, 5, 6, 7}, random_signs, 1).p_above, 1.0 / 128);
}

TEST(SignFlipTest, ComesNearThatForMany) {
  // All signs the same of 20: the exact p is 2^-20, and no random choice is likely to reach it.
  EXPECT_EQ(sign_flip_test(std::vector<double>(20, 1), random_signs, 1).p_above, 1.0 / (random_signs + 1));
  // Half of them: symmetric, so that p is above a half by that of a sum of exactly 0, C(20, 10) / 2^20 / 2.
  std::vector<double> balanced(20, 1);
  for (std::size_t i = 0; i < 10; ++i) {
    balanced[i] = -1;
  }
  const double exact = 0.5 + 184'756.0 / (1 << 20) / 2;
  EXPECT_NEAR(sign_flip_test(balanced, random_signs, 1).p_above, exact,
              5 * std::sqrt(exact * (1 - exact) / random_signs) + 1.0 / random_signs);
}

TEST(SignFlipTest, TellsNothingOfNothing) {
  EXPECT_EQ(sign_flip_test({}, random_signs, 1).p_above, 1);
  EXPECT_EQ(sign_flip_test({0, 0}, random_signs, 1).p_above, 1);
  EXPECT_THROW(sign_flip_test({std::numeric_limits<double>::infinity()}, random_signs, 1),
               std::invalid_argument);
  EXPECT_THROW(sign_flip_test({1}, 0, 1), std::invalid_argument);
}

}  // namespace
}  // namespace relu0
