#include "reports/model/conclusions/advice.hpp"

#include "suites/tests/reports/sample_claims.hpp"
#include "suites/tests/reports/support.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::share_finding;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// What is advised on a question; "" where nothing is.
std::string text_on(const std::string& question, const Results& results) {
  for (const Advice& one : advice(results)) {
    if (one.question == question) {
      return one.text;
    }
  }
  return "";
}

std::vector<std::string> questions(const Results& results) {
  std::vector<std::string> all;
  for (const Advice& one : advice(results)) {
    all.push_back(one.question);
  }
  return all;
}

TEST(Advice, FollowsFromTheFindingsThatItNames) {
  const Results results = test::sample_claims();
  EXPECT_THAT(questions(results), ElementsAre("Which precision", "Which ReLU′(0)", "Which rule",
                                              "Which kernel", "Which layer", "Comparing trainings"));
  for (const Advice& one : advice(results)) {
    for (const std::size_t place : one.findings) {
      EXPECT_LT(place, results.findings.size());
    }
  }
}

TEST(Advice, RecommendsAPrecisionOnlyWhereItIsShownToBeFree) {
  Results results = test::sample_claims();
  EXPECT_THAT(text_on("Which precision", results), HasSubstr("No precision is shown to be free of it here"));
  EXPECT_THAT(text_on("Which precision", results),
              HasSubstr("24/24 (100.0 %) at fp16, 24/24 (100.0 %) at bf16"));
  results.findings = {
      share_finding("fp32-half", Precision::tf32, Rule::chain_rule, 0, 400, Verdict::measured),
      share_finding("fp64-none", Precision::fp64, Rule::chain_rule, 0, 40, Verdict::reproduced)};
  EXPECT_THAT(text_on("Which precision", results), HasSubstr("Compute at fp64 where"))
      << "what is held against no figure may be of few images";
  results.findings = {
      share_finding("fp64-none", Precision::fp64, Rule::chain_rule, 0, 400, Verdict::inconclusive)};
  EXPECT_THAT(text_on("Which precision", results), IsEmpty()) << "of a part of the images";
  results.findings = {
      share_finding("fp32-half", Precision::fp32, Rule::chain_rule, 2, 4, Verdict::inconclusive)};
  EXPECT_THAT(text_on("Which precision", results), HasSubstr("No precision is shown to be free of it here"));
}

TEST(Advice, SaysThatTheBestValueIsOpenUnlessItsClaimWasRun) {
  Results results = test::sample_claims();
  EXPECT_THAT(text_on("Which ReLU′(0)", results), HasSubstr("not answered here"));
  Finding best =
      share_finding("sgd-best-zero", Precision::fp32, Rule::chain_rule, 9, 10, Verdict::reproduced);
  best.why = "9 of 10 trainings";
  results.findings.push_back(best);
  EXPECT_THAT(text_on("Which ReLU′(0)", results),
              HasSubstr("That 0 trains best is reproduced here: 9 of 10"));
}

TEST(Advice, SaysWhatDecidesTheBestValueWhereOtherTrainingsWereRun) {
  Results results = test::sample_claims();
  results.findings = {
      share_finding("sgd-best-zero", Precision::fp32, Rule::chain_rule, 0, 0, Verdict::not_run),
      share_finding("sgd-best-zero", Precision::fp16, Rule::chain_rule, 9, 10, Verdict::inconclusive)};
  results.findings.back().headline = false;
  EXPECT_THAT(
      text_on("Which ReLU′(0)", results),
      testing::AllOf(HasSubstr("not answered here: “a few words on sgd-best-zero” was measured at fp16"),
                     HasSubstr("judged at fp32")));
}

TEST(Advice, NamesTheClaimsThatTheRuleDecides) {
  Results results = test::sample_claims();
  EXPECT_THAT(
      text_on("Which rule", results),
      HasSubstr("a few words on conv-volume at fp32 (not reproduced under the chain rule, reproduced under"));
  EXPECT_THAT(text_on("Which rule", results), Not(HasSubstr("depth")));
  std::erase_if(results.findings, [](const Finding& finding) { return finding.id == "conv-volume"; });
  EXPECT_EQ(text_on("Which rule", results), "");
}

TEST(Advice, NamesTheLayerThatIsFurthestFromTheTruth) {
  Results results = test::sample_claims();
  // The sample's map has 0.25 for fc at fp32, and nothing for conv1.
  EXPECT_THAT(text_on("Which layer", results),
              HasSubstr("at fp32, relative to its norm: in fc of Error by layer (0.25)"));
  results.heat_maps.front().experiment = "another";
  EXPECT_EQ(text_on("Which layer", results), "");
}

TEST(Advice, IsNotGivenWithoutFindingsOrClaims) {
  EXPECT_THAT(advice({}), IsEmpty());
  Results older = test::sample_results();
  older.claims.clear();
  EXPECT_THAT(advice(older), IsEmpty());
}

}  // namespace
}  // namespace relu0
