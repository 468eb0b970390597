#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"
#include "suites/tests/reports/sample_claims.hpp"
#include "suites/tests/reports/support.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::StoreFolder;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> table_rows(const std::string& markdown) {
  std::vector<std::string> rows;
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| ")) {
      rows.push_back(line);
    }
  }
  return rows;
}

/// Pipes that separate cells: those without a backslash before them.
std::ptrdiff_t separators(const std::string& row) {
  std::ptrdiff_t found = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] == '\\') {
      ++i;
    } else if (row[i] == '|') {
      ++found;
    }
  }
  return found;
}

/// The summary of a store that holds nothing but these results.
std::string summary_of(const Results& results) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  store.replace_results(results);
  return markdown_summary(store);
}

TEST(MarkdownSummary, StartsWithTheAnswerAndTheCounts) {
  const std::string text = summary_of(test::sample_claims());
  EXPECT_THAT(text, HasSubstr(R"(Yes: another value of ReLU′\(0\) changes the gradient of 24/24)"));
  EXPECT_THAT(text,
              HasSubstr("**Claims:** 7 ✓ reproduced, 2 ✗ not reproduced, 1 ? inconclusive, 1 • measured, "
                        "8 – not run\n"));
}

TEST(MarkdownSummary, HasAMatrixOfSigns) {
  const std::string text = summary_of(test::sample_claims());
  EXPECT_THAT(text, HasSubstr("\n|  | Claim | fp16 | bf16 | tf32 | fp32 | fp64 |\n"));
  EXPECT_THAT(text, HasSubstr("\n| ✗ | a few words on conv-volume |  |  |  | ✗ ✓ |  |\n"));
  EXPECT_THAT(text, HasSubstr("\n| • | a few words on magnitude | • |  |  | • • |  |\n"));
  EXPECT_THAT(text, Not(HasSubstr("| a few words on dropout |")));
  EXPECT_THAT(text, HasSubstr("\n– Not run: a few words on "));
  EXPECT_THAT(text, HasSubstr("; a few words on dropout"));
}

TEST(MarkdownSummary, ListsWhatWasRunOfAClaimWhoseHeadlineWasNot) {
  Results results = test::sample_claims();
  results.findings = {
      test::share_finding("sgd-best-zero", Precision::fp32, Rule::chain_rule, 0, 0, Verdict::not_run),
      test::share_finding("sgd-best-zero", Precision::fp16, Rule::chain_rule, 9, 10, Verdict::inconclusive)};
  results.findings.back().headline = false;
  const std::string text = summary_of(results);
  EXPECT_THAT(text, HasSubstr("\n| – | a few words on sgd-best-zero | ? · |  |  | – · |  |\n"));
  EXPECT_THAT(text, HasSubstr("\n| ? inconclusive | **sgd-best-zero**"));
  EXPECT_THAT(text, HasSubstr("\n| – not run | **sgd-best-zero**"));
  EXPECT_THAT(text, Not(HasSubstr("| a few words on dropout |")));
}

TEST(MarkdownSummary, SaysWhatWasNotRunOfAClaim) {
  Results results = test::sample_claims();
  results.findings = {
      test::share_finding("divergence", Precision::fp32, Rule::chain_rule, 3, 3, Verdict::reproduced),
      test::share_finding("divergence", Precision::fp64, Rule::chain_rule, 0, 1, Verdict::not_run)};
  const std::string text = summary_of(results);
  EXPECT_THAT(text, HasSubstr("| ? | a few words on divergence |"));
  EXPECT_THAT(text, HasSubstr("\n– Not run of “a few words on divergence”: “fp64, chain-rule, mlp-3x256” "));
}

TEST(MarkdownSummary, ListsTheHeadlineFindingsOnly) {
  const StoreFolder folder;
  const std::string text = markdown_summary(test::sample_store(folder.file()));
  EXPECT_THAT(text, HasSubstr("\n| ✗ not reproduced |"));
  EXPECT_THAT(text, HasSubstr("\n| ✓ reproduced | **depth** grows with depth (fp32)"));
  EXPECT_THAT(text, Not(HasSubstr("(fp64)")));
  EXPECT_THAT(text, HasSubstr("\n2 more findings stand in report.html.\n"));
}

TEST(MarkdownSummary, SaysWhatToDoWithIt) {
  EXPECT_THAT(summary_of(test::sample_claims()),
              HasSubstr("- **Which precision:** No precision is shown to be free of it here"));
}

TEST(MarkdownSummary, KeepsHostileTextInItsCell) {
  const StoreFolder folder;
  const std::string text = markdown_summary(test::sample_store(folder.file()));
  const std::size_t findings = text.find("| Verdict |");
  for (const std::string& row : table_rows(text.substr(0, findings))) {
    EXPECT_EQ(separators(row), 8) << row;
  }
  for (const std::string& row : table_rows(text.substr(findings))) {
    EXPECT_EQ(separators(row), 7) << row;
  }
  const std::string before_command = text.substr(0, text.find("Run exactly this again"));
  EXPECT_THAT(before_command, Not(HasSubstr("<script")));
  EXPECT_THAT(before_command, HasSubstr(R"(&lt;script\>)"));
}

TEST(MarkdownSummary, FencesACommandThatHasFencesItself) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  store.set_run_info({.command = "relu0 run --out '```\n# x'", .scale = "quick", .seed = 1});
  EXPECT_THAT(markdown_summary(store), HasSubstr("````\nrelu0 run --out '```\n# x'\n````\n"));
}

TEST(MarkdownSummary, StaysShortEnoughForAComment) {
  const StoreFolder folder;
  Store store = Store::open_for_run(folder.file());
  Results results;
  for (int i = 0; i < 1000; ++i) {
    Finding finding;
    finding.id = std::to_string(i);
    finding.why = std::string(100, 'w');
    results.findings.push_back(finding);
  }
  store.replace_results(results);
  const std::string text = markdown_summary(store);
  EXPECT_LT(text.size(), 65'536U);
  const std::size_t shown = table_rows(text).size() - 1;
  EXPECT_THAT(text, HasSubstr(std::to_string(1000 - shown) + " more findings stand in report.html."));
}

TEST(MarkdownSummary, OfAnEmptyStoreSaysSo) {
  const StoreFolder folder;
  EXPECT_THAT(markdown_summary(Store::open_for_run(folder.file())), HasSubstr("holds no findings yet"));
}

}  // namespace
}  // namespace relu0
