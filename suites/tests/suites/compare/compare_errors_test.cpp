// What `relu0 compare` and `relu0 report --record` say where a file cannot be used: what is wrong, and a
// remedy that fits a command which only reads.
#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/command_line/store_message.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"
#include "suites/tests/text_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::ProcessEnd;
using test::run_relu0;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CompareErrors : public ::testing::Test {
 protected:
  CompareErrors() {
    Store store = Store::open_for_run(store_);
    Results results;
    Finding& finding = results.findings.emplace_back();
    finding.id = "fp32-half";
    finding.verdict = Verdict::reproduced;
    store.replace_results(results);
  }

  [[nodiscard]] std::filesystem::path text(const char* name, const std::string& content) const {
    std::ofstream(folder_.path() / name) << content;
    return folder_.path() / name;
  }
  [[nodiscard]] ProcessEnd compare(const std::filesystem::path& other,
                                   const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"compare", store_, other};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_relu0(arguments);
  }

  test::TemporaryFolder folder_;
  std::filesystem::path store_ = folder_.path() / "results.sqlite";
};

struct Refused {
  const char* what;
  std::filesystem::path file;
  ExitCode exit_code;
  std::string said;
};

TEST_F(CompareErrors, NameTheFileTheFaultAndARemedyOfAReader) {
  std::filesystem::create_directory(folder_.path() / "folder");
  Store::open_for_run(folder_.path() / "newer.sqlite");
  std::string newer = test::text_of(folder_.path() / "newer.sqlite");
  newer[63] = 99;  // the last byte of user_version (https://www.sqlite.org/fileformat2.html)
  const std::string name_one = "Name the results.sqlite of a run, or what `relu0 report --record` made of it";
  const std::vector<Refused> refused{
      {"missing", folder_.path() / "missing", exit_environment,
       "there is no such file; give the results.sqlite"},
      {"too long a name", std::string(5000, 'x'), exit_usage, "File name too long"},
      {"folder", folder_.path() / "folder", exit_usage, "is a folder; give the results.sqlite of a run"},
      {"text", text("text", "a text"), exit_usage, name_one},
      {"empty", text("empty", ""), exit_usage, name_one},
      {"newer", text("newer", newer), exit_usage, "Use the newer relu0 that wrote it."},
      {"truncated", text("truncated", test::text_of(store_).substr(0, 4096)), exit_usage,
       "Restore it from a copy, or measure again. " + name_one},
      {"other JSON", text("results.json", R"({"format": "relu0 results"})"), exit_usage,
       R"(but with "relu0 results")"},
      {"broken JSON", text("broken.json", "{"), exit_usage,
       "relu0 report --store results.sqlite --record FILE"},
      {"device", "/dev/null", exit_usage, name_one}};
  for (const Refused& bad : refused) {
    const ProcessEnd end = compare(bad.file);
    EXPECT_EQ(end.exit_code, bad.exit_code) << bad.what << ": " << end.output;
    EXPECT_THAT(end.output, AllOf(HasSubstr(bad.file.string()), HasSubstr(bad.said))) << bad.what;
    EXPECT_THAT(end.output, AllOf(Not(HasSubstr("--out")), Not(HasSubstr("another folder")))) << bad.what;
  }
}

TEST_F(CompareErrors, ComeBeforeAnythingIsWritten) {
  const std::filesystem::path json = folder_.path() / "comparison.json";
  const ProcessEnd end =
      compare(store_, {"--json", json, "--markdown", folder_.path() / "missing" / "comparison.md"});
  EXPECT_EQ(end.exit_code, exit_usage) << end.output;
  EXPECT_THAT(end.output, HasSubstr("name a file in a folder that is there"));
  EXPECT_FALSE(std::filesystem::exists(json));
  EXPECT_THAT(compare(store_, {"--json", folder_.path()}).output, HasSubstr("Is a directory"));
}

TEST_F(CompareErrors, OfARecordComeBeforeTheReports) {
  const std::filesystem::path out = folder_.path() / "out";
  const auto record = [&](const std::filesystem::path& store, const std::filesystem::path& file) {
    return run_relu0({"report", "--store", store, "--out", out, "--record", file});
  };
  const ProcessEnd missing = record(store_, folder_.path() / "missing" / "mine.json");
  EXPECT_EQ(missing.exit_code, exit_usage);
  EXPECT_THAT(missing.output, AllOf(HasSubstr("mine.json: cannot be written (No such file or directory)"),
                                    HasSubstr("name a file in a folder that is there")));
  const ProcessEnd over_store = record(store_, store_);
  EXPECT_EQ(over_store.exit_code, exit_usage);
  EXPECT_THAT(over_store.output, HasSubstr("is a store of measurements"));
  const std::filesystem::path unfinished = folder_.path() / "unfinished.sqlite";
  Store::open_for_run(unfinished);
  const ProcessEnd nothing = record(unfinished, folder_.path() / "mine.json");
  EXPECT_EQ(nothing.exit_code, exit_usage);
  EXPECT_THAT(nothing.output, AllOf(HasSubstr("there is no finding to record"),
                                    HasSubstr("Name a run's results.sqlite by --store")));
  const ProcessEnd no_store = record(text("text", "a text"), folder_.path() / "mine.json");
  EXPECT_THAT(no_store.output, AllOf(HasSubstr("nor any SQLite file. Name a run's results.sqlite by --store"),
                                     Not(HasSubstr("another folder"))));
  EXPECT_FALSE(std::filesystem::exists(out)) << "no report was written";
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "mine.json"));
  // A folder that the command itself makes may hold the file.
  const ProcessEnd inside = record(store_, out / "mine.json");
  EXPECT_EQ(inside.exit_code, exit_pass) << inside.output;
  EXPECT_TRUE(std::filesystem::exists(out / "mine.json"));
}

TEST(StoreMessage, OfARunKeepsTheAdviceOnItsFolder) {
  const StoreError error("result store x is truncated", "Move it away.", StoreRemedy::move_away);
  EXPECT_EQ(store_message(error, "run"),
            "result store x is truncated. Move it away. (--out names the folder.)");
  EXPECT_THAT(store_message(error, "compare"),
              HasSubstr("result store x is truncated. Restore it from a copy"));
  const StoreError whole("all in one", StoreRemedy::move_away);
  EXPECT_EQ(store_message(whole, "compare"), "all in one");
}

}  // namespace
}  // namespace relu0
