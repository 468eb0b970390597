#include "analysis/statistics/anytime/share.hpp"

#include "analysis/statistics/anytime/e_value.hpp"
#include "suites/tests/analysis/statistics/anytime/crossing.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include <boost/math/quadrature/gauss.hpp>
#include <gtest/gtest.h>

namespace relu0::anytime {
namespace {

const double log_of_40 = std::log(40.0);

/// The integral that the e-process is, by a Gauss-Legendre rule that is exact for polynomials of degree 59.
double integral_above(Proportion counts, double share) {
  const auto likelihood_ratio = [&](double q) {
    return std::pow(q / share, counts.successes) *
           std::pow((1 - q) / (1 - share), counts.trials - counts.successes);
  };
  return boost::math::quadrature::gauss<double, 30>::integrate(likelihood_ratio, share, 1.0) / (1 - share);
}

TEST(ShareEValue, IsTheIntegralOfTheLikelihoodRatio) {
  for (const std::int64_t trials : {1, 2, 7, 20, 50}) {
    for (std::int64_t successes = 0; successes <= trials; ++successes) {
      for (const double share : {0.01, 0.1, 0.5, 0.9}) {
        const double expected = std::log(integral_above({successes, trials}, share));
        // Both have fewer than 100 operations on numbers below 300.
        EXPECT_NEAR(log_e_value_above({successes, trials}, share), expected, 1e-11 * (1 + std::abs(expected)))
            << successes << " of " << trials << " at " << share;
        EXPECT_NEAR(log_e_value_below({trials - successes, trials}, 1 - share), expected,
                    1e-11 * (1 + std::abs(expected)));
      }
    }
  }
}

TEST(ShareEValue, IsKnownInClosedFormWhereAllSucceed) {
  for (const std::int64_t n : {1, 10, 60, 1000}) {
    const auto number = static_cast<double>(n);
    const double expected =
        std::log((1 - std::pow(0.9, number + 1)) / ((number + 1) * 0.1)) - number * std::log(0.9);
    EXPECT_NEAR(log_e_value_above({n, n}, 0.9), expected, 1e-12 * number);
  }
}

TEST(ShareEValue, KeepsItsMeanOverOneMoreDraw) {
  // A martingale at the share itself, from any counts.
  for (const std::int64_t n : {0, 1, 5, 40}) {
    for (std::int64_t k = 0; k <= n; ++k) {
      for (const double share : {0.02, 0.3, 0.5, 0.95}) {
        const double now = std::exp(log_e_value_above({k, n}, share));
        const double next = share * std::exp(log_e_value_above({k + 1, n + 1}, share)) +
                            (1 - share) * std::exp(log_e_value_above({k, n + 1}, share));
        EXPECT_NEAR(next / now, 1, 1e-11) << k << " of " << n << " at " << share;
      }
    }
  }
}

TEST(ShareEValue, CrossesWithAtMostItsLevelOnAllPaths) {
  for (const double share : {0.01, 0.1, 1.0 / 3, 0.5, 0.9}) {
    const auto log_e = [share](std::int64_t k, std::int64_t n) { return log_e_value_above({k, n}, share); };
    double at_the_edge = 0;
    for (const double factor : {1.0, 0.7}) {
      const double crossed = test::crossing_probability(factor * share, 300, log_of_40, log_e);
      EXPECT_LE(crossed, 1.0 / 40) << share;
      if (factor == 1.0) {
        at_the_edge = crossed;
      } else {
        EXPECT_LT(crossed, at_the_edge) << "a smaller share is farther from the alternative";
      }
    }
    EXPECT_GT(at_the_edge, 1.0 / 400) << "and it does cross";
  }
}

TEST(ShareSequence, HoldsTheShareOnAllPathsAtOnce) {
  for (const double p : {0.005, 0.1, 0.463, 0.5, 0.9}) {
    const auto excluded = [p](std::int64_t k, std::int64_t n) {
      const Interval interval = share_sequence({k, n}, 0.95);
      return interval.low > p || interval.high < p ? 1.0 : 0.0;
    };
    const double missed = test::crossing_probability(p, 60, 0.5, excluded);
    EXPECT_LE(missed, 0.05) << p;
    const auto two_sided = [p](std::int64_t k, std::int64_t n) {
      const Interval interval = two_sided_share_sequence({k, n}, 0.95);
      return interval.low > p || interval.high < p ? 1.0 : 0.0;
    };
    EXPECT_LE(test::crossing_probability(p, 60, 0.5, two_sided), 0.05) << p;
    const auto informed = [p](std::int64_t k, std::int64_t n) {
      const Interval interval = two_sided_share_sequence({k, n}, 0.95, {.a = 0.5, .b = 3});
      return interval.low > p || interval.high < p ? 1.0 : 0.0;
    };
    EXPECT_LE(test::crossing_probability(p, 60, 0.5, informed), 0.05) << p;
  }
}

TEST(ShareSequence, WouldBeMissedByAFixedIntervalLookedAtEachTime) {
  // What the sequences are for: the same test finds Clopper-Pearson's interval wanting.
  const auto excluded = [](std::int64_t k, std::int64_t n) {
    const Interval interval = clopper_pearson({k, n}, 0.95);
    return interval.low > 0.463 || interval.high < 0.463 ? 1.0 : 0.0;
  };
  EXPECT_GT(test::crossing_probability(0.463, 100, 0.5, excluded), 0.1);
}

TEST(ShareSequence, EndsWhereTheEValueReachesTheThreshold) {
  const double threshold = log_of_40;
  const double rounding = 1e-13;  // of 1 − 0.975, which is not 1/40
  for (const std::int64_t n : {1, 10, 200, 100'000}) {
    for (const std::int64_t k : {std::int64_t{0}, n / 3, n / 2, n - 1, n}) {
      const Interval interval = share_sequence({k, n}, 0.95);
      EXPECT_LE(interval.low, static_cast<double>(k) / static_cast<double>(n));
      EXPECT_GE(interval.high, static_cast<double>(k) / static_cast<double>(n));
      if (interval.low > 0) {
        EXPECT_GE(log_e_value_above({k, n}, interval.low), threshold - rounding);
        EXPECT_LT(log_e_value_above({k, n}, interval.low * (1 + 1e-12)), threshold + 1e-6);
      }
      if (interval.high < 1) {
        EXPECT_GE(log_e_value_below({k, n}, interval.high), threshold - rounding);
      }
    }
  }
}

TEST(ShareSequence, IsMirroredAndNestedAndShrinks) {
  double last_width = 2;
  for (const std::int64_t n : {10, 100, 1'000, 10'000, 100'000}) {
    const Interval interval = share_sequence({n / 5, n}, 0.95);
    const Interval mirror = share_sequence({n - n / 5, n}, 0.95);
    EXPECT_NEAR(interval.low, 1 - mirror.high, 1e-14);
    const Interval surer = share_sequence({n / 5, n}, 0.99);
    EXPECT_LT(surer.low, interval.low);
    EXPECT_GT(surer.high, interval.high);
    const Interval fixed = clopper_pearson({n / 5, n}, 0.95);
    EXPECT_LT(interval.low, fixed.low) << "being valid at all times costs width";
    EXPECT_GT(interval.high, fixed.high);
    const double width = interval.high - interval.low;
    EXPECT_LT(width, last_width);
    last_width = width;
  }
}

TEST(ShareSequence, GrowsWithTheSuccesses) {
  Interval last{-1, -1};
  for (std::int64_t k = 0; k <= 60; ++k) {
    const Interval interval = share_sequence({k, 60}, 0.95);
    EXPECT_GE(interval.low, last.low);
    EXPECT_GE(interval.high, last.high);
    last = interval;
  }
}

TEST(ShareSequence, IsNearItsAsymptoticWidthForManyTrials) {
  // log e ≈ n D²/(2 p (1 − p)) − log(n/(2π p (1 − p)))/2 − log(1 − p) + … for the one-sided mixture: the
  // bound solves it to within a tenth.
  const double p = 0.5;
  const double n = 1e6;
  const Interval interval = share_sequence({500'000, 1'000'000}, 0.95);
  const double expected =
      std::sqrt(2 * p * (1 - p) / n *
                (log_of_40 + std::log(n / (2 * std::numbers::pi * p * (1 - p))) / 2 + std::log(1 - p)));
  EXPECT_NEAR((p - interval.low) / expected, 1, 0.1);
}

TEST(ShareEValue, WithAScaleIsAnEProcessToo) {
  for (const std::int64_t n : {0, 1, 5, 40}) {
    for (std::int64_t k = 0; k <= n; ++k) {
      for (const double share : {0.02, 0.3}) {
        const auto e = [share](std::int64_t successes, std::int64_t trials) {
          return std::exp(log_e_value_above({successes, trials}, share, 0.1));
        };
        EXPECT_NEAR((share * e(k + 1, n + 1) + (1 - share) * e(k, n + 1)) / e(k, n), 1, 1e-10)
            << k << " of " << n << " at " << share;
      }
    }
  }
  const auto log_e = [](std::int64_t k, std::int64_t n) { return log_e_value_above({k, n}, 0.02, 0.1); };
  const double crossed = test::crossing_probability(0.02, 300, log_of_40, log_e);
  EXPECT_LE(crossed, 1.0 / 40);
  const auto unscaled = [](std::int64_t k, std::int64_t n) { return log_e_value_above({k, n}, 0.02); };
  EXPECT_GT(crossed, test::crossing_probability(0.02, 300, log_of_40, unscaled)) << "and uses more of it";
}

TEST(ShareSequence, ServesRatesOfRareEventsWithAScale) {
  const Proportion counts{12, 10'000'000'000};
  const Interval interval = share_sequence(counts, 0.95, 1e-8);
  const Interval fixed = clopper_pearson(counts, 0.95);
  EXPECT_GT(interval.low, fixed.low / 2);
  EXPECT_LT(interval.low, fixed.low);
  EXPECT_GT(interval.high, fixed.high);
  EXPECT_LT(interval.high, fixed.high * 2);
  EXPECT_LT(share_sequence(counts, 0.95).low, interval.low) << "the whole prior has little near such rates";
  // Rates far beyond the scale are found all the same.
  const Interval frequent = share_sequence({100'000, 1'000'000}, 0.95, 1e-8);
  EXPECT_GT(frequent.low, 0.098);
  EXPECT_LT(frequent.low, 0.1);
  EXPECT_THROW((void)share_sequence(counts, 0.95, 0), std::invalid_argument);
}

TEST(ShareSequence, SaysNothingWithoutDrawsAndOneSuccessExcludesZero) {
  const Interval nothing = share_sequence({}, 0.95);
  EXPECT_EQ(nothing.low, 0);
  EXPECT_EQ(nothing.high, 1);
  EXPECT_EQ(log_e_value_above({}, 0.5), 0);
  EXPECT_GT(share_sequence({1, 1000}, 0.95).low, 0);
  EXPECT_EQ(share_sequence({0, 1000}, 0.95).low, 0);
  EXPECT_EQ(share_sequence({1000, 1000}, 0.95).high, 1);
  EXPECT_EQ(log_e_value_above({1, 2}, 0), std::numeric_limits<double>::infinity());
}

TEST(ShareSequence, RefusesWhatIsNoCount) {
  EXPECT_THROW((void)share_sequence({2, 1}, 0.95), std::invalid_argument);
  EXPECT_THROW((void)share_sequence({-1, 1}, 0.95), std::invalid_argument);
  EXPECT_THROW((void)share_sequence({1, 2}, 1), std::invalid_argument);
  EXPECT_THROW((void)two_sided_share_sequence({1, 2}, 0.95, {.a = 0}), std::invalid_argument);
  EXPECT_THROW((void)log_e_value_above({1, 2}, 1), std::invalid_argument);
  EXPECT_THROW((void)log_e_value_below({1, 2}, 0), std::invalid_argument);
}

TEST(EValue, GivesAPValueOfAtMostOne) {
  EXPECT_EQ(p_value(-3), 1);
  EXPECT_DOUBLE_EQ(p_value(std::log(100.0)), 0.01);
  EXPECT_EQ(p_value(std::numeric_limits<double>::infinity()), 0);
}

}  // namespace
}  // namespace relu0::anytime
