#include "analysis/statistics/rank_trend_test.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t permutations = 9'999;

/// The exact p of an increase, by all permutations of each of two blocks.
double exact_increase(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> places(a.size());
  std::iota(places.begin(), places.end(), 1.0);
  const auto statistic = [&places](const std::vector<double>& x) {
    return std::inner_product(places.begin(), places.end(), x.begin(), 0.0);
  };
  std::vector<double> x = middle_ranks(a);
  std::vector<double> y = middle_ranks(b);
  const double observed = statistic(x) + statistic(y);
  std::vector<std::size_t> order(a.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto all_of = [&](const std::vector<double>& ranks) {
    std::vector<double> statistics;
    std::vector<std::size_t> at = order;
    do {
      double sum = 0;
      for (std::size_t i = 0; i < at.size(); ++i) {
        sum += places[i] * ranks[at[i]];
      }
      statistics.push_back(sum);
    } while (std::next_permutation(at.begin(), at.end()));
    return statistics;
  };
  std::int64_t as_high = 0;
  const std::vector<double> of_x = all_of(x);
  const std::vector<double> of_y = all_of(y);
  for (const double s : of_x) {
    for (const double t : of_y) {
      as_high += s + t >= observed ? 1 : 0;
    }
  }
  return static_cast<double>(as_high) / static_cast<double>(of_x.size() * of_y.size());
}

TEST(RankTrendTest, SharesRanksAmongTies) {
  EXPECT_THAT(middle_ranks({5, 1, 5, 7}), ElementsAre(2.5, 1, 2.5, 4));
}

TEST(RankTrendTest, ComesNearTheExactTest) {
  const std::vector<std::vector<std::vector<double>>> cases{
      {{1, 2, 3, 4}, {2, 1, 3, 4}}, {{1, 1, 3, 4}, {4, 1, 3, 3}}, {{4, 3, 2, 1}, {4, 3, 1, 2}}};
  for (const auto& blocks : cases) {
    const double exact = exact_increase(blocks[0], blocks[1]);
    const double p = blocked_rank_trend_test(blocks, {1, 2, 3, 4}, permutations, 3).p_increase;
    // Five standard deviations of the share among so many permutations, and the 1 that is added.
    const double deviation = std::sqrt(exact * (1 - exact) / permutations);
    EXPECT_NEAR(p, exact, 5 * deviation + 1.0 / permutations);
  }
}

TEST(RankTrendTest, FindsATrendAndItsDirection) {
  const std::vector<std::vector<double>> falling(5, {0.9, 0.8, 0.7, 0.1});
  const TrendTest test = blocked_rank_trend_test(falling, {0, 0.2, 1, 10}, permutations, 1);
  EXPECT_LT(test.p_decrease, 0.001);
  EXPECT_GT(test.p_increase, 0.999);
  EXPECT_EQ(blocked_rank_trend_test(falling, {0, 0.2, 1, 10}, permutations, 1).p_decrease, test.p_decrease);
}

TEST(RankTrendTest, LevelsOfOnePlaceAreNotToldApart) {
  // Exchanging two levels of the same place changes nothing.
  const TrendTest a = blocked_rank_trend_test({{3, 2, 1}, {3, 1, 2}}, {0, 1, 1}, permutations, 1);
  const TrendTest b = blocked_rank_trend_test({{3, 1, 2}, {3, 2, 1}}, {0, 1, 1}, permutations, 1);
  EXPECT_EQ(a.p_decrease, b.p_decrease);
}

TEST(RankTrendTest, TellsNothingOfNothing) {
  EXPECT_EQ(blocked_rank_trend_test({}, {0, 1}, permutations, 1).p_decrease, 1);
  EXPECT_EQ(blocked_rank_trend_test({{1, 2}}, {1, 1}, permutations, 1).p_increase, 1);
  EXPECT_EQ(blocked_rank_trend_test({{1, 1}, {2, 2}}, {0, 1}, permutations, 1).p_increase, 1)
      << "all the same";
  EXPECT_THROW(blocked_rank_trend_test({{1}}, {0, 1}, permutations, 1), std::invalid_argument);
  EXPECT_THROW(
      blocked_rank_trend_test({{1, std::numeric_limits<double>::quiet_NaN()}}, {0, 1}, permutations, 1),
      std::invalid_argument);
  EXPECT_THROW(blocked_rank_trend_test({{1, 2}}, {0, 1}, 0, 1), std::invalid_argument);
}

}  // namespace
}  // namespace relu0
