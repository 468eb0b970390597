#include "reports/model/conclusions/claim_matrix.hpp"

#include "reports/model/verdicts.hpp"
#include "suites/tests/reports/sample_claims.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t fp16 = 0;
constexpr std::size_t fp32 = 3;
constexpr std::size_t fp64 = 4;

Results matrix_results(std::vector<Finding> findings) {
  Results results;
  results.claims.emplace_back().id = "depth";
  for (Finding& finding : findings) {
    finding.paper_claim = "depth";
  }
  results.findings = std::move(findings);
  return results;
}

Finding finding_at(std::optional<Precision> precision, std::optional<Rule> rule, Verdict verdict,
                   bool headline = false) {
  Finding finding;
  finding.precision = precision;
  finding.rule = rule;
  finding.verdict = verdict;
  finding.headline = headline;
  return finding;
}

TEST(ClaimMatrix, HasARowForEachClaimInTheirOrder) {
  const Results results = test::sample_claims();
  const std::vector<MatrixRow> matrix = claim_matrix(results);
  ASSERT_EQ(matrix.size(), 19U);
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    EXPECT_EQ(matrix[i].claim, i);
    EXPECT_EQ(matrix[i].verdict, verdict_of(results.claims[i], results.findings));
  }
}

TEST(ClaimMatrix, DrawsTheRowsOfClaimsThatWereRun) {
  const Results results = test::sample_claims();
  const MatrixRows rows = drawn_and_named(claim_matrix(results));
  EXPECT_EQ(rows.drawn.size() + rows.named.size(), results.claims.size());
  EXPECT_THAT(rows.drawn, testing::Each(testing::Field(&MatrixRow::verdict, testing::Ne(Verdict::not_run))));
  EXPECT_THAT(rows.named, testing::Each(testing::Field(&MatrixRow::verdict, Verdict::not_run)));
  EXPECT_THAT(rows.named, testing::Not(IsEmpty()));
}

TEST(ClaimMatrix, DrawsTheRowOfAClaimWhoseHeadlineWasNotRunWhereAnotherFindingWas) {
  Results results = matrix_results({finding_at(Precision::fp32, Rule::chain_rule, Verdict::not_run, true),
                                    finding_at(Precision::fp16, Rule::chain_rule, Verdict::inconclusive)});
  results.claims.emplace_back().id = "width";
  const MatrixRows rows = drawn_and_named(claim_matrix(results));
  ASSERT_EQ(rows.drawn.size(), 1U) << "not all, as if nothing was run";
  EXPECT_EQ(rows.drawn.front().claim, 0U);
  EXPECT_EQ(rows.drawn.front().verdict, Verdict::not_run);
  EXPECT_EQ(rows.drawn.front().fields[fp16][0].verdict, Verdict::inconclusive);
  ASSERT_EQ(rows.named.size(), 1U);
  EXPECT_EQ(rows.named.front().claim, 1U);
}

TEST(ClaimMatrix, DrawsAllRowsWhereNoClaimWasRun) {
  Results results = test::sample_claims();
  results.findings.clear();
  const MatrixRows rows = drawn_and_named(claim_matrix(results));
  EXPECT_EQ(rows.drawn.size(), results.claims.size());
  EXPECT_THAT(rows.named, IsEmpty());
}

TEST(ClaimMatrix, PutsAFindingInTheFieldOfItsPrecisionAndRule) {
  const Results results =
      matrix_results({finding_at(Precision::fp32, Rule::chain_rule, Verdict::reproduced),
                      finding_at(Precision::fp32, Rule::published_code, Verdict::not_reproduced)});
  const MatrixRow row = claim_matrix(results).front();
  EXPECT_EQ(row.fields[fp32][0].verdict, Verdict::reproduced);
  EXPECT_EQ(row.fields[fp32][1].verdict, Verdict::not_reproduced);
  EXPECT_THAT(row.fields[fp32][1].findings, ElementsAre(1U));
  EXPECT_EQ(row.fields[fp16][0].verdict, std::nullopt);
  EXPECT_EQ(row.every_precision.verdict, std::nullopt);
}

TEST(ClaimMatrix, PutsAFindingThatNamesNoRuleUnderBoth) {
  const MatrixRow row =
      claim_matrix(matrix_results({finding_at(Precision::fp64, std::nullopt, Verdict::measured)})).front();
  EXPECT_EQ(row.fields[fp64][0].verdict, Verdict::measured);
  EXPECT_EQ(row.fields[fp64][0], row.fields[fp64][1]);
}

TEST(ClaimMatrix, KeepsAFindingThatNamesNoPrecisionOutOfTheFields) {
  const MatrixRow row =
      claim_matrix(matrix_results({finding_at(std::nullopt, std::nullopt, Verdict::reproduced)})).front();
  EXPECT_EQ(row.every_precision.verdict, Verdict::reproduced);
  for (const auto& fields : row.fields) {
    EXPECT_THAT(fields[0].findings, IsEmpty());
  }
}

TEST(ClaimMatrix, LetsTheHeadlinesOfAFieldDecideAndTheHeaviestStandFirst) {
  const Results results =
      matrix_results({finding_at(Precision::fp32, Rule::chain_rule, Verdict::not_reproduced),
                      finding_at(Precision::fp32, Rule::chain_rule, Verdict::reproduced, true),
                      finding_at(Precision::fp32, Rule::chain_rule, Verdict::inconclusive, true)});
  const MatrixField field = claim_matrix(results).front().fields[fp32][0];
  EXPECT_EQ(field.verdict, Verdict::inconclusive);
  EXPECT_THAT(field.findings, ElementsAre(2U, 0U, 1U));
}

TEST(ClaimMatrix, LetsAllFindingsOfAFieldDecideWhereNoneIsAHeadline) {
  const Results results =
      matrix_results({finding_at(Precision::fp16, Rule::chain_rule, Verdict::reproduced),
                      finding_at(Precision::fp16, Rule::chain_rule, Verdict::not_reproduced)});
  EXPECT_EQ(claim_matrix(results).front().fields[fp16][0].verdict, Verdict::not_reproduced);
}

TEST(ClaimMatrix, LetsFindingsThroughOtherKernelsDecideNothingBesideThoseOfTheRunsOwn) {
  const auto through = [](const std::string& kernel, Verdict verdict) {
    Finding finding = finding_at(Precision::fp32, Rule::published_code, verdict);
    finding.conditions = {{"network", "VGG11"}};
    if (kernel != "native") {
      finding.conditions["kernel"] = kernel;
    }
    return finding;
  };
  Results results = matrix_results(
      {through("native", Verdict::not_reproduced), through("portable:winograd", Verdict::reproduced)});
  for (const auto& [kernel, verdict] :
       {std::pair{"portable:winograd", Verdict::reproduced}, std::pair{"native", Verdict::not_reproduced},
        std::pair{"bias-last", Verdict::not_reproduced}}) {
    results.kernel = kernel;
    EXPECT_EQ(claim_matrix(results).front().fields[fp32][1].verdict, verdict) << kernel;
  }
}

TEST(ClaimMatrix, CountsClaimsByVerdict) {
  const std::vector<MatrixRow> matrix = claim_matrix(test::sample_claims());
  std::vector<std::size_t> counts;
  for (const Verdict verdict : all_verdicts) {
    counts.push_back(count(matrix, verdict));
  }
  EXPECT_THAT(counts, ElementsAre(7U, 2U, 1U, 1U, 8U));
}

}  // namespace
}  // namespace relu0
