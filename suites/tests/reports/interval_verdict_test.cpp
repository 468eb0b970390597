#include "reports/verdicts/interval_verdict.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(IntervalVerdict, IsDecidedOnlyByAWholeInterval) {
  const ClaimedShare claim{.above = 0.9, .below = 0.5};
  EXPECT_EQ(interval_verdict({.low = 0.91, .high = 1}, claim), Verdict::reproduced);
  EXPECT_EQ(interval_verdict({.low = 0.9, .high = 1}, claim), Verdict::inconclusive);
  EXPECT_EQ(interval_verdict({.low = 0.4, .high = 0.5}, claim), Verdict::inconclusive);
  EXPECT_EQ(interval_verdict({.low = 0.4, .high = 0.49}, claim), Verdict::not_reproduced);
  EXPECT_EQ(interval_verdict({.low = 0, .high = 1}, claim), Verdict::inconclusive);
}

TEST(ShareVerdict, TakesTheExactInterval) {
  // 36 of 36 leave shares down to 0.025^(1/36) = 0.9026; 35 of 35 down to 0.9000 less a little.
  const ClaimedShare claim{.above = 0.9, .below = 0.9};
  EXPECT_EQ(share_verdict({36, 36}, claim), Verdict::reproduced);
  EXPECT_EQ(share_verdict({34, 34}, claim), Verdict::inconclusive);
  EXPECT_EQ(share_verdict({20, 40}, claim), Verdict::not_reproduced);
  EXPECT_EQ(share_verdict({0, 0}, claim), Verdict::not_run);
}

}  // namespace
}  // namespace relu0
