// What experiments conclude from synthetic measurements where the results may have decided how many there
// are.
#include "suites/tests/suites/experiments/conclusions.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AnytimeConclusions : public test::Conclusions {
 protected:
  AnytimeConclusions() {
    sampling_ = Sampling::anytime;
    planned_ = 1000;
  }

  /// As the paper found it at each precision.
  static SweepOutcome published(const Setting& setting, std::int64_t draw) {
    const int bits = storage_bits(setting.precision);
    return test::swept(bits == 16 || (bits == 32 && draw % 2 == 0));
  }
};

TEST_F(AnytimeConclusions, UseTheRulesFormsAndSayWhatItWouldTake) {
  const Results few = conclude("precision", 40, published);
  for (const auto& [id, setting] :
       {std::pair{"fp16-systematic", "fp16"}, {"fp32-half", "fp32"}, {"fp64-none", "fp64"}}) {
    const Finding& open = finding(few, id, setting);
    EXPECT_EQ(open.verdict, Verdict::inconclusive) << id << ": a fixed number of 40 would do for two of them";
    EXPECT_THAT(open.decision_rule, HasSubstr("confidence sequences"));
    ASSERT_TRUE(open.outlook) << id;
    EXPECT_EQ(open.outlook->keys.size(), 1U);
    const std::int64_t more = open.outlook->more_draws.value();
    const Results enough = conclude("precision", 40 + more, published);
    EXPECT_EQ(finding(enough, id, setting).verdict, Verdict::reproduced) << id << " after " << more;
    EXPECT_FALSE(finding(enough, id, setting).outlook);
  }
}

TEST_F(AnytimeConclusions, HaveWiderIntervalsThanAFixedNumber) {
  const Interval sequence =
      finding(conclude("precision", 200, published), "fp32-half", "fp32").interval.value();
  sampling_ = Sampling::fixed;
  planned_.reset();
  const Interval fixed = finding(conclude("precision", 200, published), "fp32-half", "fp32").interval.value();
  EXPECT_LT(sequence.low, fixed.low);
  EXPECT_GT(sequence.high, fixed.high);
}

TEST_F(AnytimeConclusions, CoverTrendsAndEquivalence) {
  const auto grows = [](const Setting& setting, std::int64_t draw) {
    return test::swept(draw % 7 < std::get<Mlp>(setting.network).hidden_layers);
  };
  const Finding open = finding(conclude("depth", 2, grows), "depth", "fp32, chain-rule");
  EXPECT_EQ(open.verdict, Verdict::inconclusive);
  EXPECT_EQ(open.outlook->keys.size(), 5U) << "the draws of five levels";
  EXPECT_EQ(finding(conclude("depth", 60, grows), "depth", "fp32, chain-rule").verdict, Verdict::reproduced);
  const auto same = [](const Setting& /*setting*/, std::int64_t draw) { return test::swept(draw % 2 == 0); };
  EXPECT_EQ(finding(conclude("batch-size", 20, same), "batch-size", "fp32, chain-rule, mlp-3x256").verdict,
            Verdict::inconclusive);
  EXPECT_EQ(finding(conclude("batch-size", 200, same), "batch-size", "fp32, chain-rule, mlp-3x256").verdict,
            Verdict::reproduced);
}

TEST_F(AnytimeConclusions, AskForNoDrawsWhereNoNumberOfThemDecides) {
  const Finding described = finding(conclude("magnitude", 10, published), "magnitude", "fp32, chain-rule");
  EXPECT_FALSE(described.outlook) << "nothing is published to hold it against";
  const Results failed = conclude("precision", 40, [](const Setting& setting, std::int64_t draw) {
    SweepOutcome outcome = published(setting, draw);
    outcome.deterministic = false;
    return outcome;
  });
  for (const Finding& finding : failed.findings) {
    EXPECT_THAT(finding.why, HasSubstr("not deterministic here"));
    EXPECT_FALSE(finding.outlook);
  }
}

TEST_F(AnytimeConclusions, AskForTheFirstDraws) {
  const Finding unseen = finding(conclude("precision", 0, published), "fp32-half", "fp32, chain-rule");
  EXPECT_EQ(unseen.verdict, Verdict::not_run);
  ASSERT_TRUE(unseen.outlook);
  EXPECT_FALSE(unseen.outlook->more_draws);
}

