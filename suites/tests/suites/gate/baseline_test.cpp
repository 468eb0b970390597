#include "suites/gate/baseline.hpp"

#include "suites/command_line/exit_code.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/suites/gate/gate_support.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using relu0::test::input_error_of;
using test::at_fp32;
using test::clean_measurements;
using testing::HasSubstr;
using testing::Not;

class Baseline : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("relu0-") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    file_ = folder_ / "baseline.toml";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  /// Saves a run twice.
  std::string save(const Measurements& run) {
    return save_baseline(file_, std::vector<Measurements>(2, run), nullptr);
  }
  [[nodiscard]] std::string text() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// Why the baseline is not of the run's environment, by the check that says so.
  [[nodiscard]] std::string mismatch(const Measurements& run) const {
    const std::vector<Check> checks = compare_with_baseline(run, file_);
    return checks.front().rule == "baseline-environment" ? checks.front().message : "no mismatch";
  }
  /// The same, as far as it is known before a pass.
  [[nodiscard]] std::string early_mismatch(const Measurements& run) const {
    Measurements before;
    before.model = run.model;
    before.inputs = run.inputs;
    before.environment = run.environment;
    try {
      require_baseline_of(before, file_);
    } catch (const EnvironmentMismatch& error) {
      return error.what();
    }
    return "no mismatch";
  }
  std::filesystem::path folder_;
  std::filesystem::path file_;
};

TEST_F(Baseline, IsPassedByTheRunThatMadeIt) {
  EXPECT_THAT(save(clean_measurements()), HasSubstr("of 2 runs that agree"));
  const std::vector<Check> checks = compare_with_baseline(clean_measurements(), file_);
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].verdict, CheckVerdict::pass);
  const Judgement judgement = judge(clean_measurements(), default_policy(), checks);
  EXPECT_EQ(judgement.outcome, Outcome::green) << test::troubles(judgement);
  EXPECT_EQ(parse_baseline(text(), "b"), std::vector{baseline_entry(clean_measurements())});
}

TEST_F(Baseline, ReadsWellInADiff) {
  save(clean_measurements());
  EXPECT_THAT(text(), HasSubstr("\"native aten::relu relu\" = \"0\"\n"));
  EXPECT_THAT(text(), HasSubstr("\"fp32 relative_error w\" = 1e-07\n"));
  EXPECT_THAT(text(), HasSubstr("\"fp32 hits aten::relu relu\" = 2\n"));
  const std::string before = text();
  Measurements changed = clean_measurements();
  at_fp32(changed).errors[0].relative_l2 = 3e-7;
  save(changed);
  std::string expected = before;
  const std::string old_line = "\"fp32 relative_error w\" = 1e-07\n";
  expected.replace(expected.find(old_line), old_line.size(), "\"fp32 relative_error w\" = 3e-07\n");
  EXPECT_EQ(text(), expected) << "one figure drifted, one line changes";
}

TEST_F(Baseline, FailsByOneUlp) {
  save(clean_measurements());
  Measurements run = clean_measurements();
  double& error = at_fp32(run).errors[0].relative_l2;
  error = std::nextafter(error, 1.0);
  const std::vector<Check> checks = compare_with_baseline(run, file_);
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].verdict, CheckVerdict::fail);
  EXPECT_EQ(checks[0].values, "fp32 relative_error w");
  EXPECT_EQ(judge(run, default_policy(), checks).exit_code, 1);
  error = 1e-8;
  EXPECT_EQ(compare_with_baseline(run, file_).at(0).verdict, CheckVerdict::warn);
  error = std::nan("");
  EXPECT_EQ(compare_with_baseline(run, file_).at(0).verdict, CheckVerdict::fail);
}

TEST_F(Baseline, FailsWhatIsNoLongerMeasured) {
  save(clean_measurements());
  Measurements run = clean_measurements();
  at_fp32(run).reference.clear();
  EXPECT_EQ(compare_with_baseline(run, file_).at(0).verdict, CheckVerdict::fail);
  std::filesystem::remove(file_);
  save(run);
  EXPECT_EQ(compare_with_baseline(clean_measurements(), file_).at(0).verdict, CheckVerdict::warn);
}

