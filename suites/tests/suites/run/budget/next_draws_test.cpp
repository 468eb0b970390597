#include "suites/run/budget/next_draws.hpp"

#include "suites/tests/suites/measurements/weight_sum.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::budget {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class NextDraws : public ::testing::Test {
 protected:
  static MeasurementPtr measurement(std::int64_t width) {
    return std::make_shared<test::WeightSum>(
        Setting{.network = Mlp{.hidden_layers = 1, .width = width}, .batch_size = 8});
  }
  std::string key(std::size_t i) const { return plan_[i]->key(settings_); }

  static Finding open(std::vector<std::string> keys, std::optional<std::int64_t> more) {
    Finding finding;
    finding.verdict = Verdict::inconclusive;
    finding.headline = true;
    finding.outlook = Outlook{.keys = std::move(keys), .more_draws = more};
    return finding;
  }

  RunSettings settings_ = [] {
    RunSettings settings;
    settings.data = {{datasets::mnist, {.identity = "synthetic digits"}}};
    return settings;
  }();
  Measurements plan_{measurement(4), measurement(8), measurement(16)};
  DrawCosts costs_ = [this] {
    DrawCosts costs(plan_, settings_, /*threads=*/2);
    costs.add(key(0), 2);
    costs.add(key(1), 20);
    return costs;
  }();
  DrawnByKey drawn_{{key(0), {10, 1000}}, {key(1), {10, 1000}}, {key(2), {0, 1000}}};
};

TEST_F(NextDraws, CostWhatWasMeasuredOrWhatTheirArithmeticCosts) {
  EXPECT_DOUBLE_EQ(costs_.expected(key(0)), 1) << "two draws side by side";
  EXPECT_EQ(costs_.latency(key(0)), 2);
  EXPECT_EQ(costs_.latency(key(2)), std::nullopt);
  const auto arithmetic = [&](std::size_t i) {
    return plan_[i]->cost(build(plan_[i]->setting.network), settings_);
  };
  EXPECT_DOUBLE_EQ(costs_.expected(key(2)), 11 * arithmetic(2) / (arithmetic(0) + arithmetic(1)));
  const DrawCosts nothing(plan_, settings_, 2);
  EXPECT_LT(nothing.expected(key(0)), nothing.expected(key(2))) << "relative to one another";
}

TEST_F(NextDraws, GoToWhatIsCheapestToDecide) {
  const std::vector<Finding> findings{open({key(0)}, 100), open({key(1)}, 5)};
  // 100 draws for 1 s each, or 5 for 10 s each.
  EXPECT_THAT(next_draws(findings, drawn_, costs_, {.seconds = 20}), UnorderedElementsAre(Pair(key(1), 12)));
  EXPECT_THAT(next_draws(findings, drawn_, costs_, {.seconds = 1000}), UnorderedElementsAre(Pair(key(1), 15)))
      << "no more than decide it";
  EXPECT_THAT(next_draws(findings, drawn_, costs_, {.seconds = 1, .fewest_rounds = 3}),
              UnorderedElementsAre(Pair(key(1), 13)));
}

/// A level of "grows with depth" may be another finding's too, and have draws when the others have none.
TEST_F(NextDraws, LookOnceAtWhatOnlyAPartOfWasSeen) {
  Finding part = open({key(0), key(2)}, std::nullopt);
  part.outlook->unseen = true;
  const Forecast of_part = forecast(part, drawn_, costs_);
  EXPECT_TRUE(of_part.within_reach);
  EXPECT_EQ(of_part.rounds, 1);
  EXPECT_DOUBLE_EQ(of_part.seconds, costs_.expected(key(2))) << "one draw of what has none";
  EXPECT_THAT(next_draws({part, open({key(1)}, 500)}, drawn_, costs_, {.seconds = 1000}),
              UnorderedElementsAre(Pair(key(2), 1)))
      << "before what takes long to decide";
}

TEST_F(NextDraws, LeaveOutWhatIsDecidedNoHeadlineOrComplete) {
  Finding decided = open({key(0)}, 1);
  decided.outlook.reset();
  Finding aside = open({key(0)}, 1);
  aside.headline = false;
  drawn_[key(2)] = {1000, 1000};
  const std::vector<Finding> findings{decided, aside, open({key(2)}, 1)};
  for (const Finding& finding : findings) {
    EXPECT_FALSE(is_open(finding, drawn_));
  }
  EXPECT_TRUE(next_draws(findings, drawn_, costs_, {.seconds = 10}).empty());
}

