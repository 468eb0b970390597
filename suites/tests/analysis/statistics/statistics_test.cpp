#include "analysis/statistics/statistics.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

/// P(X ≤ k) for X binomial(n, p), summed from the definition.
double binomial_cdf(std::int64_t k, std::int64_t n, double p) {
  double sum = 0;
  for (std::int64_t i = 0; i <= k; ++i) {
    const auto x = static_cast<double>(i);
    const auto size = static_cast<double>(n);
    sum += std::exp(std::lgamma(size + 1) - std::lgamma(x + 1) - std::lgamma(size - x + 1) + x * std::log(p) +
                    (size - x) * std::log1p(-p));
  }
  return sum;
}

TEST(ClopperPearson, HasTheDefiningTailProbabilities) {
  for (const Proportion proportion : {Proportion{1, 10}, {5, 10}, {9, 10}, {463, 1000}, {3, 40}}) {
    const Interval interval = clopper_pearson(proportion, 0.95);
    // P(X ≥ k | low) = P(X ≤ k | high) = 0.025
    EXPECT_NEAR(1 - binomial_cdf(proportion.successes - 1, proportion.trials, interval.low), 0.025, 1e-9);
    EXPECT_NEAR(binomial_cdf(proportion.successes, proportion.trials, interval.high), 0.025, 1e-9);
  }
}

TEST(ClopperPearson, EndsAtTheBordersWithTheClosedForm) {
  const Interval none = clopper_pearson({0, 50}, 0.95);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 1 - std::pow(0.025, 1.0 / 50), 1e-12);
  const Interval all = clopper_pearson({50, 50}, 0.95);
  EXPECT_NEAR(all.low, std::pow(0.025, 1.0 / 50), 1e-12);
  EXPECT_EQ(all.high, 1);
}

TEST(ClopperPearson, KnowsNothingFromNoTrialsAndRefusesNonsense) {
  EXPECT_EQ(clopper_pearson({0, 0}, 0.95).low, 0);
  EXPECT_EQ(clopper_pearson({0, 0}, 0.95).high, 1);
  EXPECT_THROW(clopper_pearson({3, 2}, 0.95), std::invalid_argument);
  EXPECT_THROW(clopper_pearson({-1, 2}, 0.95), std::invalid_argument);
  EXPECT_THROW(clopper_pearson({1, 2}, 1), std::invalid_argument);
}

TEST(FisherExact, AgreesWithTheLadyTastingTea) {
  // Fisher 1935: 3 of 4 right against 1 of 4; tables of probability ≤ 16/70: p = 34/70.
  EXPECT_NEAR(fisher_exact({3, 4}, {1, 4}), 34.0 / 70, 1e-12);
  // 4 of 4 against 0 of 4: 2/70.
  EXPECT_NEAR(fisher_exact({4, 4}, {0, 4}), 2.0 / 70, 1e-12);
}

TEST(FisherExact, IsSymmetricAndOneForEqualOrMissingEvidence) {
  EXPECT_NEAR(fisher_exact({93, 200}, {463, 1000}), fisher_exact({463, 1000}, {93, 200}), 1e-12);
  EXPECT_NEAR(fisher_exact({500, 1000}, {500, 1000}), 1, 1e-9);
  EXPECT_EQ(fisher_exact({0, 0}, {463, 1000}), 1);
  EXPECT_EQ(fisher_exact({0, 10}, {0, 1000}), 1);
}

TEST(FisherExact, RejectsClearDifferencesOfLargeCounts) {
  EXPECT_LT(fisher_exact({0, 200}, {463, 1000}), 1e-30);
  EXPECT_GT(fisher_exact({0, 200}, {463, 1000}), 0);
}

TEST(PairedDifferenceInterval, CoversTheDifferenceOfDiscordantSharesAndIsSymmetric) {
  const Interval interval =
      paired_difference_interval({.only_first = 20, .only_second = 5, .draws = 100}, 0.95);
  EXPECT_LT(interval.low, 0.15);
  EXPECT_GT(interval.high, 0.15);
  const Interval mirrored =
      paired_difference_interval({.only_first = 5, .only_second = 20, .draws = 100}, 0.95);
  EXPECT_NEAR(mirrored.low, -interval.high, 1e-12);
  EXPECT_NEAR(mirrored.high, -interval.low, 1e-12);
}

TEST(Quantile, InterpolatesBetweenOrderStatistics) {
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0), 1);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 1), 4);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0.25), 1.75);
}

TEST(Quantile, IsAbsentForNothingAndNanForNan) {
  EXPECT_EQ(quantile({}, 0.5), std::nullopt);
  EXPECT_TRUE(std::isnan(quantile({1, std::numeric_limits<double>::quiet_NaN(), 2}, 0).value()));
  EXPECT_EQ(quantile({1, 2, std::numeric_limits<double>::infinity()}, 0.5), 2);
}

}  // namespace
}  // namespace relu0
