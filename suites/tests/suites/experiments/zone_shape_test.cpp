// What zone-shape concludes from synthetic slices.
#include "suites/tests/suites/experiments/conclusions.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::outcome_of;
using test::SyntheticSlice;
using ::testing::HasSubstr;

class ZoneShapeConclusions : public test::Conclusions {
 protected:
  Results of(const std::vector<ZoneShapeOutcome>& draws) {
    return conclude("zone-shape", std::ssize(draws), [&draws](const Setting& /*setting*/, std::int64_t draw) {
      return draws.at(static_cast<std::size_t>(draw));
    });
  }
  static ZoneShapeOutcome none_met() { return {.iterations = 938, .slice = {}}; }
};

TEST_F(ZoneShapeConclusions, IsShownByOnePlaneWithZerosAtFp32AndNoneAtFp64) {
  const Results results =
      of({none_met(), outcome_of(SyntheticSlice{}), outcome_of(SyntheticSlice{.fp32_zeros = 0})});
  const Finding& fp32 = finding(results, "zone-shape", "fp32");
  EXPECT_EQ(fp32.verdict, Verdict::reproduced);
  EXPECT_THAT(fp32.claim, HasSubstr("there is a θ around which"));
  EXPECT_THAT(fp32.measured, HasSubstr("3/32 (9.4 %)"));
  EXPECT_THAT(fp32.why, HasSubstr("1/2 (50.0 %), interval ["));
  EXPECT_THAT(fp32.why, HasSubstr("3/3 are certainly not 0 in the reals"));
  EXPECT_THAT(fp32.why, HasSubstr("0.125 of what rounding can do"));
  const Finding& fp64 = finding(results, "zone-shape", "fp64");
  EXPECT_EQ(fp64.verdict, Verdict::reproduced);
  EXPECT_THAT(fp64.claim, HasSubstr("there is a θ around which"));
  EXPECT_THAT(fp64.measured, HasSubstr("0/32 (0.0 %)"));
  EXPECT_THAT(fp64.why, HasSubstr("1/2 (50.0 %)")) << "the plane without a zero at 32 bits shows nothing";
  EXPECT_THAT(fp64.decision_rule, HasSubstr("it says nothing of others"));
}

/// A picture of one θ says nothing of almost all θ.
TEST_F(ZoneShapeConclusions, SaysOfAlmostEveryThetaOnlyWhatSoManyPlanesCan) {
  const auto with_planes = [this](std::size_t planes) {
    return of(std::vector<ZoneShapeOutcome>(planes, outcome_of(SyntheticSlice{})));
  };
  const Results one = with_planes(1);
  EXPECT_EQ(finding(one, "zone-shape", "fp64").verdict, Verdict::reproduced) << "there is such a θ";
  const Finding& every = finding(one, "zone-shape", "fp64, almost every θ");
  EXPECT_EQ(every.verdict, Verdict::inconclusive);
  EXPECT_THAT(every.why, HasSubstr("none of 1 networks, but so few leave a share up to 0.9"));
  EXPECT_FALSE(every.headline);
  // 1 - 0.025^(1/n) < 0.1 from n = 36 on.
  EXPECT_EQ(finding(with_planes(35), "zone-shape", "fp64, almost").verdict, Verdict::inconclusive);
  EXPECT_EQ(finding(with_planes(36), "zone-shape", "fp64, almost").verdict, Verdict::reproduced);
}

TEST_F(ZoneShapeConclusions, IsRefutedByAsManyPlanesAsItTakes) {
  const auto opposite = [this](std::size_t planes) {
    return of(
        std::vector<ZoneShapeOutcome>(planes, outcome_of(SyntheticSlice{.fp32_zeros = 0, .fp64_zeros = 1})));
  };
  for (const char* setting : {"fp32", "fp64"}) {
    EXPECT_EQ(finding(opposite(1), "zone-shape", setting).verdict, Verdict::inconclusive) << setting;
    EXPECT_EQ(finding(opposite(36), "zone-shape", setting).verdict, Verdict::not_reproduced) << setting;
  }
  EXPECT_EQ(finding(opposite(1), "zone-shape", "fp64, almost").verdict, Verdict::not_reproduced)
      << "one counterexample refutes 'almost no θ'";
}

