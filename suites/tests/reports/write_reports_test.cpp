#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"
#include "suites/tests/reports/support.hpp"

#include <csignal>
#include <filesystem>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;
using test::StoreFolder;
using testing::AllOf;
using testing::HasSubstr;

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

const std::set<std::string> report_names{"junit.xml", "report.html", "results.json", "summary.md"};

TEST(WriteReports, WritesAllFourIntoANewFolder) {
  const StoreFolder folder;
  const Store store = test::sample_store(folder.file());
  const fs::path out = folder.path() / "new" / "folder";
  write_reports(store, out);
  EXPECT_EQ(names_in(out), report_names);
  EXPECT_EQ(test::bytes_of(out / "report.html"), html_report(store));
  EXPECT_EQ(test::bytes_of(out / "results.json"), json_results(store));
  EXPECT_EQ(test::bytes_of(out / "junit.xml"), junit_report(store));
  EXPECT_EQ(test::bytes_of(out / "summary.md"), markdown_summary(store));
}

TEST(WriteReports, ReplacesOldReportsAndLeavesTheStore) {
  const StoreFolder folder;
  const Store store = test::sample_store(folder.file());
  const std::string before = test::bytes_of(folder.file());
  for (const std::string& name : report_names) {
    test::write_bytes(folder.file(name), std::string(1'000'000, 'x'));
  }
  write_reports(store, folder.path());
  EXPECT_EQ(test::bytes_of(folder.file("summary.md")), markdown_summary(store));
  EXPECT_EQ(names_in(folder.path()).size(), 5U) << "four reports and the store";
  EXPECT_TRUE(test::bytes_of(folder.file()) == before);
}

TEST(WriteReports, KeepsTheOldReportWhenTheDiskIsFull) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  test::write_bytes(folder.file("report.html"), "the old report");
  const std::string error = test::in_child([&] {
    const Store store = Store::open_for_reading(folder.file());
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 1000, .rlim_max = 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return test::store_error_of([&] { write_reports(store, folder.path()); });
  });
  EXPECT_THAT(error, AllOf(HasSubstr("report.html"), HasSubstr("Free some space"),
                           HasSubstr("no measurement is lost")));
  EXPECT_EQ(test::bytes_of(folder.file("report.html")), "the old report");
  EXPECT_EQ(names_in(folder.path()), (std::set<std::string>{"report.html", "results.sqlite"}))
      << "no half-written file";
}

TEST(WriteReports, NamesAFolderThatCannotBeWritten) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  const auto error_in = [&](const fs::path& out) {
    return test::in_child([&] {
      if (!test::drop_rights()) {
        return std::string("skip");
      }
      return test::store_error_of([&] { write_reports(Store::open_for_reading(folder.file()), out); });
    });
  };
  const std::string error = error_in(folder.path());
  if (error == "skip") {
    GTEST_SKIP() << "this user can neither drop rights nor lacks them";
  }
  EXPECT_THAT(error,
              AllOf(HasSubstr((folder.path() / "report.html").string()), HasSubstr("Permission denied")));
  EXPECT_THAT(error_in(folder.path() / "sub"), HasSubstr("Permission denied"));
  ::chmod(folder.path().c_str(), 0755);
}

}  // namespace
}  // namespace relu0
