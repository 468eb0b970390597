// The anytime forms of the rules, and what a row that stays open says.
#include "suites/verdicts/lasting.hpp"

#include "suites/verdicts/outlook.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::verdict_rules {
namespace {

using ::testing::HasSubstr;

constexpr auto stopped = Sampling::anytime;

TEST(AnytimeRules, DecideAsTheOthersDoWithMoreNetworks) {
  EXPECT_EQ(systematic({36, 36}, {1000, 1000}).verdict, Verdict::reproduced);
  EXPECT_EQ(systematic({36, 36}, {1000, 1000}, stopped).verdict, Verdict::inconclusive);
  EXPECT_EQ(systematic({100, 100}, {1000, 1000}, stopped).verdict, Verdict::reproduced);
  EXPECT_EQ(systematic({60, 100}, {1000, 1000}, stopped).verdict, Verdict::not_reproduced);
  EXPECT_EQ(systematic({99, 100}, {1000, 1000}, stopped).verdict, Verdict::inconclusive);
  EXPECT_EQ(none({0, 100}, {0, 1000}, stopped).verdict, Verdict::reproduced);
  EXPECT_EQ(none({40, 100}, {0, 1000}, stopped).verdict, Verdict::not_reproduced);
  EXPECT_EQ(half({100, 200}, stopped).verdict, Verdict::reproduced);
  EXPECT_EQ(half({10, 200}, stopped).verdict, Verdict::not_reproduced);
  EXPECT_EQ(half({25, 50}, stopped).verdict, Verdict::inconclusive);
  EXPECT_EQ(almost_none({0, 100}, stopped).verdict, Verdict::reproduced);
  EXPECT_EQ(almost_none({1, 100}, stopped).verdict, Verdict::not_reproduced) << "one suffices";
  EXPECT_EQ(nearly_all({100, 100}, stopped).verdict, Verdict::reproduced);
  EXPECT_EQ(nearly_all({50, 100}, stopped).verdict, Verdict::not_reproduced);
  EXPECT_EQ(happens({1, 3}, stopped).verdict, Verdict::reproduced) << "one suffices";
  EXPECT_EQ(happens({0, 100}, stopped).verdict, Verdict::not_reproduced);
  EXPECT_EQ(at_least_as_often({20, 100}, 0.11, stopped).verdict, Verdict::reproduced);
  EXPECT_EQ(at_least_as_often({0, 400}, 0.11, stopped).verdict, Verdict::not_reproduced);
  EXPECT_EQ(of_the_same_order({60, 600}, 0.11, stopped).verdict, Verdict::reproduced);
  EXPECT_EQ(of_the_same_order({30, 30'000'000'000}, 1e-9, stopped).verdict, Verdict::reproduced);
  EXPECT_EQ(of_the_same_order({3'000, 30'000'000'000}, 1e-9, stopped).verdict, Verdict::not_reproduced);
  EXPECT_EQ(half({}, stopped).verdict, Verdict::not_run);
}

TEST(AnytimeRules, AreMarkedAndTheOthersAreNot) {
  EXPECT_TRUE(half({25, 50}, stopped).at_any_time);
  EXPECT_FALSE(half({25, 50}).at_any_time);
  EXPECT_FALSE(independent_of_kernel(0.5, {{1, 10}, {1, 10}}, 2).at_any_time);
  EXPECT_TRUE(not_deterministic().at_any_time) << "no number of draws is at issue";
  EXPECT_TRUE(undecided(1, "zeros", 512, 512).at_any_time);
  EXPECT_THAT(anytime_rule("the rule"), HasSubstr("the rule. The results may have decided"));
  EXPECT_THAT(only_at_planned_number("r", 3, 10).why, HasSubstr("3 of 10"));
}

TEST(AnytimeRules, TellTheVerdictAfterMoreTrialsAtTheRateSeen) {
  const Decision open = half({25, 50}, stopped);
  EXPECT_EQ(open.after(1), Verdict::inconclusive);
  EXPECT_EQ(open.after(150), half({100, 200}, stopped).verdict);
  const std::int64_t needed = trials_needed(open.after).value();
  EXPECT_EQ(half({25 + (needed + 1) / 2, 50 + needed}, stopped).verdict, Verdict::reproduced);
  EXPECT_EQ(half({25 + (needed - 2) / 2, 50 + needed - 2}, stopped).verdict, Verdict::inconclusive);
  EXPECT_EQ(trials_needed(systematic({10, 10}, {1000, 1000}, stopped).after), 41)
      << "51 networks: (1 - 0.9^52) / (52 · 0.1 · 0.9^51) > 40";
  EXPECT_FALSE(trials_needed(systematic({999, 1000}, {1000, 1000}, stopped).after))
      << "a rate that is compatible with the published count, and not every network";
}

TEST(AnytimeRules, CoverTrendsAndEquivalence) {
  std::vector<std::vector<bool>> outcomes;
  for (int i = 0; i < 3; ++i) {
    outcomes.push_back({false, i % 2 == 0, true});
  }
  const LevelCounts counts = LevelCounts::of(outcomes);
  EXPECT_EQ(counts.first_against_last.only_second, 3);
  EXPECT_EQ(counts.first_against_last.only_first, 0);
  EXPECT_EQ(counts.first_against_last.draws, 3);
  const LevelCounts doubled = counts.with_more(3);
  EXPECT_EQ(doubled.first_against_last.only_second, 6);
  EXPECT_EQ(doubled.first_against_last.draws, 6);
  EXPECT_EQ(doubled.trend.weighted, 2 * counts.trend.weighted);
  EXPECT_EQ(doubled.trend.draws(), 6);
  const auto rule = [](const LevelCounts& of) { return grows(anytime::trend_test(of.trend), 3, false); };
  const Decision decision = lasting(rule(counts), counts, Sampling::anytime, rule);
  EXPECT_EQ(decision.verdict, Verdict::inconclusive);
  EXPECT_TRUE(decision.at_any_time);
  const std::int64_t needed = trials_needed(decision.after).value();
  EXPECT_GT(needed, 1);
  EXPECT_LT(needed, 20);
  EXPECT_FALSE(lasting(rule(counts), counts, Sampling::fixed, rule).at_any_time);
  const auto equivalent = [](const PairedCounts& pairs) {
    return does_not_depend({.p_increase = 0.5, .p_decrease = 0.5}, pairs, 0.137, "a margin",
                           Sampling::anytime)
        .verdict;
  };
  EXPECT_EQ(equivalent({.only_first = 20, .only_second = 20, .draws = 1000}), Verdict::reproduced);
  EXPECT_EQ(equivalent({.only_first = 2, .only_second = 2, .draws = 10}), Verdict::inconclusive);
  EXPECT_EQ(equivalent({.only_first = 500, .only_second = 20, .draws = 1000}), Verdict::not_reproduced);
}

TEST(Outlook, SaysHowManyMoreAndHowLong) {
  EXPECT_THAT(in_words({.why = "too few", .more_draws = 40, .seconds = 200, .most = 1000, .left = 990}),
              ::testing::AllOf(HasSubstr("too few; "), HasSubstr("about 40 more networks"),
                               HasSubstr("3 min 20 s"), ::testing::Not(HasSubstr("--networks"))));
  EXPECT_THAT(in_words({.why = "too few", .more_draws = 40, .seconds = 200, .most = 10, .left = 2}),
              HasSubstr("more than the 10 which a run draws without --networks"));
  EXPECT_THAT(in_words({.why = "at the edge", .more_draws = {}, .seconds = 0, .most = 10, .left = 2}),
              HasSubstr("1000000 more networks would not decide it"));
}

TEST(Outlook, PromisesNoVerdictOfTheNumberThatWasPlanned) {
  EXPECT_THAT(in_words({.why = "3 of 10 are there",
                        .more_draws = 7,
                        .only_at_planned_number = true,
                        .seconds = 70,
                        .most = 10,
                        .left = 7}),
              ::testing::AllOf(HasSubstr("3 of 10 are there; a verdict takes all that were planned: 7 more"),
                               HasSubstr("1 min 10 s"), HasSubstr("Whether they decide, nothing tells"),
                               ::testing::Not(HasSubstr("would decide it"))));
}

TEST(Outlook, LooksNoFartherThanItSays) {
  const auto after = [](std::int64_t enough) {
    return
        [enough](std::int64_t more) { return more >= enough ? Verdict::reproduced : Verdict::inconclusive; };
  };
  for (const std::int64_t enough : {1, 2, 3, 1000, 999'999, 1'000'000}) {
    EXPECT_EQ(trials_needed(after(enough)), enough);
  }
  EXPECT_FALSE(trials_needed(after(1'000'001)));
}

}  // namespace
}  // namespace relu0::verdict_rules
