#include "suites/verdicts/verdict_rules.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using verdict_rules::does_not_depend;
using verdict_rules::grows;
using verdict_rules::half;
using verdict_rules::none;
using verdict_rules::systematic;

constexpr Proportion all_published{1000, 1000};
constexpr Proportion none_published{0, 1000};

TEST(Systematic, NeedsEveryNetworkAndEnoughOfThem) {
  EXPECT_EQ(systematic({100, 100}, all_published).verdict, Verdict::reproduced);
  EXPECT_EQ(systematic({10, 10}, all_published).verdict, Verdict::inconclusive)
      << "the interval reaches down to 0.69";
  EXPECT_EQ(systematic({0, 0}, all_published).verdict, Verdict::not_run);
}

TEST(Systematic, TurnsExactlyWhereTheIntervalPassesTheShare) {
  // 0.025^(1/n) > 0.9 from n = 36 on.
  EXPECT_EQ(systematic({35, 35}, all_published).verdict, Verdict::inconclusive);
  EXPECT_EQ(systematic({36, 36}, all_published).verdict, Verdict::reproduced);
}

TEST(Systematic, OneCounterexampleIsNoReproductionButOnlyACountThatDiffersIsARefutation) {
  EXPECT_EQ(systematic({199, 200}, all_published).verdict, Verdict::inconclusive);
  EXPECT_EQ(systematic({190, 200}, all_published).verdict, Verdict::not_reproduced);
}

TEST(None, IsTheMirrorImageOfSystematic) {
  EXPECT_EQ(none({0, 35}, none_published).verdict, Verdict::inconclusive);
  EXPECT_EQ(none({0, 36}, none_published).verdict, Verdict::reproduced);
  EXPECT_EQ(none({1, 200}, none_published).verdict, Verdict::inconclusive);
  EXPECT_EQ(none({10, 200}, none_published).verdict, Verdict::not_reproduced);
  EXPECT_EQ(none({0, 0}, none_published).verdict, Verdict::not_run);
}

