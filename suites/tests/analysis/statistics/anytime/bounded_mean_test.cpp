#include "analysis/statistics/anytime/bounded_mean.hpp"

#include "analysis/statistics/anytime/e_value.hpp"
#include "analysis/statistics/anytime/share.hpp"
#include "suites/tests/analysis/statistics/anytime/crossing.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

namespace relu0::anytime {
namespace {

TEST(UniformBets, IsADistributionNearTheUniformOne) {
  const DiscretePrior& prior = uniform_bets();
  ASSERT_EQ(prior.nodes.size(), 128U);
  double total = 0;
  double mean = 0;
  double square = 0;
  for (std::size_t i = 0; i < prior.nodes.size(); ++i) {
    EXPECT_GT(prior.nodes[i], 0);
    EXPECT_LT(prior.nodes[i], 1);
    const double weight = std::exp(prior.log_weights[i]);
    total += weight;
    mean += weight * prior.nodes[i];
    square += weight * prior.nodes[i] * prior.nodes[i];
  }
  EXPECT_NEAR(total, 1, 1e-13);
  EXPECT_NEAR(mean, 0.5, 1e-13);
  EXPECT_NEAR(square, 1.0 / 3, 1e-13);
}

TEST(BoundedMean, IsTheShareSequenceForBinaryValues) {
  for (const std::int64_t n : {1, 10, 100}) {
    for (std::int64_t k = 0; k <= n; k += std::max<std::int64_t>(1, n / 5)) {
      for (const double at : {0.05, 0.5, 0.9}) {
        const double closed = log_e_value_above({k, n}, at);
        // The rule is exact for polynomials of degree 255 in u; here they have degree n.
        EXPECT_NEAR(log_e_value_of_mean_above({{1, k}, {0, n - k}}, at), closed,
                    1e-11 * (1 + std::abs(closed)));
      }
      const Interval bets = mean_sequence({{1, k}, {0, n - k}}, 0.95);
      const Interval share = share_sequence({k, n}, 0.95);
      EXPECT_NEAR(bets.low, share.low, 1e-10);
      EXPECT_NEAR(bets.high, share.high, 1e-10);
    }
  }
}

TEST(BoundedMean, KeepsItsMeanOverOneMoreDraw) {
  // Values 0.2 and 0.9 with probabilities 3/7 and 4/7 have the mean 0.6.
  const double mean = 0.6;
  for (const std::int64_t n : {0, 3, 20}) {
    for (std::int64_t k = 0; k <= n; ++k) {
      const auto e = [&](std::int64_t low, std::int64_t high) {
        return std::exp(log_e_value_of_mean_above({{0.2, low}, {0.9, high}}, mean));
      };
      EXPECT_NEAR((3 * e(n - k + 1, k) + 4 * e(n - k, k + 1)) / 7 / e(n - k, k), 1, 1e-11);
    }
  }
}

TEST(BoundedMean, HoldsTheMeanOnAllPathsAtOnce) {
  for (const double p : {0.1, 0.5, 0.8}) {
    const double mean = 0.2 + 0.7 * p;
    const auto excluded = [&](std::int64_t k, std::int64_t n) {
      const std::vector<DrawnValue> values{{0.2, n - k}, {0.9, k}};
      const double threshold = std::log(40.0);
      return log_e_value_of_mean_above(values, mean) >= threshold ||
                     log_e_value_of_mean_below(values, mean) >= threshold
                 ? 1.0
                 : 0.0;
    };
    const double missed = test::crossing_probability(p, 120, 0.5, excluded);
    EXPECT_LE(missed, 0.05) << p;
    EXPECT_GT(missed, 0.001) << "and it does cross";
  }
}

TEST(BoundedMean, AdaptsToTheVariance) {
  const Interval calm = mean_sequence({{0.45, 100}, {0.55, 100}}, 0.95);
  const Interval wild = mean_sequence({{0, 100}, {1, 100}}, 0.95);
  EXPECT_LT(calm.high - calm.low, (wild.high - wild.low) / 3);
  EXPECT_LT(calm.low, 0.5);
  EXPECT_GT(calm.high, 0.5);
}

TEST(BoundedMean, IsMirroredAndNested) {
  const std::vector<DrawnValue> values{{0.1, 20}, {0.25, 30}, {0.75, 5}};
  const Interval interval = mean_sequence(values, 0.95);
  const Interval mirror = mean_sequence({{0.9, 20}, {0.75, 30}, {0.25, 5}}, 0.95);
  EXPECT_NEAR(interval.low, 1 - mirror.high, 1e-12);
  EXPECT_NEAR(interval.high, 1 - mirror.low, 1e-12);
  const Interval surer = mean_sequence(values, 0.999);
  EXPECT_LT(surer.low, interval.low);
  EXPECT_GT(surer.high, interval.high);
  EXPECT_NEAR(log_e_value_of_mean_above(values, interval.low), std::log(40.0), 1e-6);
}

TEST(BoundedMean, SaysNothingWithoutDrawsAndKnowsTheEnds) {
  const Interval nothing = mean_sequence({}, 0.95);
  EXPECT_EQ(nothing.low, 0);
  EXPECT_EQ(nothing.high, 1);
  EXPECT_EQ(log_e_value_of_mean_above({{0.5, 1}}, 0), std::numeric_limits<double>::infinity());
  EXPECT_LE(log_e_value_of_mean_above({{0, 5}}, 0), 0);
  EXPECT_EQ(mean_sequence({{0, 100}}, 0.95).low, 0);
  EXPECT_LT(mean_sequence({{0, 100}}, 0.95).high, 0.1);
}

TEST(BoundedMean, RefusesWhatIsNoValue) {
  EXPECT_THROW((void)mean_sequence({{1.5, 1}}, 0.95), std::invalid_argument);
  EXPECT_THROW((void)mean_sequence({{std::nan(""), 1}}, 0.95), std::invalid_argument);
  EXPECT_THROW((void)mean_sequence({{0.5, -1}}, 0.95), std::invalid_argument);
  EXPECT_THROW((void)mean_sequence({{0.5, 1}}, 0), std::invalid_argument);
  EXPECT_THROW((void)log_e_value_of_mean_above({{0.5, 1}}, 2), std::invalid_argument);
}

}  // namespace
}  // namespace relu0::anytime