TEST_F(NextDraws, BringAllMeasurementsOfAFindingToOneLevel) {
  drawn_[key(0)].draws = 14;
  const std::vector<Finding> findings{open({key(0), key(1)}, 40)};
  EXPECT_THAT(next_draws(findings, drawn_, costs_, {.seconds = 33}), UnorderedElementsAre(Pair(key(1), 13)))
      << "the one that is behind first";
  EXPECT_THAT(next_draws(findings, drawn_, costs_, {.seconds = 110}),
              UnorderedElementsAre(Pair(key(0), 20), Pair(key(1), 20)));
  drawn_[key(1)].most = 12;
  EXPECT_THAT(next_draws(findings, drawn_, costs_, {.seconds = 110}),
              UnorderedElementsAre(Pair(key(0), 20), Pair(key(1), 12)))
      << "none gets more than it may";
}

TEST_F(NextDraws, PreferWhatIsWithinReach) {
  drawn_[key(0)] = {10, 20};
  const std::vector<Finding> findings{open({key(0)}, 11), open({key(1)}, 100), open({key(0)}, std::nullopt)};
  EXPECT_FALSE(forecast(findings[0], drawn_, costs_).within_reach);
  EXPECT_FALSE(forecast(findings[2], drawn_, costs_).within_reach);
  EXPECT_THAT(next_draws(findings, drawn_, costs_, {.seconds = 10}), UnorderedElementsAre(Pair(key(1), 11)));
  EXPECT_THAT(next_draws({findings[0]}, drawn_, costs_, {.seconds = 4}),
              UnorderedElementsAre(Pair(key(0), 14)))
      << "what is left is drawn in the end: rates are estimates";
}

TEST_F(NextDraws, LookAtWhatWasNeverSeenByOneRound) {
  const Finding unseen = open({key(2)}, std::nullopt);
  const Forecast of = forecast(unseen, drawn_, costs_);
  EXPECT_TRUE(of.within_reach);
  EXPECT_EQ(of.rounds, 1);
  EXPECT_DOUBLE_EQ(of.seconds, costs_.expected(key(2)));
  EXPECT_THAT(next_draws({open({key(1)}, 50), unseen}, drawn_, costs_, {.seconds = 1000}),
              UnorderedElementsAre(Pair(key(2), 1)));
}

/// One draw may show nothing of a trend, or so little that more draws than there may be were to be expected.
TEST_F(NextDraws, GiveUpNothingThatSoFewDrawsTellLittleOf) {
  drawn_[key(1)].draws = 1;
  drawn_[key(2)].draws = 1;
  for (const std::optional<std::int64_t> more :
       {std::optional<std::int64_t>(), std::optional<std::int64_t>(5000)}) {
    Finding tied = open({key(1), key(2)}, more);
    tied.outlook->at_least = 8;
    const Forecast of = forecast(tied, drawn_, costs_);
    EXPECT_TRUE(of.within_reach);
    EXPECT_EQ(of.rounds, 7);
    const Finding dear = open({key(0)}, 900);
    EXPECT_THAT(next_draws({dear, tied}, drawn_, costs_, {.seconds = 10'000}),
                UnorderedElementsAre(Pair(key(1), 8), Pair(key(2), 8)));
    DrawnByKey enough = drawn_;
    enough[key(1)].draws = 8;
    enough[key(2)].draws = 8;
    EXPECT_FALSE(forecast(tied, enough, costs_).within_reach) << "then the rate is believed";
    EXPECT_THAT(next_draws({dear, tied}, enough, costs_, {.seconds = 10}),
                UnorderedElementsAre(Pair(key(0), 20)));
  }
  Finding near = open({key(1)}, 3);
  near.outlook->at_least = 8;
  EXPECT_EQ(forecast(near, drawn_, costs_).rounds, 3) << "what is within reach is believed at once";
}

TEST_F(NextDraws, PassOverWhatDoesNotFitInTheBudget) {
  const std::vector<Finding> findings{open({key(0)}, 100), open({key(1)}, 5)};
  EXPECT_THAT(next_draws(findings, drawn_, costs_, {.seconds = 2, .left = 19}),
              UnorderedElementsAre(Pair(key(0), 12)))
      << "a draw of the other takes 20 s";
  EXPECT_TRUE(next_draws(findings, drawn_, costs_, {.seconds = 2, .left = 1}).empty());
}

}  // namespace
}  // namespace relu0::budget
