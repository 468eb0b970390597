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
using testing::Not;
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
            "11/24 (45.8 %) at fp32, but of 0/24 (0.0 %) at fp64, where a share above 14.2 % is ruled out.");
  EXPECT_EQ(
      said.claims,
      "Of the paper's 19 claims, 7 are reproduced, 2 are not reproduced, 1 is inconclusive, 1 is measured "
      "without a published figure to be held against and 8 were not run.");
}

TEST(Answer, IsYesOnlyWhereAnIntervalLiesAboveZero) {
  const Results results = with_findings(
      {share_finding("fp32-half", Precision::fp32, Rule::chain_rule, 0, 3, Verdict::inconclusive)});
  EXPECT_THAT(answer(results).dependence,
              StartsWith("Not seen: another value of ReLU′(0) changes the gradient of 0/3"));
}

TEST(Answer, IsNotGivenByTheRuleOfThePublishedCodeNorByOtherClaims) {
  Finding published =
      share_finding("fp32-half", Precision::fp32, Rule::published_code, 3, 3, Verdict::reproduced);
  published.headline = true;
  EXPECT_THAT(answer(with_findings({published})).dependence, Not(HasSubstr("changes the gradient")));
  Finding other = share_finding("depth", Precision::fp32, Rule::chain_rule, 3, 3, Verdict::reproduced);
  EXPECT_THAT(answer(with_findings({published, other})).dependence, Not(HasSubstr("changes the gradient")));
}

TEST(Answer, SaysWhatWasMeasuredWhereOtherClaimsWere) {
  const Finding width = share_finding("width", Precision::fp32, Rule::chain_rule, 3, 3, Verdict::reproduced);
  const Finding depth =
      share_finding("depth", Precision::fp16, Rule::chain_rule, 3, 3, Verdict::inconclusive);
  EXPECT_EQ(answer(with_findings({width})).dependence,
            "Measured here: “a few words on width” is reproduced. On how many of the paper's networks the "
            "gradient depends was not measured.");
  EXPECT_THAT(
      answer(with_findings({width, depth})).dependence,
      StartsWith("Measured here: “a few words on depth” is inconclusive and “a few words on width” is "
                 "reproduced. "));
}

TEST(Answer, SaysTheSharesAtOtherPrecisionsAsSuch) {
  EXPECT_EQ(
      answer(with_findings(
                 {share_finding("fp32-half", Precision::tf32, Rule::chain_rule, 2, 3, Verdict::measured)}))
          .dependence,
      "Beside the networks and precisions that the paper's claims are on, another value of ReLU′(0) changes "
      "the gradient of 2/3 (66.7 %) networks at tf32. On how many of the paper's networks the gradient "
      "depends was not measured.");
}

/// Trainings at fp16 that were run, and those at fp32 that decide the claim and were not.
std::vector<Finding> trainings_at_fp16_only() {
  std::vector<Finding> findings{
      share_finding("sgd-best-zero", Precision::fp16, Rule::chain_rule, 3, 7, Verdict::inconclusive),
      share_finding("sgd-best-zero", Precision::fp32, Rule::chain_rule, 0, 0, Verdict::not_run)};
  for (Finding& finding : findings) {
    finding.headline = finding.precision == Precision::fp32;
    finding.experiment = "sgd-sweep";
  }
  return findings;
}

TEST(Answer, SaysWhatWasMeasuredThatDecidesNoClaimAndWhatWould) {
  const Answer said = answer(with_findings(trainings_at_fp16_only()));
  EXPECT_EQ(said.dependence,
            "“a few words on sgd-best-zero” was measured at fp16 (inconclusive under the chain rule), but is "
            "judged at fp32, which was not run: relu0 run sgd-sweep --only precision=fp32 measures that. On "
            "how many of the paper's networks the gradient depends was not measured.");
  EXPECT_EQ(said.claims,
            "Of the paper's 19 claims, 0 are reproduced and 19 were not run. On 1 of those that were not run "
            "something was measured that does not decide it.");
}

