#include "reports/model/finding.hpp"

#include "fixtures/error.hpp"
#include "reports/model/verdicts.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(Verdict, HasTheNamesThatReportsPrint) {
  EXPECT_EQ(name(Verdict::reproduced), "reproduced");
  EXPECT_EQ(name(Verdict::not_reproduced), "not reproduced");
  EXPECT_EQ(name(Verdict::inconclusive), "inconclusive");
  EXPECT_EQ(name(Verdict::not_run), "not run");
  EXPECT_EQ(name(Verdict::measured), "measured");
}

TEST(Verdict, IsReadBackFromItsName) {
  for (const Verdict verdict : all_verdicts) {
    EXPECT_EQ(parse_verdict(name(verdict)), verdict);
  }
}

TEST(Verdict, OfAnotherNameIsRefused) {
  for (const char* text : {"", "Reproduced", "not_reproduced", "reproduced "}) {
    EXPECT_THROW(parse_verdict(text), InputError) << text;
  }
}

TEST(Verdict, CanBeToldFromTheOthersWithoutColour) {
  for (const Verdict a : all_verdicts) {
    for (const Verdict b : all_verdicts) {
      EXPECT_EQ(symbol(a) == symbol(b), a == b);
    }
  }
}

}  // namespace
}  // namespace relu0