/// As many as a run with a fixed number draws are not too few to tell that more of the same decide nothing.
TEST_F(AnytimeConclusions, AreNotGivenUpBeforeTheScalesNumberOfDraws) {
  planned_.reset();
  const auto tied = [](const Setting& /*setting*/, std::int64_t /*draw*/) { return test::swept(true); };
  const Finding growth = finding(conclude("depth", std::nullopt, tied), "depth", "fp32, chain-rule");
  ASSERT_TRUE(growth.outlook);
  EXPECT_FALSE(growth.outlook->more_draws);
  EXPECT_EQ(growth.outlook->at_least, 8) << "of the levels but the paper's own network";
}

/// Among fewer images only so many networks as are too many decide "about half"; one that is not impacted
/// does not tell that there are none.
TEST_F(AnytimeConclusions, AmongFewerImagesAreNotGivenUpForOneDraw) {
  planned_ = 40;
  use_images(2048);
  const auto none = [](const Setting& /*setting*/, std::int64_t /*draw*/) { return test::swept(false); };
  const Finding one = finding(conclude("precision", 1, none), "fp32-half", "fp32, chain-rule");
  ASSERT_TRUE(one.outlook);
  EXPECT_FALSE(one.outlook->more_draws);
  EXPECT_EQ(one.outlook->at_least, 40);
  EXPECT_FALSE(finding(conclude("precision", 40, none), "fp32-half", "fp32, chain-rule").outlook)
      << "it takes more images";
}

TEST_F(AnytimeConclusions, NameTheLevelsThatHaveNoNetworkYet) {
  const auto half = [](const Setting& /*setting*/, std::int64_t draw) { return test::swept(draw % 2 == 0); };
  // The paper's own network was drawn for the precisions, and is a level of these.
  lack_draws_ = [](const Setting& setting) {
    return setting.batch_size != 256 || name(setting.network) != name(NetworkChoice(Mlp{}));
  };
  const std::vector<std::tuple<const char*, const char*, const char*>> cases{
      {"depth", "fp32, chain-rule", "hidden layers these have no network yet: 1, 2, 5, 6"},
      {"width", "fp32, chain-rule", "neurons per layer these have no network yet: 16, 64, 512, 1024"},
      {"batch-size", "fp32, chain-rule, mlp-3x256", "these have no network yet: 16, 64, 512, 1024"}};
  for (const auto& [id, setting, missing] : cases) {
    const Finding open = finding(conclude(id, 40, half), id, setting);
    EXPECT_EQ(open.verdict, Verdict::inconclusive) << id;
    EXPECT_THAT(open.why, HasSubstr(missing));
    ASSERT_TRUE(open.outlook) << id << " is open for a budget's planning";
    EXPECT_TRUE(open.outlook->unseen);
    EXPECT_FALSE(open.outlook->more_draws);
    EXPECT_EQ(open.outlook->keys.size(), 5U);
  }
  const Finding none = finding(conclude("depth", 40, half), "fp64-none", "fp64, chain-rule");
  EXPECT_THAT(none.why, HasSubstr("no network yet: 1, 2, 5, 6"));
  lack_draws_ = [](const Setting& /*setting*/) { return true; };
  EXPECT_EQ(finding(conclude("depth", 40, half), "depth", "fp32, chain-rule").verdict, Verdict::not_run);
}

TEST_F(AnytimeConclusions, LookForAZeroUntilOneIsMet) {
  const auto none_met = [](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return ZoneShapeOutcome{.iterations = 938, .slice = {}};
  };
  const Finding open = finding(conclude("zone-shape", 2, none_met), "zone-shape", "fp32");
  EXPECT_EQ(open.verdict, Verdict::inconclusive);
  EXPECT_THAT(open.why, HasSubstr("no exact zero was met in 2 training(s)"));
  ASSERT_TRUE(open.outlook);
  EXPECT_TRUE(open.outlook->unseen);
}

TEST_F(AnytimeConclusions, LeaveRulesWithoutSuchAFormOpenUntilAllPlannedDrawsAreThere) {
  planned_ = 3;
  const auto law = [](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return test::outcome_of(test::SyntheticLaw{});
  };
  const Finding open = finding(conclude("zero-law", 1, law), "zero-law", "kernel portable");
  EXPECT_EQ(open.verdict, Verdict::inconclusive);
  EXPECT_THAT(open.why, HasSubstr("are there"));
  ASSERT_TRUE(open.outlook);
  EXPECT_TRUE(open.outlook->only_at_planned_number);
  EXPECT_EQ(open.outlook->more_draws, 2);
  const Finding complete = finding(conclude("zero-law", 3, law), "zero-law", "kernel portable");
  EXPECT_THAT(complete.why, Not(HasSubstr("are there")));
  EXPECT_THAT(complete.decision_rule, Not(HasSubstr("confidence sequences")));
  EXPECT_FALSE(complete.outlook) << "nothing is left to draw";
}

}  // namespace
}  // namespace relu0
