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

Verdict together(const std::vector<Finding>& findings) {
  Claim claim;
  claim.id = "depth";
  return verdict_of(claim, findings);
}

/// From what weighs most to what weighs least.
constexpr std::array order{Verdict::not_reproduced, Verdict::inconclusive, Verdict::reproduced,
                           Verdict::measured, Verdict::not_run};

TEST(VerdictOfAClaim, IsTheOneThatWeighsMostAmongItsHeadlines) {
  static_assert(order.size() == all_verdicts.size());
  for (std::size_t heavy = 0; heavy < order.size(); ++heavy) {
    for (std::size_t light = heavy; light < order.size(); ++light) {
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

TEST(VerdictOfAClaim, IsNotRunWithoutAHeadline) { EXPECT_EQ(together({}), Verdict::not_run); }

}  // namespace
}  // namespace relu0