TEST(Half, IsDecidedByTheWholeInterval) {
  EXPECT_EQ(half({100, 200}).verdict, Verdict::reproduced);
  EXPECT_EQ(half({5, 10}).verdict, Verdict::inconclusive);
  EXPECT_EQ(half({70, 200}).verdict, Verdict::inconclusive);
  EXPECT_EQ(half({10, 200}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(half({190, 200}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(half({0, 0}).verdict, Verdict::not_run);
}

TEST(Grows, FollowsTheTrendTestInBothDirections) {
  EXPECT_EQ(grows({.p_increase = 0.001, .p_decrease = 1}, 50, false).verdict, Verdict::reproduced);
  EXPECT_EQ(grows({.p_increase = 1, .p_decrease = 0.001}, 50, false).verdict, Verdict::not_reproduced);
  EXPECT_EQ(grows({.p_increase = 0.2, .p_decrease = 0.8}, 50, false).verdict, Verdict::inconclusive);
  EXPECT_EQ(grows({}, 0, true).verdict, Verdict::not_run);
  EXPECT_NE(grows({}, 50, true).why.find("none of them shows a trend"), std::string::npos);
}

TEST(IndependentOfKernel, IsRefutedByTheTestAndShownByIntervalsOnly) {
  using verdict_rules::independent_of_kernel;
  EXPECT_EQ(independent_of_kernel(0.001, {{0, 100}, {30, 100}}, 5).verdict, Verdict::not_reproduced);
  EXPECT_EQ(independent_of_kernel(0.3, {{30, 400}, {34, 400}}, 20).verdict, Verdict::reproduced);
  EXPECT_EQ(independent_of_kernel(0.3, {{1, 20}, {2, 20}}, 1).verdict, Verdict::inconclusive)
      << "the intervals reach further than a factor 4";
  EXPECT_EQ(independent_of_kernel(1, {{0, 400}, {0, 400}}, 20).verdict, Verdict::inconclusive)
      << "no event, no rate to lie near";
  EXPECT_EQ(independent_of_kernel(1, {}, 0).verdict, Verdict::not_run);
}

TEST(DoesNotDepend, IsAnEquivalenceTest) {
  const TrendTest flat{.p_increase = 0.5, .p_decrease = 0.5};
  const auto verdict = [&](const TrendTest& test, const PairedCounts& counts) {
    return does_not_depend(test, counts, 0.137, "a margin").verdict;
  };
  EXPECT_EQ(verdict(flat, {.only_first = 20, .only_second = 20, .draws = 1000}), Verdict::reproduced);
  EXPECT_EQ(verdict(flat, {.only_first = 2, .only_second = 2, .draws = 10}), Verdict::inconclusive)
      << "no difference shown is not equivalence shown";
  EXPECT_EQ(verdict(flat, {.only_first = 300, .only_second = 20, .draws = 1000}), Verdict::not_reproduced);
  EXPECT_EQ(
      verdict({.p_increase = 1e-6, .p_decrease = 1}, {.only_first = 10, .only_second = 60, .draws = 200}),
      Verdict::not_reproduced);
  EXPECT_EQ(verdict(flat, {}), Verdict::not_run);
}

TEST(AlmostNone, OneNetworkIsACounterexampleAndFewWithoutOneShowLittle) {
  EXPECT_EQ(verdict_rules::almost_none({0, 35}).verdict, Verdict::inconclusive);
  EXPECT_EQ(verdict_rules::almost_none({0, 36}).verdict, Verdict::reproduced);
  EXPECT_EQ(verdict_rules::almost_none({1, 1000}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(verdict_rules::almost_none({0, 0}).verdict, Verdict::not_run);
}

TEST(NearlyAll, IsDecidedByTheWholeInterval) {
  EXPECT_EQ(verdict_rules::nearly_all({35, 35}).verdict, Verdict::inconclusive);
  EXPECT_EQ(verdict_rules::nearly_all({36, 36}).verdict, Verdict::reproduced);
  EXPECT_EQ(verdict_rules::nearly_all({99, 100}).verdict, Verdict::reproduced);
  EXPECT_EQ(verdict_rules::nearly_all({49, 50}).verdict, Verdict::inconclusive);
  EXPECT_EQ(verdict_rules::nearly_all({50, 100}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(verdict_rules::nearly_all({0, 3}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(verdict_rules::nearly_all({0, 0}).verdict, Verdict::not_run);
}

TEST(Happens, OneNetworkSufficesAndManyWithoutOneRefute) {
  EXPECT_EQ(verdict_rules::happens({1, 1}).verdict, Verdict::reproduced);
  EXPECT_EQ(verdict_rules::happens({1, 1000}).verdict, Verdict::reproduced);
  EXPECT_EQ(verdict_rules::happens({0, 35}).verdict, Verdict::inconclusive);
  EXPECT_EQ(verdict_rules::happens({0, 36}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(verdict_rules::happens({0, 0}).verdict, Verdict::not_run);
}

TEST(OfTheSameOrder, IsDecidedByTheWholeIntervalOnBothSides) {
  constexpr std::int64_t trials = 1'000'000'000;
  const auto verdict = [](std::int64_t events) {
    return verdict_rules::of_the_same_order({events, trials}, 1e-7).verdict;
  };
  EXPECT_EQ(verdict(100), Verdict::reproduced);
  EXPECT_EQ(verdict(50), Verdict::reproduced);
  EXPECT_EQ(verdict(300), Verdict::reproduced);
  EXPECT_EQ(verdict(25), Verdict::inconclusive) << "at the lower end";
  EXPECT_EQ(verdict(400), Verdict::inconclusive) << "at the upper end";
  EXPECT_EQ(verdict(5), Verdict::not_reproduced);
  EXPECT_EQ(verdict(0), Verdict::not_reproduced);
  EXPECT_EQ(verdict(1000), Verdict::not_reproduced);
  EXPECT_EQ(verdict_rules::of_the_same_order({0, 1000}, 1e-7).verdict, Verdict::inconclusive);
  EXPECT_EQ(verdict_rules::of_the_same_order({0, 0}, 1e-7).verdict, Verdict::not_run);
}

TEST(OfTheSameOrderAsNone, IsNeverReproducedAndRefutedOnlyFarAboveWhatNoEventAllows) {
  constexpr std::int64_t trials = 100'000'000;
  const auto verdict = [](std::int64_t events) {
    return verdict_rules::of_the_same_order_as_none({events, trials}, trials).verdict;
  };
  // None of n leaves a rate up to 3.69 / n possible: 4 times that are 14.8 events among as many.
  EXPECT_EQ(verdict(0), Verdict::inconclusive);
  EXPECT_EQ(verdict(1), Verdict::inconclusive) << "one event does not refute a rate of which none came once";
  EXPECT_EQ(verdict(15), Verdict::inconclusive);
  EXPECT_EQ(verdict(40), Verdict::not_reproduced);
  EXPECT_EQ(verdict_rules::of_the_same_order_as_none({0, 0}, trials).verdict, Verdict::not_run);
}

TEST(Descriptive, IsMeasuredAndNoMore) {
  EXPECT_EQ(verdict_rules::descriptive(true).verdict, Verdict::measured);
  EXPECT_EQ(verdict_rules::descriptive(false).verdict, Verdict::not_run);
}

TEST(Undecided, NamesTheNumberTheBitsAndTheRemedy) {
  const auto decision = verdict_rules::undecided(3, "zeros", 512, 512);
  EXPECT_EQ(decision.verdict, Verdict::inconclusive);
  EXPECT_EQ(decision.why, "3 zeros stayed undecided at 512 bits; --max-reference-bits allows more");
  EXPECT_THAT(verdict_rules::undecided(3, "zeros", 160, 512).why,
              ::testing::AllOf(::testing::StartsWith("3 zeros stayed undecided at 160 bits"),
                               ::testing::Not(::testing::HasSubstr("--max-reference-bits"))))
      << "more bits were allowed, and did not fit";
}

TEST(EveryRule, PrintsItsLevelAndAReason) {
  for (const auto& decision :
       {systematic({5, 9}, all_published), none({5, 9}, none_published), half({5, 9}), grows({}, 9, false),
        verdict_rules::almost_none({0, 9}), verdict_rules::happens({0, 9}),
        verdict_rules::of_the_same_order({5, 9}, 0.5), verdict_rules::of_the_same_order_as_none({5, 9}, 9),
        verdict_rules::nearly_all({5, 9}),
        does_not_depend({}, {.only_first = 1, .only_second = 1, .draws = 9}, 0.1, "margin")}) {
    EXPECT_FALSE(decision.why.empty());
    EXPECT_TRUE(decision.rule.find("95 %") != std::string::npos ||
                decision.rule.find("0.01") != std::string::npos)
        << decision.rule;
  }
}

TEST(Agreement, NamesThePublishedCountAndTheLevel) {
  EXPECT_EQ(verdict_rules::agreement({463, 1000}, {463, 1000}),
            "Fisher's exact p = 1 against 463/1000: no difference shown at level 0.01");
  EXPECT_NE(verdict_rules::agreement({0, 200}, {463, 1000}).find("differs at level 0.01"), std::string::npos);
}

TEST(Zone, WithoutASliceNothingIsDecidedAndMoreTrainingsAreToLook) {
  const verdict_rules::Decision none = verdict_rules::happens({0, 0});
  const verdict_rules::Decision searched = verdict_rules::of_slices(none, 0, 5);
  EXPECT_EQ(searched.verdict, Verdict::inconclusive);
  EXPECT_NE(searched.why.find("no exact zero was met in 5 training(s)"), std::string::npos);
  EXPECT_EQ(searched.rule, none.rule);
  EXPECT_TRUE(searched.at_any_time && searched.unseen);
  EXPECT_EQ(verdict_rules::of_slices(none, 0, 0).verdict, Verdict::not_run);
  EXPECT_EQ(verdict_rules::of_slices(verdict_rules::happens({1, 1}), 1, 5).verdict, Verdict::reproduced);
  EXPECT_EQ(verdict_rules::zone_control_failed(2).verdict, Verdict::inconclusive);
}

}  // namespace
}  // namespace relu0
