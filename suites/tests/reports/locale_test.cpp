#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"
#include "suites/tests/reports/support.hpp"

#include <clocale>
#include <locale>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::StoreFolder;

/// Writes 1.234,5 where C++ writes 1234.5.
class GermanNumbers : public std::numpunct<char> {
 protected:
  [[nodiscard]] char do_decimal_point() const override { return ','; }
  [[nodiscard]] char do_thousands_sep() const override { return '.'; }
  [[nodiscard]] std::string do_grouping() const override { return "\3"; }
};

std::string all_reports(const std::filesystem::path& file) {
  const Store store = test::sample_store(file);
  return html_report(store) + json_results(store) + junit_report(store) + markdown_summary(store);
}

class Locale : public testing::Test {
 protected:
  void TearDown() override {
    std::locale::global(std::locale::classic());
    std::setlocale(LC_ALL, "C");
  }
  StoreFolder classic_folder_;
  StoreFolder german_folder_;
};

TEST_F(Locale, OfCppChangesNoReport) {
  const std::string expected = all_reports(classic_folder_.file());
  std::locale::global(std::locale(std::locale::classic(), new GermanNumbers));
  EXPECT_EQ(all_reports(german_folder_.file()), expected);
}

TEST_F(Locale, OfCChangesNoReport) {
  const std::string expected = all_reports(classic_folder_.file());
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) {
    GTEST_SKIP() << "the locale de_DE.UTF-8 is not installed (Debian: locales-all)";
  }
  ASSERT_STREQ(std::localeconv()->decimal_point, ",");
  EXPECT_EQ(all_reports(german_folder_.file()), expected);
}

}  // namespace
}  // namespace relu0
