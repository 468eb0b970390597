#include "analysis/statistics/log_linear_fit.hpp"

#include <cmath>
#include <random>

#include <boost/math/distributions/binomial.hpp>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(LogLinearFit, OfExpectedCountsIsTheirLine) {
  std::vector<CountAt> counts;
  for (int bits = 8; bits <= 20; ++bits) {
    const double exposure = bits < 14 ? 10 : 40;
    counts.push_back(
        {.x = static_cast<double>(bits), .count = exposure * std::exp2(9.5 - bits), .exposure = exposure});
  }
  const auto fit = LogLinearFit::of(counts);
  ASSERT_TRUE(fit);
  // Newton's steps end at 10^−12 of a natural logarithm; 53 is some 45 from the centre.
  EXPECT_NEAR(fit->slope(), -1, 1e-11);
  EXPECT_NEAR(fit->log2_rate_at(53), 9.5 - 53, 1e-9);
  EXPECT_EQ(fit->dispersion(), 1);
}

TEST(LogLinearFit, IntervalsHoldTheTruthAsOftenAsStated) {
  constexpr int trials = 1'000;
  std::mt19937_64 random(3);
  int slope_missed = 0;
  int rate_missed = 0;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<CountAt> counts;
    for (int bits = 8; bits <= 24; ++bits) {
      std::poisson_distribution<int> events(20 * std::exp2(15.0 - bits));
      counts.push_back(
          {.x = static_cast<double>(bits), .count = static_cast<double>(events(random)), .exposure = 20});
    }
    const auto fit = LogLinearFit::of(counts);
    ASSERT_TRUE(fit);
    const Interval slope = fit->slope_interval(0.95);
    slope_missed += slope.low <= -1 && -1 <= slope.high ? 0 : 1;
    const Interval rate = fit->log2_rate_interval(53, 0.95);
    rate_missed += rate.low <= 15 - 53 && 15 - 53 <= rate.high ? 0 : 1;
  }
  // Wald's intervals are approximate: a twentieth more than stated may miss, and the false alarm is 10^−6.
  const double most = boost::math::quantile(
      boost::math::complement(boost::math::binomial_distribution<>(trials, 0.05 * 1.05), 1e-6));
  EXPECT_LE(slope_missed, most);
  EXPECT_LE(rate_missed, most);
}

TEST(LogLinearFit, TakesTheScatterBeyondPoissonFromTheCounts) {
  const auto fit = LogLinearFit::of({{1, 100, 1}, {2, 300, 1}, {3, 100, 1}, {4, 300, 1}});
  ASSERT_TRUE(fit);
  EXPECT_GT(fit->dispersion(), 10);
}

TEST(LogLinearFit, IsAbsentWhereNothingFixesALine) {
  EXPECT_FALSE(LogLinearFit::of({}));
  EXPECT_FALSE(LogLinearFit::of({{1, 0, 1}, {2, 0, 1}}));
  EXPECT_FALSE(LogLinearFit::of({{1, 7, 1}, {2, 0, 1}}));
  EXPECT_THROW(LogLinearFit::of({{1, 7, 0}, {2, 3, 1}}), std::invalid_argument);
}

}  // namespace
}  // namespace relu0
