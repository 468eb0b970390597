// What experiments conclude from synthetic measurements where the results may have decided how many there
// are.
#include "suites/tests/suites/experiments/conclusions.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <algorithm>

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

TEST_F(AnytimeConclusions, LeaveRulesWithoutSuchAFormOpenUntilAllPlannedDrawsAreThere) {
  planned_ = 3;
  const auto slice = [](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return test::outcome_of(test::SyntheticSlice{});
  };
  const Finding open = finding(conclude("zone-shape", 2, slice), "zone-shape", "fp32");
  EXPECT_EQ(open.verdict, Verdict::inconclusive);
  EXPECT_THAT(open.why, HasSubstr("2 of 3 are there"));
  EXPECT_EQ(open.outlook->more_draws, 1);
  const Finding decided = finding(conclude("zone-shape", 3, slice), "zone-shape", "fp32");
  EXPECT_EQ(decided.verdict, Verdict::reproduced);
  EXPECT_THAT(decided.decision_rule, Not(HasSubstr("confidence sequences")));
  const auto law = [](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return test::outcome_of(test::SyntheticLaw{});
  };
  EXPECT_THAT(finding(conclude("zero-law", 1, law), "zero-law", "kernel portable").why,
              HasSubstr("are there"));
  EXPECT_THAT(finding(conclude("zero-law", 3, law), "zero-law", "kernel portable").why,
              Not(HasSubstr("are there")));
}

}  // namespace
}  // namespace relu0
