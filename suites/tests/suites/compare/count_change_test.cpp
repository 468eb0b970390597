#include "suites/compare/count_change.hpp"

#include "analysis/statistics/statistics.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(CountChange, TakesWholeNumbersAndWhatIsAbsent) {
  const nlohmann::json values{{"zeros", {1, 2, 4}},
                              {"first", nullptr},
                              {"ok", true},
                              {"share", 0.5},
                              {"text", "3"},
                              {"numbers", {0.5, 1.0}},
                              {"rules", {{"a", {{"impacted", 3}}}}},
                              {"empty", nlohmann::json::array()}};
  EXPECT_THAT(counts_in(values), UnorderedElementsAre(Pair("/zeros", 7), Pair("/first", std::nullopt),
                                                      Pair("/ok", 1), Pair("/rules/a/impacted", 3)));
}

TEST(CountChange, TestsTheSameDrawsBySigns) {
  CountedDraws a;
  CountedDraws b;
  for (int draw = 0; draw < 10; ++draw) {
    a.push_back({{"/count", 5}, {"/first", draw < 8 ? std::optional<std::int64_t>(3) : std::nullopt}});
    b.push_back({{"/count", draw == 0 ? 4 : 6}, {"/first", std::nullopt}});
  }
  const std::vector<CountTest> tests = paired_tests("m", a, b);
  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[0].change, "larger (or never met) in 9 of 10 draws, smaller in 1");
  EXPECT_DOUBLE_EQ(tests[0].result.p, 2 * 11 / 1024.0);
  EXPECT_DOUBLE_EQ(tests[0].result.smallest_p, 2 / 1024.0);
  EXPECT_DOUBLE_EQ(tests[1].result.p, 2 / 256.0) << "8 draws met it, and would never now";
}

TEST(CountChange, TestsOtherDrawsByFisher) {
  const CountedDraws a(10, {{"/first", 0}, {"/count", 0}});
  const CountedDraws b(8, {{"/first", std::nullopt}, {"/count", 3}});
  const std::vector<CountTest> tests = unpaired_tests("m", a, b);
  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[0].change, "not 0 in 0/10 draws, not 0 in 8/8");
  EXPECT_EQ(tests[1].change, "met in 10/10 draws, met in 0/8");
  EXPECT_DOUBLE_EQ(tests[1].result.p, fisher_exact({10, 10}, {0, 8}));
}

/// The least numbers of draws, as the README states them.
TEST(CountChange, HasPowerAsSoonAsItsSmallestPIsBelowTheLevel) {
  constexpr double level = 0.01;
  const auto fisher_has = [](std::int64_t a, std::int64_t b) {
    return fisher_test({0, a}, {0, b}).has_power(level) && fisher_test({0, b}, {0, a}).has_power(level);
  };
  for (const auto& [few, many] : {std::pair{1, 100}, {2, 13}, {3, 7}, {4, 5}, {5, 5}}) {
    EXPECT_TRUE(fisher_has(few, many)) << few << " and " << many;
  }
  for (const auto& [few, many] : {std::pair{1, 99}, {2, 12}, {3, 6}, {4, 4}}) {
    EXPECT_FALSE(fisher_has(few, many)) << few << " and " << many;
  }
  const auto signs = [](std::size_t draws) {
    const CountedDraws same(draws, {{"/count", 1}});
    return paired_tests("m", same, same).at(0).has_power(level);
  };
  EXPECT_TRUE(signs(8));
  EXPECT_FALSE(signs(7));
}

TEST(CountChange, LeavesOutWhatNotEveryDrawHas) {
  const CountedDraws a{{{"/a", 1}, {"/b", 1}}};
  const CountedDraws b{{{"/a", 1}}};
  EXPECT_EQ(paired_tests("m", a, b).size(), 1U);
}

}  // namespace
}  // namespace relu0