TEST_F(Baseline, NamesTheDifferingFactOfTheNearestEnvironment) {
  Measurements far = clean_measurements();
  far.environment = {{"processor", "x86-64 C"}, {"BLAS", "MKL"}};
  save(far);
  save(clean_measurements());
  Measurements run = clean_measurements();
  run.environment["BLAS"] = "OpenBLAS 0.3.21 Nehalem";
  const std::string message = mismatch(run);
  EXPECT_THAT(message, HasSubstr("none of its 2 environments"));
  EXPECT_THAT(message,
              HasSubstr("BLAS is 'OpenBLAS 0.3.21 Nehalem' and was 'OpenBLAS 0.3.21 Haswell'. Save"));
  EXPECT_THAT(message, Not(HasSubstr("processor")));
  run = clean_measurements();
  run.kinks[0].native_choice = "0.5";
  EXPECT_THAT(mismatch(run), HasSubstr("native aten::relu relu is '0.5' and was '0'"));
  run = clean_measurements();
  run.model.sha256 = "other";
  EXPECT_THAT(mismatch(run), HasSubstr("model SHA-256 is 'other'"));
  run = clean_measurements();
  run.environment["processor cores"] = "64";
  EXPECT_EQ(mismatch(run), "no mismatch") << "no bits depend on the number of cores";
  EXPECT_EQ(mismatch(far), "no mismatch");
}

TEST_F(Baseline, OfAnotherEnvironmentIsKnownBeforeAPassButForWhatOnlyOneMeets) {
  save(clean_measurements());
  Measurements run = clean_measurements();
  EXPECT_EQ(early_mismatch(run), "no mismatch");
  run.environment["BLAS"] = "OpenBLAS 0.3.21 Nehalem";
  EXPECT_EQ(early_mismatch(run), mismatch(run));
  EXPECT_THAT(
      early_mismatch(run),
      HasSubstr("its environment is another than this one: BLAS is 'OpenBLAS 0.3.21 Nehalem' and was"));
  run = clean_measurements();
  run.inputs.sha256 = "other";
  EXPECT_THAT(early_mismatch(run), HasSubstr("inputs SHA-256 is 'other'"));
  run = clean_measurements();
  run.kinks[0].native_choice = "0.5";
  EXPECT_EQ(early_mismatch(run), "no mismatch");
  EXPECT_NE(mismatch(run), "no mismatch");
}

TEST_F(Baseline, OfAnotherEnvironmentLeavesTheVerdictOpenAndAFailureRed) {
  save(clean_measurements());
  Measurements run = clean_measurements();
  run.kinks[0].native_choice = "0.5";
  const Judgement open = judge(run, default_policy(), compare_with_baseline(run, file_));
  EXPECT_EQ(open.exit_code, exit_environment);
  EXPECT_EQ(open.outcome, Outcome::inconclusive);
  EXPECT_THAT(open.headline, HasSubstr("native aten::relu relu is '0.5' and was '0'"));
  at_fp32(run).gradients->tensors[0].nans = 1;
  const Judgement red = judge(run, default_policy(), compare_with_baseline(run, file_));
  EXPECT_EQ(red.exit_code, exit_failed) << "what fails whatever was measured before";
}

