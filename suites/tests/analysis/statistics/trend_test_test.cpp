#include "analysis/statistics/trend_test.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using Blocks = std::vector<std::vector<bool>>;

std::size_t score(const std::vector<bool>& block) {
  std::size_t sum = 0;
  for (std::size_t level = 0; level < block.size(); ++level) {
    sum += block[level] ? level : 0;
  }
  return sum;
}

/// The p-value by enumeration of all arrangements within the blocks.
double enumerate(const Blocks& blocks, std::size_t next, std::size_t sum, std::size_t observed) {
  if (next == blocks.size()) {
    return sum >= observed ? 1 : 0;
  }
  std::vector<bool> block = blocks[next];
  std::sort(block.begin(), block.end());
  double total = 0;
  int arrangements = 0;
  do {
    total += enumerate(blocks, next + 1, sum + score(block), observed);
    ++arrangements;
  } while (std::next_permutation(block.begin(), block.end()));
  return total / arrangements;
}

TEST(TrendTest, AgreesWithTheEnumerationOfAllArrangements) {
  std::mt19937 random(11);
  for (int trial = 0; trial < 20; ++trial) {
    Blocks blocks(6, std::vector<bool>(4));
    std::size_t observed = 0;
    for (auto& block : blocks) {
      for (auto&& outcome : block) {
        outcome = random() % 2 == 0;
      }
      observed += score(block);
    }
    EXPECT_NEAR(blocked_trend_test(blocks).p_increase, enumerate(blocks, 0, 0, observed), 1e-12);
  }
}

TEST(TrendTest, IsOneSidedInBothDirections) {
  const Blocks growing(10, {false, false, true, true});
  const TrendTest test = blocked_trend_test(growing);
  // Each block has 6 arrangements, one of which is the most growing.
  EXPECT_NEAR(test.p_increase, std::pow(1.0 / 6, 10), 1e-18);
  EXPECT_NEAR(test.p_decrease, 1, 1e-12);
}

TEST(TrendTest, ShowsNothingWhereNothingVaries) {
  const TrendTest test = blocked_trend_test(Blocks(10, {true, true, true}));
  EXPECT_NEAR(test.p_increase, 1, 1e-12);
  EXPECT_NEAR(test.p_decrease, 1, 1e-12);
  EXPECT_EQ(blocked_trend_test({}).p_increase, 1);
}

TEST(TrendTest, RefusesBlocksOfDifferentLengths) {
  EXPECT_THROW(blocked_trend_test({{true}, {true, false}}), std::invalid_argument);
}

TEST(TrendTest, HoldsItsLevelUnderTheNullHypothesis) {
  // Blocks that share a random effect; 2,000 experiments at level 0.05. The test is exact, so rejections are
  // at most binomial(2000, 0.05); 155 would be exceeded with probability below 1e-7.
  std::mt19937 random(5);
  int rejections = 0;
  for (int experiment = 0; experiment < 2000; ++experiment) {
    Blocks blocks;
    for (int i = 0; i < 20; ++i) {
      const auto threshold = random() % 100;
      std::vector<bool> block;
      for (int level = 0; level < 5; ++level) {
        block.push_back(random() % 100 < threshold);
      }
      blocks.push_back(block);
    }
    rejections += blocked_trend_test(blocks).p_increase < 0.05 ? 1 : 0;
  }
  EXPECT_LE(rejections, 155);
  EXPECT_GE(rejections, 20) << "a test that never rejects is no test";
}

}  // namespace
}  // namespace relu0
