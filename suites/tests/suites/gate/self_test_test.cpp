// `relu0 gate --self-test` as a whole: that it passes here, and that it does not where the gate finds
// nothing.
#include "suites/gate/self_test/self_test.hpp"

#include "suites/command_line/exit_code.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <fstream>

#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using relu0::test::ProcessEnd;
using relu0::test::run_relu0;
using ::testing::HasSubstr;
using ::testing::Not;

/// A program in the place of relu0.
std::filesystem::path program(const std::filesystem::path& folder, const std::string& code) {
  std::filesystem::path file = folder / "program";
  std::ofstream(file) << "#!/bin/sh\n" << code << "\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  return file;
}

TEST(SelfTest, FindsEachFaultHere) {
  const relu0::test::TemporaryFolder out;
  // What an earlier one left behind.
  const std::filesystem::path left = out.path() / "self-test" / "left";
  std::filesystem::create_directories(left);
  const ProcessEnd end = run_relu0({"gate", "--self-test", "--out", out.path()}, {},
                                   {{"CI", "true"}, {"RELU0_DATA_DIR", out.path()}});
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_THAT(end.output, Not(HasSubstr("WRONG")));
  // What issue and README promise, where it arises.
  for (const char* row :
       {"engine  one_ulp_in_one_gradient", "engine  choice_at_one_kink", "engine  dropped_measurement",
        "judge   crashed_worker", "runs    killed_worker", "engine  nan_in_one_gradient",
        "runs    truncated_model", "runs    inverted_limit", "runs    all_zero_gradient",
        "runs    choice_at_one_kink", "judge   just outside impacted_share"}) {
    EXPECT_THAT(end.output, HasSubstr(std::string("\n") + row)) << end.output;
  }
  EXPECT_TRUE(std::filesystem::exists(out.path() / "self-test" / "no_fault" / "relu0-gate" / "gate.html"));
}

TEST(SelfTest, IsWrongOfAGateThatIsAlwaysGreen) {
  const relu0::test::TemporaryFolder folder;
  const auto green =
      program(folder.path(),
              "while [ \"$1\" != --out ]; do shift; done; mkdir -p \"$2\"; : >\"$2/summary.md\"\n"
              "echo 'green: 0 failed'");
  for (const SelfTestRow& row : self_test_runs(green, folder.path())) {
    EXPECT_EQ(row.as_expected(), row.fault == "no_fault") << row.fault;
  }
}

TEST(SelfTest, IsWrongOfAReportWithoutAVerdict) {
  const relu0::test::TemporaryFolder folder;
  const auto red =
      program(folder.path(),
              "while [ \"$1\" != --out ]; do shift; done; mkdir -p \"$2\"; : >\"$2/summary.md\"\n"
              "echo 'model.pt: truncated or damaged archive'; exit 2");
  for (const SelfTestRow& row : self_test_runs(red, folder.path())) {
    EXPECT_FALSE(row.as_expected()) << row.fault;
  }
}

TEST(SelfTest, FailsWithOneWrongRowAndWithoutAny) {
  std::vector<SelfTestRow> rows = self_test_judge();
  ASSERT_TRUE(self_test_passed(rows)) << self_test_table(rows);
  EXPECT_THAT(self_test_table(rows), HasSubstr("\nself-test passed: "));
  EXPECT_FALSE(self_test_passed({}));
  rows.back().seen = 0;
  rows.back().detail = "green: all is well";
  EXPECT_FALSE(self_test_passed(rows));
  EXPECT_THAT(self_test_table(rows), HasSubstr("<-- WRONG"));
  EXPECT_THAT(self_test_table(rows), HasSubstr("green: all is well"));
  EXPECT_THAT(self_test_table(rows), HasSubstr("\nself-test FAILED: 1 of "));
}

TEST(SelfTest, TakesNoOtherOptionsAndNeedsItsFolder) {
  EXPECT_EQ(run_relu0({"gate", "model.pt", "--self-test"}).exit_code, exit_usage);
  EXPECT_EQ(run_relu0({"gate", "--self-test", "--policy", "relu0.toml"}).exit_code, exit_usage);
  const ProcessEnd end = run_relu0({"gate", "--self-test", "--out", "/dev/null"});
  EXPECT_EQ(end.exit_code, exit_usage);
  EXPECT_THAT(end.output, HasSubstr("/dev/null/self-test: cannot be made anew"));
}

}  // namespace
}  // namespace relu0::gate
