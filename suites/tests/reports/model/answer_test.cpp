#include "reports/model/conclusions/answer.hpp"

#include "suites/tests/reports/sample_claims.hpp"
#include "suites/tests/reports/support.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::share_finding;
using testing::HasSubstr;
using testing::StartsWith;

Results with_findings(std::vector<Finding> findings) {
  Results results = test::sample_claims();
  results.findings = std::move(findings);
  return results;
}

TEST(Answer, SaysWhereTheGradientDependsOnTheChoiceAndHowManyClaimsCameOutHow) {
  const Answer said = answer(test::sample_claims());
  // The upper end for 0 of 24 is 1 - 0.025^(1/24) = 0.14247.
  EXPECT_EQ(said.dependence,
            "Yes: another value of ReLU′(0) changes the gradient of 24/24 (100.0 %) networks at fp16 and "
            "11/24 (45.8 %) "
            "at fp32, but of 0/24 (0.0 %) at fp64, where a share above 14.2 % is ruled out.");
  EXPECT_EQ(said.claims, "");
}

}  // namespace
}  // namespace relu0
