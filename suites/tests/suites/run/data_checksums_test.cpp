// The command that a report shows repeats the run on the same data, or not at all.
#include "suites/run/data_checksums.hpp"

#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/suites/run/idx_files.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;
using test::input_error_of;
using test::run_relu0;
using test::TemporaryFolder;
using test::write_idx_digits;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(DataChecksums, AreReadBackFromTheirText) {
  const DataChecksums checksums{{"cifar10", "0123456789abcdef"}, {"mnist", "fedcba9876543210"}};
  EXPECT_EQ(checksums_text(checksums), "cifar10=0123456789abcdef,mnist=fedcba9876543210");
  EXPECT_EQ(parse_data_checksums(checksums_text(checksums)), checksums);
  EXPECT_EQ(parse_data_checksums("cifar10=0123456789ABCDEF,mnist=FedCBA9876543210"), checksums);
}

TEST(DataChecksums, OfAnotherFormAreRefused) {
  for (const char* text :
       {"mnist", "mnist=", "mnist=0123", "mnist=0123456789ABCDEG", "=0123456789abcdef",
        "minst=0123456789abcdef", "mnist=0123456789abcdef,", "mnist=0123456789abcdef0", ""}) {
    EXPECT_THAT(input_error_of([&] { parse_data_checksums(text); }), HasSubstr("--data-checksum '")) << text;
  }
  EXPECT_THAT(input_error_of([] { parse_data_checksums("mnist=0123456789abcdef,mnist=0123456789abcdef"); }),
              HasSubstr("mnist stands there twice"));
}

/// The words of a command without quotes.
std::vector<std::string> words_of(const std::string& command) {
  std::istringstream stream(command);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

class RepeatedRun : public ::testing::Test {
 protected:
  /// Runs a small sweep, and returns the arguments of the command that repeats it.
  std::vector<std::string> run(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{
        "run", "precision", "--only",     "precision=fp16,network=mlp-3x256", "--images", "100", "--networks",
        "1",   "--out",     out_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto end = run_relu0(arguments);
    EXPECT_EQ(end.exit_code, exit_pass) << end.output;
    std::vector<std::string> words = words_of(command());
    words.erase(words.begin());
    words.insert(words.end(), {"--out", (folder_.path() / "again").string()});
    return words;
  }
  [[nodiscard]] std::string command() const {
    return Store::open_for_reading(out_ / "results.sqlite").run_info().command;
  }

  TemporaryFolder folder_;
  fs::path out_ = folder_.path() / "out";
  fs::path data_ = folder_.path() / "data";
};

TEST_F(RepeatedRun, CarriesTheFolderAndRefusesItsOtherContent) {
  write_idx_digits(data_, 1);
  const std::vector<std::string> again = run({"--data", data_.string()});
  EXPECT_THAT(command(), HasSubstr(" --data " + data_.string() + " --data-checksum mnist="));
  EXPECT_EQ(run_relu0(again).exit_code, exit_pass);
  write_idx_digits(data_, 2);
  fs::remove_all(folder_.path() / "again");
  const auto end = run_relu0(again);
  EXPECT_EQ(end.exit_code, exit_environment) << end.output;
  EXPECT_THAT(end.output, AllOf(HasSubstr("MNIST: "), HasSubstr("was expected; found was MNIST train")));
  EXPECT_FALSE(fs::exists(folder_.path() / "again")) << "nothing was measured";
}

TEST_F(RepeatedRun, QuotesTheFolderForAShell) {
  data_ = folder_.path() / "it's here";
  write_idx_digits(data_, 1);
  run({"--data", data_.string()});
  EXPECT_THAT(command(),
              HasSubstr(" --data '" + (folder_.path() / "it'\\''s here").string() + "' --data-checksum "));
}

TEST_F(RepeatedRun, OnEmbeddedImagesIsNotMadeOnAFolderThatTheVariableNames) {
  const std::vector<std::string> again = run({});
  EXPECT_THAT(command(), AllOf(HasSubstr(" --data-checksum mnist="), Not(HasSubstr("--data "))));
  EXPECT_EQ(run_relu0(again).exit_code, exit_pass);
  write_idx_digits(data_, 1);
  fs::remove_all(folder_.path() / "again");
  const auto end = run_relu0(again, {}, {{"RELU0_DATA_DIR", data_.string()}});
  EXPECT_EQ(end.exit_code, exit_environment) << end.output;
}

TEST_F(RepeatedRun, OnDataOfWhichNothingIsSaidIsRefused) {
  const auto end =
      run_relu0({"run", "precision", "--data-checksum", "svhn=0123456789abcdef", "--out", out_.string()});
  EXPECT_EQ(end.exit_code, exit_environment) << end.output;
  EXPECT_THAT(end.output, HasSubstr("MNIST: nothing is said of it; found was embedded digits"));
}

}  // namespace
}  // namespace relu0
