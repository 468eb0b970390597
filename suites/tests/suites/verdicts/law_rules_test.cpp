#include "suites/verdicts/law_rules.hpp"

#include <gtest/gtest.h>

namespace relu0::verdict_rules {
namespace {

TEST(LawRules, ALawHoldsWhereEnoughCountsAreInside) {
  EXPECT_EQ(law_holds({95, 100}).verdict, Verdict::reproduced);
  EXPECT_EQ(law_holds({94, 100}).verdict, Verdict::inconclusive);
  EXPECT_EQ(law_holds({80, 100}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(law_holds({0, 0}).verdict, Verdict::inconclusive);
}

TEST(LawRules, ASlopeIsHeldByANarrowInterval) {
  EXPECT_EQ(slope_is(Interval{-1.02, -0.97}, -1, 0.1).verdict, Verdict::reproduced);
  EXPECT_EQ(slope_is(Interval{-1.2, -0.97}, -1, 0.1).verdict, Verdict::inconclusive) << "too wide";
  EXPECT_EQ(slope_is(Interval{-0.99, -0.97}, -1, 0.1).verdict, Verdict::not_reproduced);
  EXPECT_EQ(slope_is(std::nullopt, -1, 0.1).verdict, Verdict::inconclusive);
}

TEST(LawRules, GrowthIsAskedOfEveryStep) {
  const Interval up{0.1, 0.2};
  const Interval down{-0.2, -0.1};
  const Interval open{-0.1, 0.1};
  EXPECT_EQ(grows_at_each_step({up, up}).verdict, Verdict::reproduced);
  EXPECT_EQ(grows_at_each_step({up, open}).verdict, Verdict::inconclusive);
  EXPECT_EQ(grows_at_each_step({up, std::nullopt}).verdict, Verdict::inconclusive);
  EXPECT_EQ(grows_at_each_step({up, down, open}).verdict, Verdict::not_reproduced);
  EXPECT_EQ(grows_at_each_step({}).verdict, Verdict::inconclusive) << "nothing shows it";
}

}  // namespace
}  // namespace relu0::verdict_rules
