#include "analysis/statistics/anytime/paired.hpp"

#include "analysis/statistics/anytime/bounded_mean.hpp"
#include "analysis/statistics/anytime/e_value.hpp"
#include "analysis/statistics/anytime/trend.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace relu0::anytime {
namespace {

/// P(crossed at some n ≤ draws) of independent pairs, of which a share `first` is yes at the first level only
/// and a share `second` at the second only.
double paired_crossing_probability(double first, double second, std::int64_t draws,
                                   const std::function<bool(PairedCounts)>& crosses) {
  const auto size = static_cast<std::size_t>(draws) + 2;
  std::vector<std::vector<double>> paths(size, std::vector<double>(size, 0));
  paths[0][0] = 1;
  double crossed = 0;
  for (std::int64_t n = 1; n <= draws; ++n) {
    std::vector<std::vector<double>> next(size, std::vector<double>(size, 0));
    for (std::size_t a = 0; a < static_cast<std::size_t>(n); ++a) {
      for (std::size_t b = 0; a + b < static_cast<std::size_t>(n); ++b) {
        next[a][b] += paths[a][b] * (1 - first - second);
        next[a + 1][b] += paths[a][b] * first;
        next[a][b + 1] += paths[a][b] * second;
      }
    }
    for (std::size_t a = 0; a <= static_cast<std::size_t>(n); ++a) {
      for (std::size_t b = 0; a + b <= static_cast<std::size_t>(n); ++b) {
        const PairedCounts counts{static_cast<std::int64_t>(a), static_cast<std::int64_t>(b), n};
        if (next[a][b] > 0 && crosses(counts)) {
          crossed += next[a][b];
          next[a][b] = 0;
        }
      }
    }
    paths = std::move(next);
  }
  return crossed;
}

/// (1 + first − second) / 2 of each draw.
std::vector<DrawnValue> halved(PairedCounts counts) {
  return {{1, counts.only_first},
          {0, counts.only_second},
          {0.5, counts.draws - counts.only_first - counts.only_second}};
}

TEST(PairedGrowth, IsTheTrendOfTwoLevels) {
  for (const auto& [first, second] : {std::pair{0, 0}, {0, 7}, {3, 3}, {12, 1}, {4, 40}}) {
    const PairedCounts counts{first, second, first + second + 11};
    const TrendCounts trend{.levels = 2, .weighted = second + 5, .with_yes = {6, first + second, 5}};
    EXPECT_NEAR(log_e_value_of_growth(counts), log_e_value_of_increase(trend), 1e-10);
    EXPECT_NEAR(log_e_value_of_fall(counts), log_e_value_of_decrease(trend), 1e-10);
  }
}

TEST(PairedGrowth, CrossesWithAtMostItsLevelOnAllPaths) {
  const auto grows = [](PairedCounts counts) { return p_value(log_e_value_of_growth(counts)) <= 0.01; };
  for (const double share : {0.05, 0.3, 0.5}) {
    const double crossed = paired_crossing_probability(share, share, 80, grows);
    EXPECT_LE(crossed, 0.01) << share;
    EXPECT_LE(paired_crossing_probability(share, share / 2, 80, grows), crossed) << "what falls grows less";
  }
  EXPECT_GT(paired_crossing_probability(0.05, 0.4, 80, grows), 0.9) << "and it finds what grows";
}

TEST(PairedDifference, IsHeldOnAllPathsAtOnce) {
  for (const auto& [first, second] : {std::pair{0.1, 0.1}, {0.3, 0.1}, {0.0, 0.2}, {0.45, 0.5}}) {
    // The interval excludes the true difference where one of these reaches 40 (next test).
    const double mean = (1 + first - second) / 2;
    const auto excluded = [&](PairedCounts counts) {
      const std::vector<DrawnValue> values = halved(counts);
      return std::max(log_e_value_of_mean_above(values, mean), log_e_value_of_mean_below(values, mean)) >=
             std::log(40.0);
    };
    const double missed = paired_crossing_probability(first, second, 40, excluded);
    EXPECT_LE(missed, 0.05);
    EXPECT_GT(missed, 0.0005) << "and it does cross";
  }
}

TEST(PairedDifference, EndsWhereAnEValueReachesTheThreshold) {
  for (const PairedCounts counts : {PairedCounts{3, 0, 5}, {10, 25, 100}, {0, 40, 400}, {200, 210, 1000}}) {
    const Interval interval = paired_difference_sequence(counts, 0.95);
    for (const double within : {interval.low + 1e-9, interval.high - 1e-9}) {
      EXPECT_LT(log_e_value_of_mean_above(halved(counts), (1 + within) / 2), std::log(40.0));
      EXPECT_LT(log_e_value_of_mean_below(halved(counts), (1 + within) / 2), std::log(40.0));
    }
    if (interval.low > -1) {
      EXPECT_GT(log_e_value_of_mean_above(halved(counts), (1 + interval.low - 1e-9) / 2), std::log(40.0));
    }
    if (interval.high < 1) {
      EXPECT_GT(log_e_value_of_mean_below(halved(counts), (1 + interval.high + 1e-9) / 2), std::log(40.0));
    }
  }
}

TEST(PairedDifference, IsMirroredNestedAndNarrowsWithTheDraws) {
  double width = 3;
  for (const std::int64_t n : {10, 100, 1'000, 10'000}) {
    const PairedCounts counts{n / 10, n / 5, n};
    const Interval interval = paired_difference_sequence(counts, 0.95);
    const Interval mirror = paired_difference_sequence({n / 5, n / 10, n}, 0.95);
    EXPECT_NEAR(interval.low, -mirror.high, 1e-12);
    EXPECT_NEAR(interval.high, -mirror.low, 1e-12);
    const Interval surer = paired_difference_sequence(counts, 0.99);
    EXPECT_LT(surer.low, interval.low);
    EXPECT_GT(surer.high, interval.high);
    EXPECT_LT(interval.high - interval.low, width);
    width = interval.high - interval.low;
  }
  const Interval nothing = paired_difference_sequence({}, 0.95);
  EXPECT_EQ(nothing.low, -1);
  EXPECT_EQ(nothing.high, 1);
}

TEST(PairedEquivalence, CrossesWithAtMostItsLevelAtTheMargin) {
  const auto equivalent = [](PairedCounts counts) {
    return p_value(log_e_value_of_equivalence(counts, 0.2)) <= 0.05;
  };
  EXPECT_LE(paired_crossing_probability(0.3, 0.1, 60, equivalent), 0.05);
  EXPECT_LE(paired_crossing_probability(0.1, 0.3, 60, equivalent), 0.05);
  EXPECT_LE(paired_crossing_probability(0.2, 0.0, 60, equivalent), 0.05);
  EXPECT_GT(paired_crossing_probability(0.02, 0.02, 60, equivalent), 0.9)
      << "and it finds what is equivalent";
}

TEST(PairedEquivalence, AgreesWithTheInterval) {
  const double margin = 0.137;
  for (const std::int64_t n : {5, 50, 200, 500, 5'000}) {
    const PairedCounts counts{n / 20, n / 25, n};
    const Interval interval = paired_difference_sequence(counts, 0.9);
    const bool inside = interval.low > -margin && interval.high < margin;
    EXPECT_EQ(log_e_value_of_equivalence(counts, margin) >= std::log(20.0), inside) << n;
  }
}

TEST(Paired, RefusesWhatIsNoCountOrMargin) {
  EXPECT_THROW((void)log_e_value_of_growth({3, 3, 5}), std::invalid_argument);
  EXPECT_THROW((void)paired_difference_sequence({-1, 3, 5}, 0.95), std::invalid_argument);
  EXPECT_THROW((void)paired_difference_sequence({1, 3, 5}, 1.5), std::invalid_argument);
  EXPECT_THROW((void)log_e_value_of_equivalence({1, 3, 5}, 0), std::invalid_argument);
}

}  // namespace
}  // namespace relu0::anytime
