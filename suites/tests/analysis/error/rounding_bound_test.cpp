#include "analysis/error/rounding_bound.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <random>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(RoundingBound, IsTheFormulaOfItsHeader) {
  // γ(10, 2^-24) + γ(1000, 2^-24), by hand.
  const double u = std::ldexp(1.0, -24);
  EXPECT_DOUBLE_EQ(rounding_bound(Precision::fp32, 10, 1000),
                   10 * u / (1 - 10 * u) + 1000 * u / (1 - 1000 * u));
  const double per_operation = u + 2 * std::ldexp(1.0, -11);
  EXPECT_DOUBLE_EQ(rounding_bound(Precision::tf32, 10, 0), 10 * per_operation / (1 - 10 * per_operation));
  EXPECT_TRUE(std::isinf(rounding_bound(Precision::bf16, 256, 0)));
  EXPECT_FALSE(std::isinf(rounding_bound(Precision::bf16, 255, 0)));
}

TEST(ProbabilisticRoundingBound, IsTheFormulaOfItsHeader) {
  const double u = std::ldexp(1.0, -24);
  // The sums are long enough for γ̃, the operations too few.
  EXPECT_DOUBLE_EQ(probabilistic_rounding_bound(Precision::fp32, 10, 1'000'000),
                   10 * u / (1 - 10 * u) + std::expm1(10 * 1000 * u + 1e6 * u * u / (1 - u)));
  EXPECT_EQ(probabilistic_rounding_bound(Precision::fp32, 10, 20), rounding_bound(Precision::fp32, 10, 20));
  EXPECT_TRUE(std::isfinite(probabilistic_rounding_bound(Precision::bf16, 1000, 0)));
}

TEST(ProbabilisticRoundingBound, HoldsOfSumsOfRandomNumbersInOneChain) {
  // The theorem says so of each sum with a probability of at least 1 - 1e5 · 4e-22.
  constexpr int summands = 100'000;
  const double bound = probabilistic_rounding_bound(Precision::fp32, 0, summands);
  ASSERT_LT(bound, rounding_bound(Precision::fp32, 0, summands) / 30);
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    float sum = 0;
    double exact = 0;  // of 1e5 multiples of 2^-24 below 1: no bit is lost
    for (int i = 0; i < summands; ++i) {
      const double term = std::ldexp(static_cast<double>(random() >> 8U), -24);
      sum += static_cast<float>(term);
      exact += term;
    }
    EXPECT_LE(std::abs(sum - exact), bound * exact) << seed;
  }
}

}  // namespace
}  // namespace relu0
