#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"
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

TEST(MarkdownSummary, IsATableWithHeadlinesFirst) {
  const StoreFolder folder;
  const std::string text = markdown_summary(test::sample_store(folder.file()));
  EXPECT_THAT(text, HasSubstr("1 reproduced, 1 not reproduced, 1 inconclusive, 0 measured, 1 not run"));
  const std::vector<std::string> rows = table_rows(text);
  ASSERT_EQ(rows.size(), 5U) << text;
  EXPECT_THAT(rows[1], StartsWith("| ✗ not reproduced |"));
  EXPECT_THAT(rows[2], StartsWith("| ✓ reproduced | **depth** grows with depth (fp32)"));
  EXPECT_THAT(rows[3], HasSubstr(R"(93/200 \(46.5 %\) \[0.3, 0.537\])"));
}

TEST(MarkdownSummary, GivesTheAnswers) {
  const StoreFolder folder;
  EXPECT_THAT(markdown_summary(test::sample_store(folder.file())),
              HasSubstr("\n**Depth**: More layers, more zeros.\n"));
}

TEST(MarkdownSummary, KeepsHostileTextInItsCell) {
  const StoreFolder folder;
  const std::string text = markdown_summary(test::sample_store(folder.file()));
  for (const std::string& row : table_rows(text)) {
    EXPECT_EQ(separators(row), 6) << row;
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
  EXPECT_THAT(markdown_summary(Store::open_for_run(folder.file())), HasSubstr("No findings yet"));
}

}  // namespace
}  // namespace relu0