TEST_F(Baseline, IsMissedAndNeverMadeByAComparison) {
  EXPECT_THROW(mismatch(clean_measurements()), EnvironmentMismatch);
  EXPECT_THAT(early_mismatch(clean_measurements()), HasSubstr("there is no such baseline"));
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(Baseline, LeavesOtherEnvironmentsAndTheirCommentsAlone) {
  save(clean_measurements());
  Measurements other = clean_measurements();
  other.environment["processor"] = "x86-64 B";
  save(other);
  Measurements third = clean_measurements();
  third.environment["processor"] = "x86-64 C";
  save(third);
  std::string edited = text();
  const std::string header = "[[environment]]\n";
  edited.insert(edited.find(header, edited.find(header) + 1), "# the old build machine\n");
  std::ofstream(file_, std::ios::binary) << edited;
  // The one before, between and after the comment drifts.
  for (Measurements* run : {&third, &other}) {
    at_fp32(*run).errors[0].relative_l2 = 3e-7;
    save(*run);
  }
  Measurements first = clean_measurements();
  at_fp32(first).errors[0].relative_l2 = 3e-7;
  save(first);
  std::string expected = edited;
  const std::string line = "\"fp32 relative_error w\" = 1e-07\n";
  for (std::size_t at = expected.find(line); at != std::string::npos; at = expected.find(line)) {
    expected.replace(at, line.size(), "\"fp32 relative_error w\" = 3e-07\n");
  }
  EXPECT_EQ(text(), expected);
}

TEST_F(Baseline, IsNotTouchedWhereNothingDrifted) {
  save(clean_measurements());
  const auto written = std::filesystem::last_write_time(file_);
  std::filesystem::last_write_time(file_, written - std::chrono::hours(1));
  EXPECT_THAT(save(clean_measurements()), HasSubstr("was left alone"));
  EXPECT_EQ(std::filesystem::last_write_time(file_), written - std::chrono::hours(1));
}

TEST_F(Baseline, IsSavedOnlyFromRunsThatAgree) {
  const auto error_of = [this](const std::vector<Measurements>& runs) {
    const std::string error = input_error_of([&] { save_baseline(file_, runs, nullptr); });
    EXPECT_FALSE(std::filesystem::exists(file_));
    return error;
  };
  EXPECT_THAT(error_of({}), HasSubstr("at least 2 runs"));
  EXPECT_THAT(error_of({clean_measurements()}), HasSubstr("there is 1"));
  std::vector<Measurements> runs(3, clean_measurements());
  double& error = at_fp32(runs[2]).errors[1].relative_l2;
  error = std::nextafter(error, 1.0);
  EXPECT_THAT(error_of(runs), HasSubstr("'fp32 relative_error b' is 1e-07 and 1.0000000000000001e-07"));
  error = std::nan("");
  EXPECT_THAT(error_of(runs), HasSubstr("'fp32 relative_error b' is NaN"));
  runs.assign(2, clean_measurements());
  runs[1].environment["BLAS"] = "MKL";
  EXPECT_THAT(error_of(runs), HasSubstr("'BLAS' is OpenBLAS 0.3.21 Haswell and MKL"));
  runs.assign(2, clean_measurements());
  runs[1].aborted = "killed";
  EXPECT_THAT(error_of(runs), HasSubstr("did not come to its end (killed)"));
}

TEST_F(Baseline, IsNeverSavedInContinuousIntegration) {
  const std::vector<Measurements> runs(2, clean_measurements());
  for (const char* value : {"true", "1", "yes", "no", " "}) {
    EXPECT_THAT(input_error_of([&] { save_baseline(file_, runs, value); }), HasSubstr("where CI is set"))
        << value;
    EXPECT_FALSE(std::filesystem::exists(file_));
  }
  for (const char* value : {"", "0", "false", "FALSE", "False"}) {
    EXPECT_NO_THROW(save_baseline(file_, runs, value)) << value;
  }
  EXPECT_FALSE(says_ci(nullptr));
}

TEST_F(Baseline, SurvivesOddNames) {
  Measurements run = clean_measurements();
  run.environment["proc\x01\"\\\n\xFF"] = "a\"\n\x7F";
  run.tensors[0].name = "w\t\"\x1B";
  for (PrecisionResults& results : run.precisions) {
    results.errors[0].tensor = run.tensors[0].name;
  }
  save(run);
  EXPECT_EQ(compare_with_baseline(run, file_).at(0).verdict, CheckVerdict::pass);
}

TEST_F(Baseline, IsNoFolder) {
  EXPECT_THAT(input_error_of([] { compare_with_baseline(clean_measurements(), "/"); }),
              HasSubstr("/: the baseline cannot be read (it is a folder)"));
}

TEST_F(Baseline, RefusesADamagedFileAndLeavesItAlone) {
  const auto error_of = [this](const std::string& damaged) {
    std::ofstream(file_, std::ios::binary) << damaged;
    const std::string error = input_error_of([this] { save(clean_measurements()); });
    EXPECT_EQ(text(), damaged);
    EXPECT_EQ(input_error_of([this] { compare_with_baseline(clean_measurements(), file_); }), error);
    return error;
  };
  const std::string name = file_.string();
  EXPECT_THAT(error_of("version = 1\n[[env"), testing::StartsWith(name + ":2:"));
  EXPECT_THAT(error_of("x = 1\n"), HasSubstr("reads baselines of \"version = 1\""));
  EXPECT_THAT(error_of("version = 2\n"), testing::StartsWith(name + ":1:11: "));
  EXPECT_THAT(error_of("version = 1\nx = 1\n"), testing::StartsWith(name + ":2:1: "));
  EXPECT_THAT(error_of("version = 1\n[[environment]]\nx = 1\n"), testing::StartsWith(name + ":3:1: "));
  EXPECT_THAT(error_of("version = 1\n[[environment]]\n[environment.key]\na = 1\n"),
              HasSubstr("must be a text"));
  EXPECT_THAT(error_of("version = 1\n[[environment]]\n[environment.figures]\na = \"1\"\n"),
              HasSubstr("must be a number"));
  EXPECT_THAT(error_of("version = 1\n[[environment]]\n[[environment]]\n"), HasSubstr("same key"));
}

}  // namespace
}  // namespace relu0::gate
