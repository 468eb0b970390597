// The file of expected counts itself, and the probabilities of false alarms.
#include "suites/tests/findings/expected_counts.hpp"

#include "suites/tests/findings/exact_surveys.hpp"
#include "suites/tests/findings/findings.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/temporary_folder.hpp"
#include "suites/tests/text_file.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

namespace relu0::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ExpectedCounts counts{
    .networks = 3, .settings = R"({"batch_size":256,"images":600})", .counts = {{"zeros", 7}}};

std::string error_of(const std::string& text) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "counts.json";
  std::ofstream(file) << text;
  return input_error_of([&file] { (void)read_expected_counts(file); });
}

TEST(ExpectedCountsFile, IsReadAsItIsWritten) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "counts.json";
  std::ofstream(file) << expected_counts_text({{"a", counts}});
  EXPECT_THAT(differences(read_expected_counts(file), "a", counts), IsEmpty());
}

TEST(ExpectedCountsFile, OfAnotherVersionIsRefused) {
  const std::string error = error_of(R"({"format": "relu0 expected counts", "version": 2, "surveys": {}})");
  EXPECT_THAT(error, HasSubstr("/version is 2, and only version 1 is read"));
  EXPECT_THAT(error, HasSubstr("--target update_expected_counts"));
}

TEST(ExpectedCountsFile, OfAnotherVersionIsNotUpdated) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "counts.json";
  const std::string text = R"({"format": "relu0 expected counts", "version": 2, "surveys": {}})";
  std::ofstream(file) << text;
  const auto said = folder.path() / "said";
  const int status = std::system(
      fmt::format("'{}' '{}' >'{}' 2>&1", RELU0_UPDATE_EXPECTED_COUNTS, file.string(), said.string())
          .c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_THAT(text_of(said), HasSubstr("/version is 2"));
  EXPECT_EQ(text_of(file), text) << "the file stays as it is";
}

TEST(ExpectedCountsFile, DamagedIsRefusedWithThePlace) {
  EXPECT_THAT(error_of("{"), HasSubstr("is no JSON file"));
  EXPECT_THAT(
      error_of(R"({"format": "relu0 expected counts", "version": 1, "surveys": {"a": {"networks": 1}}})"),
      HasSubstr("/surveys/a is damaged"));
}

TEST(ExpectedCountsFile, NamesAStaleSettingAndAnotherCount) {
  ExpectedCounts other = counts;
  other.settings = R"({"batch_size":256,"images":700})";
  EXPECT_THAT(differences({{"a", counts}}, "a", other),
              ElementsAre(HasSubstr("'a' are stale"), HasSubstr("'images' was 600 and is 700"),
                          HasSubstr(update_command)));
  other = counts;
  other.counts["zeros"] = 8;
  EXPECT_THAT(differences({{"a", counts}}, "a", other), Contains(HasSubstr("zeros: 8 instead of 7")));
  EXPECT_THAT(differences({}, "a", counts), Contains(HasSubstr("nothing is expected of the survey 'a'")));
}

TEST(ExpectedCountsFile, HoldsEverySurvey) {
  ExpectedSurveys expected = read_expected_counts(RELU0_EXPECTED_COUNTS);
  for (const SurveyGroup& group : exact_survey_groups()) {
    for (const ExactSurvey& survey : group.surveys) {
      EXPECT_EQ(expected.erase(survey.name), 1U) << survey.name;
    }
  }
  EXPECT_THAT(expected, IsEmpty()) << "surveys that are not made any more";
}

// P(no success in 10) at the lowest rate, in closed form.
TEST(FalseAlarm, IsTheProbabilityOfAVerdictThatIsNotAccepted) {
  EXPECT_NEAR(false_alarm(happens("x"), 10, {0.5, 0.9}), std::pow(0.5, 10), 1e-15);
  EXPECT_EQ(false_alarm(never_happens("x"), 10, {0, 0}), 0);
  EXPECT_NEAR(false_alarm(never_happens("x"), 10, {1, 1}), 1, 1e-12);
}

// A pair of levels that never differ is never found to grow; one that always does always is.
TEST(FalseAlarm, OfPairsCountsEveryOutcome) {
  EXPECT_NEAR(false_alarm(grows("x"), 20, 0, 0), 1, 1e-12);
  EXPECT_NEAR(false_alarm(grows("x"), 20, 0, 1), 0, 1e-12);
  // At level 0.01 six pairs that all grew are 2^-6, and seven are 2^-7 < 0.01.
  double fewer_than_seven = 0;
  double term = std::pow(0.5, 20);
  for (int k = 0; k < 7; ++k) {
    fewer_than_seven += term;
    term *= (20.0 - k) / (k + 1);
  }
  EXPECT_NEAR(false_alarm(grows("x"), 20, 0, 0.5), fewer_than_seven, 1e-12);
}

}  // namespace
}  // namespace relu0::test