TEST_F(ZoneShapeConclusions, IsInconclusiveWithoutASlice) {
  const Results results = of({none_met()});
  for (const char* setting : {"fp32", "fp64"}) {
    EXPECT_EQ(finding(results, "zone-shape", setting).verdict, Verdict::inconclusive);
    EXPECT_EQ(finding(results, "zone-shape", setting).measured, "no slice");
    EXPECT_THAT(finding(results, "zone-shape", setting).why, HasSubstr("no exact zero was met"));
  }
  EXPECT_TRUE(results.heat_maps.empty());
  EXPECT_EQ(at(table(results, "zone-shape-draws"), 0, "zero at"), "none in 938");
  EXPECT_EQ(finding(of({}), "zone-shape", "fp32").verdict, Verdict::not_run);
}

TEST_F(ZoneShapeConclusions, AFailedControlLeavesNothingConcluded) {
  for (const SyntheticSlice& failed :
       {SyntheticSlice{.centre_is_zero = false}, SyntheticSlice{.repeatable = false}}) {
    const Results results = of({outcome_of(failed), outcome_of(SyntheticSlice{})});
    for (const char* setting : {"fp32", "fp64"}) {
      EXPECT_EQ(finding(results, "zone-shape", setting).verdict, Verdict::inconclusive);
      EXPECT_THAT(finding(results, "zone-shape", setting).why, HasSubstr("failed their control"));
    }
    EXPECT_THAT(at(table(results, "zone-shape-draws"), 0, "control"), HasSubstr("failed"));
    EXPECT_EQ(at(table(results, "zone-shape-draws"), 1, "control"), "holds");
  }
}

TEST_F(ZoneShapeConclusions, ShowsTheFirstSliceInThreePanelsOnOneScale) {
  const Results results =
      of({none_met(), outcome_of(SyntheticSlice{}), outcome_of(SyntheticSlice{.fp32_zeros = 9})});
  EXPECT_NO_THROW(require_consistent(results.heat_maps));
  ASSERT_EQ(results.heat_maps.size(), 3U);
  const HeatMap& fp32 = results.heat_maps[0];
  EXPECT_EQ(fp32.rows.size(), 4U);
  EXPECT_EQ(fp32.rows[0][2], 0.0);
  EXPECT_EQ(fp32.rows[0][3], 9.537e-07) << "2^-20 to four digits";
  EXPECT_EQ(results.heat_maps[2].rows[3][3], 1.25e-7);
  for (const HeatMap& map : results.heat_maps) {
    EXPECT_TRUE(map.filled);
    EXPECT_EQ(map.group, "zone-shape");
    EXPECT_EQ(map.floor, 0x1p-20) << "the least magnitude other than 0 at fp32";
    EXPECT_EQ(map.x.places.front(), -5);
    EXPECT_EQ(map.y.places.back(), 5);
  }
}

TEST_F(ZoneShapeConclusions, HasARowForEachTraining) {
  const Results results = of({outcome_of(SyntheticSlice{}), none_met()});
  const Table& draws = table(results, "zone-shape-draws");
  EXPECT_EQ(draws.rows.size(), 2U);
  EXPECT_EQ(at(draws, 0, "zero at"), "41");
  EXPECT_EQ(at(draws, 0, "neuron"), "1999");
  EXPECT_EQ(at(draws, 0, "places alike"), "624");
  EXPECT_EQ(at(draws, 0, "zeros at fp32"), "3");
  EXPECT_EQ(at(draws, 0, "least at fp64"), "1e-07");
  EXPECT_EQ(at(draws, 1, "zero at"), "none in 938");
}

}  // namespace
}  // namespace relu0
