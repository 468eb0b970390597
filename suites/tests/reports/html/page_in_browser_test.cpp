// The report as a browser shows it: accessible by axe-core's rules, in light and dark, wide and narrow, and
// in print.
#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"
#include "suites/tests/command_output.hpp"
#include "suites/tests/reports/sample_claims.hpp"
#include "suites/tests/reports/support.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::StoreFolder;
using testing::HasSubstr;

/// Where ci/install-packages puts what it takes from npm.
const std::string modules = std::string(RELU0_SOURCE_DIR) + "/build/linters/node_modules";

/// What lacks for a look with a browser; "" where nothing does.
std::string lacking() {
  for (const char* program : {"node", "chromium"}) {
    if (test::output_of(fmt::format("command -v {}", program)).empty()) {
      return fmt::format("{} not found; ci/install-packages tests installs it", program);
    }
  }
  for (const char* package : {"axe-core", "puppeteer-core"}) {
    if (!std::filesystem::exists(std::filesystem::path(modules) / package)) {
      return fmt::format("{} not found; ci/install-packages tests installs it where there is npm", package);
    }
  }
  return "";
}

/// The faults that check_page.mjs finds, a line for each, in either colour scheme and at either width.
std::string faults_of(const std::string& html, const std::filesystem::path& file,
                      int most_printed_pages = 20) {
  test::write_bytes(file, html);
  return test::output_of(
      fmt::format("timeout 240 node '{}/suites/tests/reports/html/check_page.mjs' '{}' \"$(command -v "
                  "chromium)\" '{}' {} light:1280 dark:390 2>&1",
                  RELU0_SOURCE_DIR, modules, file.string(), most_printed_pages));
}

std::string report_of(const StoreFolder& folder, const Results& results) {
  Store store = Store::open_for_run(folder.file());
  store.set_environment(test::sample_environment());
  store.set_run_info({.command = "relu0 run --scale quick", .scale = "quick", .seed = 1});
  store.replace_results(results);
  return html_report(store);
}

TEST(PageInABrowser, HasNoFaults) {
  if (const std::string missing = lacking(); !missing.empty()) {
    GTEST_SKIP() << missing;
  }
  const StoreFolder folder;
  EXPECT_EQ(faults_of(report_of(folder, test::sample_claims()), folder.file("claims.html")), "");
}

TEST(PageInABrowser, HasNoFaultsWithHostileTextsAndWithoutClaims) {
  if (const std::string missing = lacking(); !missing.empty()) {
    GTEST_SKIP() << missing;
  }
  const StoreFolder folder;
  EXPECT_EQ(faults_of(report_of(folder, test::sample_results()), folder.file("hostile.html")), "");
  Results older = test::sample_results();
  older.claims.clear();
  EXPECT_EQ(faults_of(report_of(folder, older), folder.file("older.html")), "");
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t place = text.find(from);
  ASSERT_NE(place, std::string::npos) << from;
  text.replace(place, from.size(), to);
}

TEST(PageInABrowser, IsLookedAtByAJudgeThatFindsFaults) {
  if (const std::string missing = lacking(); !missing.empty()) {
    GTEST_SKIP() << missing;
  }
  const StoreFolder folder;
  std::string html = report_of(folder, test::sample_claims());
  replace(html, "<html lang=\"en\">", "<html>");
  replace(html, "--soft: #57606a;", "--soft: #c0c0c0;");
  replace(html, "</main>", "<p id=\"answer\" style=\"width: 1500px\"><a href=\"#nowhere\">x</a></p></main>");
  const std::string faults = faults_of(html, folder.file("broken.html"), 0);
  EXPECT_THAT(faults, HasSubstr("axe: html-has-lang"));
  EXPECT_THAT(faults, HasSubstr("light, 1280 px: axe: color-contrast"));
  EXPECT_THAT(faults, HasSubstr("dark, 390 px: overflow"));
  EXPECT_THAT(faults, HasSubstr("ids: 'answer' twice"));
  EXPECT_THAT(faults, HasSubstr("links: '#nowhere' leads nowhere"));
  EXPECT_THAT(faults, HasSubstr("print:"));
}

}  // namespace
}  // namespace relu0
