#include "reports/model/claim.hpp"

#include "reports/model/verdicts.hpp"

#include <array>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

Finding headline(Verdict verdict) {
  Finding finding;
  finding.paper_claim = "depth";
  finding.verdict = verdict;
  finding.headline = true;
  return finding;
}

Claim depth() {
  Claim claim;
  claim.id = "depth";
  return claim;
}

Verdict together(const std::vector<Finding>& findings) { return verdict_of(depth(), findings); }

/// From what weighs most to what weighs least.
constexpr std::array order{Verdict::not_reproduced, Verdict::inconclusive, Verdict::reproduced,
                           Verdict::measured, Verdict::not_run};

TEST(VerdictOfAClaim, IsTheOneThatWeighsMostAmongItsHeadlines) {
  static_assert(order.size() == all_verdicts.size());
  for (std::size_t heavy = 0; heavy < order.size(); ++heavy) {
    for (std::size_t light = heavy; light < order.size(); ++light) {
      if (order[heavy] == Verdict::reproduced && order[light] == Verdict::not_run) {
        continue;
      }
      EXPECT_EQ(together({headline(order[light]), headline(order[heavy])}), order[heavy]);
      EXPECT_EQ(together({headline(order[heavy]), headline(order[light])}), order[heavy]);
    }
  }
}

TEST(VerdictOfAClaim, DoesNotHearOtherRowsNorOtherClaims) {
  Finding row = headline(Verdict::not_reproduced);
  row.headline = false;
  Finding other = headline(Verdict::not_reproduced);
  other.paper_claim = "width";
  EXPECT_EQ(together({row, other, headline(Verdict::reproduced)}), Verdict::reproduced);
}

TEST(VerdictOfAClaim, IsReproducedOnlyWhereEveryHeadlineWasRun) {
  Finding missing = headline(Verdict::not_run);
  missing.setting = "fp64, chain-rule";
  missing.why = "not selected";
  EXPECT_EQ(together({headline(Verdict::reproduced), missing}), Verdict::inconclusive);
  EXPECT_EQ(together({missing, headline(Verdict::measured), headline(Verdict::reproduced)}),
            Verdict::inconclusive);
  EXPECT_TRUE(is_reproduced_in_part(depth(), {headline(Verdict::reproduced), missing}));
  for (const Verdict verdict : {Verdict::not_reproduced, Verdict::inconclusive, Verdict::measured}) {
    EXPECT_EQ(together({headline(verdict), missing}), verdict) << "it stands, whatever the rest would show";
    EXPECT_FALSE(is_reproduced_in_part(depth(), {headline(verdict), missing}));
  }
  missing.headline = false;
  EXPECT_EQ(together({headline(Verdict::reproduced), missing}), Verdict::reproduced);
}

TEST(VerdictOfAClaim, SaysWhichHeadlinesWereNotRunAndWhy) {
  Finding missing = headline(Verdict::not_run);
  missing.setting = "fp64, chain-rule";
  missing.why = "not selected";
  EXPECT_EQ(not_run_in_words(depth(), {headline(Verdict::reproduced), missing}),
            "“fp64, chain-rule” (not selected)");
  EXPECT_EQ(not_run_in_words(depth(), {missing}), "") << "none was run: the verdict says so";
  EXPECT_EQ(not_run_in_words(depth(), {headline(Verdict::inconclusive)}), "");
}

TEST(VerdictOfAClaim, IsNotRunWithoutAHeadline) { EXPECT_EQ(together({}), Verdict::not_run); }

}  // namespace
}  // namespace relu0
