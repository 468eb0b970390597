#include "analysis/statistics/anytime/trend.hpp"

#include "analysis/statistics/anytime/e_value.hpp"
#include "analysis/statistics/rank_sum.hpp"

#include <cmath>
#include <map>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

namespace relu0::anytime {
namespace {

TEST(AnytimeTrend, CountsWhatItNeeds) {
  const TrendCounts counts =
      TrendCounts::of({{false, true, true}, {false, false, false}, {true, false, true}});
  EXPECT_EQ(counts.levels, 3U);
  EXPECT_EQ(counts.weighted, 1 + 2 + 2);
  EXPECT_EQ(counts.with_yes, (std::vector<std::int64_t>{1, 0, 2, 0}));
  EXPECT_EQ(counts.draws(), 3);
  EXPECT_THROW((void)TrendCounts::of({{true}, {true, false}}), std::invalid_argument);
}

TEST(AnytimeTrend, KeepsItsMeanOverOneMoreDraw) {
  const std::size_t levels = 5;
  TrendCounts counts{.levels = levels, .weighted = 41, .with_yes = {2, 3, 4, 2, 1, 0}};
  const double now = log_e_value_of_increase(counts);
  for (std::size_t yes = 0; yes <= levels; ++yes) {
    const std::vector<double> sums = sum_of_chosen(levels, yes);
    double mean = 0;
    for (std::size_t sum = 0; sum < sums.size(); ++sum) {
      TrendCounts next = counts;
      next.weighted += static_cast<std::int64_t>(sum);
      ++next.with_yes[yes];
      mean += sums[sum] * std::exp(log_e_value_of_increase(next) - now);
    }
    EXPECT_NEAR(mean, 1, 1e-10) << yes;
  }
}

TEST(AnytimeTrend, CrossesWithAtMostItsLevelOnAllPathsOfExchangeableOutcomes) {
  // Draws of five levels with 1, 2, 3, 1, 2, 3 … of them yes; a state is the sum so far.
  constexpr std::size_t levels = 5;
  constexpr int draws = 60;
  std::map<std::int64_t, double> paths{{0, 1.0}};
  TrendCounts counts{.levels = levels, .weighted = 0, .with_yes = std::vector<std::int64_t>(levels + 1)};
  double increase = 0;
  for (int draw = 0; draw < draws; ++draw) {
    const auto yes = static_cast<std::size_t>(1 + draw % 3);
    ++counts.with_yes[yes];
    const std::vector<double> sums = sum_of_chosen(levels, yes);
    std::map<std::int64_t, double> next;
    for (const auto& [sum, probability] : paths) {
      for (std::size_t more = 0; more < sums.size(); ++more) {
        next[sum + static_cast<std::int64_t>(more)] += probability * sums[more];
      }
    }
    for (auto& [sum, probability] : next) {
      counts.weighted = sum;
      if (probability > 0 && p_value(log_e_value_of_increase(counts)) <= 0.01) {
        increase += probability;
        probability = 0;
      }
    }
    paths = std::move(next);
  }
  EXPECT_LE(increase, 0.01);
  EXPECT_GT(increase, 0.0005) << "and it does cross";
}

TEST(AnytimeTrend, IsMirroredByTheOppositeOrder) {
  const TrendCounts counts = TrendCounts::of({{false, true, true, true}, {false, false, true, true}});
  const TrendCounts reversed = TrendCounts::of({{true, true, true, false}, {true, true, false, false}});
  EXPECT_EQ(log_e_value_of_increase(counts), log_e_value_of_decrease(reversed));
  EXPECT_EQ(log_e_value_of_decrease(counts), log_e_value_of_increase(reversed));
}

TEST(AnytimeTrend, FindsATrendALittleLaterThanTheTestAtAFixedNumber) {
  std::vector<std::vector<bool>> outcomes;
  std::size_t fixed = 0;
  std::size_t anytime = 0;
  while (anytime == 0 && outcomes.size() < 200) {
    outcomes.push_back({false, false, true, true, true});
    outcomes.push_back({false, true, false, true, true});
    const double at_any_time = trend_test(TrendCounts::of(outcomes)).p_increase;
    EXPECT_GE(at_any_time, blocked_trend_test(outcomes).p_increase);
    fixed = fixed == 0 && blocked_trend_test(outcomes).p_increase < 0.01 ? outcomes.size() : fixed;
    anytime = at_any_time < 0.01 ? outcomes.size() : 0;
  }
  EXPECT_GT(fixed, 0U);
  EXPECT_GT(anytime, fixed - 1);
  EXPECT_LE(anytime, 3 * fixed);
}

TEST(AnytimeTrend, SaysNothingOfNoDrawsAndOfDrawsThatAreTheSameAtEveryLevel) {
  EXPECT_EQ(trend_test(TrendCounts{}).p_increase, 1);
  const TrendTest same = trend_test(TrendCounts::of({{true, true, true}, {false, false, false}}));
  EXPECT_NEAR(same.p_increase, 1, 1e-10);
  EXPECT_NEAR(same.p_decrease, 1, 1e-10);
}

}  // namespace
}  // namespace relu0::anytime