TEST(Answer, NamesTheSettingsWherePrecisionsDoNotTellThemApart) {
  std::vector<Finding> findings = trainings_at_fp16_only();
  findings.front().precision = Precision::fp32;
  findings.front().setting = "fp32, chain-rule, a small network";
  findings.back().setting = "fp32, chain-rule, the paper's network";
  EXPECT_THAT(
      answer(with_findings(findings)).dependence,
      HasSubstr("was measured in “fp32, chain-rule, a small network” (inconclusive under the chain "
                "rule), but is judged in “fp32, chain-rule, the paper's network”, which was not run"));
}

TEST(Answer, LeavesOutWhatDecidesNoClaimWhereItsHeadlineWasRun) {
  std::vector<Finding> findings = trainings_at_fp16_only();
  findings.back().verdict = Verdict::inconclusive;
  EXPECT_THAT(answer(with_findings(findings)).dependence, Not(HasSubstr("but is judged")));
}

TEST(Answer, IsNotGivenByWhatWasNotRun) {
  EXPECT_THAT(answer(with_findings({share_finding("fp32-half", Precision::fp32, Rule::chain_rule, 3, 3,
                                                  Verdict::not_run)}))
                  .dependence,
              StartsWith("Not answered"));
}

TEST(Answer, CountsTheFindingsOfAStoreWithoutClaims) {
  Results results = test::sample_results();
  results.claims.clear();
  EXPECT_EQ(answer(results).claims,
            "Of 4 findings, 1 is reproduced, 1 is not reproduced, 1 is inconclusive and 1 was not run.");
}

TEST(Answer, IsThatOfTheExperimentsWhereThePaperClaimsNothingOfThem) {
  Results results =
      with_findings({share_finding("", Precision::fp32, Rule::chain_rule, 2, 3, Verdict::measured)});
  results.claims.clear();
  results.experiments = {{.id = "a", .title = "", .summary = "", .answer = "One."},
                         {.id = "b", .title = "", .summary = "", .answer = "Two."}};
  EXPECT_EQ(answer(results).dependence, "One. Two.");
  EXPECT_EQ(answer(results).claims, "");
}

TEST(Answer, RulesNoShareOutWhereAPartOfTheImagesWasSeen) {
  std::vector<Finding> findings{
      share_finding("fp16-systematic", Precision::fp16, Rule::chain_rule, 0, 4, Verdict::inconclusive),
      share_finding("fp32-half", Precision::fp32, Rule::chain_rule, 2, 4, Verdict::inconclusive)};
  for (Finding& finding : findings) {
    finding.part_seen = "512 of the published 60000 images";
  }
  const std::string looked_at =
      " Looked at were 512 of the published 60000 images only: more of them can only add to these counts, "
      "and no "
      "larger share is ruled out.";
  EXPECT_EQ(
      answer(with_findings(findings)).dependence,
      "Yes: another value of ReLU′(0) changes the gradient of 2/4 (50.0 %) networks at fp32, but of 0/4 "
      "(0.0 %) at fp16." +
          looked_at);
  EXPECT_EQ(answer(with_findings({findings.front()})).dependence,
            "Not seen: another value of ReLU′(0) changes the gradient of 0/4 (0.0 %) networks at fp16." +
                looked_at);
  findings.front().headline = false;
  EXPECT_THAT(answer(with_findings({findings.front()})).dependence,
              HasSubstr("changes the gradient of 0/4 (0.0 %) networks at fp16." + looked_at));
}

TEST(Answer, CountsTheClaimsOfWhichAPartWasNotRun) {
  const std::vector<Finding> findings{
      share_finding("divergence", Precision::fp32, Rule::chain_rule, 3, 3, Verdict::reproduced),
      share_finding("divergence", Precision::fp64, Rule::chain_rule, 0, 1, Verdict::not_run)};
  EXPECT_EQ(
      answer(with_findings(findings)).claims,
      "Of the paper's 19 claims, 0 are reproduced, 1 is inconclusive and 18 were not run. Of those that are "
      "inconclusive, 1 is reproduced as far as it was run, and a part of what it takes was not.");
}

TEST(Answer, OfNothingSaysSo) {
  const Answer said = answer({});
  EXPECT_THAT(said.dependence, HasSubstr("holds no findings yet"));
  EXPECT_EQ(said.claims, "");
}

}  // namespace
}  // namespace relu0
