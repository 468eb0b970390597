// Engines that are broken on purpose (EngineFault): the assertions of exact_counts_test.cpp must find each of
// them. At 16 bits on fewer networks than there, which a finding that every network shows is refuted by as
// well.
#include "suites/measurements/divergence.hpp"
#include "suites/tests/findings/exact_surveys.hpp"
#include "suites/tests/findings/expect_none.hpp"
#include "suites/tests/findings/findings.hpp"
#include "suites/tests/findings/sweep_outcomes.hpp"

#include <gmock/gmock.h>

namespace relu0::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::size_t at_fp16 = 0;
constexpr std::size_t at_fp64 = 1;

/// The problems of the exact survey at a precision and of the finding at it, with an engine that has the
/// fault.
struct Verdicts {
  std::vector<std::string> counts;
  std::vector<std::string> finding;
};

Verdicts with_fault(EngineFault fault, std::size_t precision) {
  static const Surveyor surveyor({}, {datasets::mnist});
  ExactSurvey survey = broken_engine_surveys()[precision];
  const ExpectedSurveys expected = read_expected_counts(RELU0_EXPECTED_COUNTS);
  survey.survey.settings.fault = fault;
  const std::vector<nlohmann::json> draws = surveyor.draws(survey.survey);
  const SweepEvidence evidence = sweeps(draws);
  return {count_differences(expected.at(survey.name).counts, survey.count(draws)),
          precision == at_fp16 ? problems(every_network_at_fp16({Verdict::reproduced, Verdict::inconclusive}),
                                          evidence.in_zone(Rule::chain_rule))
                               : problems(no_network_at_fp64(), evidence.in_zone(Rule::chain_rule))};
}

/// What both assertions say of a fault that is found at the precision.
void expect_found(EngineFault fault, std::size_t precision, const std::string& count) {
  const Verdicts verdicts = with_fault(fault, precision);
  EXPECT_THAT(verdicts.counts, Contains(HasSubstr(count)));
  EXPECT_THAT(verdicts.finding, Contains(HasSubstr("not reproduced")));
}

TEST(BrokenEngine, TheHealthyOnePasses) {
  for (const std::size_t precision : {at_fp16, at_fp64}) {
    const Verdicts verdicts = with_fault(EngineFault::none, precision);
    EXPECT_THAT(verdicts.counts, IsEmpty());
    EXPECT_THAT(verdicts.finding, IsEmpty());
  }
}

TEST(BrokenEngine, ZerosNeverFoundIsFound) {
  expect_found(EngineFault::zeros_never_found, at_fp16, "impacted networks, chain-rule: 0 instead of 8");
}

TEST(BrokenEngine, ZerosAtEveryReluIsFound) {
  expect_found(EngineFault::zeros_at_every_relu, at_fp64, "impacted networks, chain-rule: 36 instead of 0");
}

TEST(BrokenEngine, ChoiceIgnoredIsFound) {
  expect_found(EngineFault::choice_ignored, at_fp16, "impacted networks, chain-rule: 0 instead of 8");
}

TEST(BrokenEngine, ChoiceIgnoredIsFoundByTrainings) {
  ExactSurvey survey = divergence_surveys().front();
  survey.survey.settings.networks = 1;
  const Surveyor surveyor({}, {datasets::mnist});
  for (const EngineFault fault : {EngineFault::none, EngineFault::choice_ignored}) {
    survey.survey.settings.fault = fault;
    const auto outcome = surveyor.outcomes<Divergence>(survey.survey).front();
    ASSERT_TRUE(outcome.first_zero);
    const Proportion apart{outcome.rules.front().first_different ? 1 : 0, 1};
    EXPECT_THAT(problems(happens("trainings drift apart at 32 bits"), apart),
                fault == EngineFault::none ? ::testing::Matcher<std::vector<std::string>>(IsEmpty())
                                           : ::testing::Matcher<std::vector<std::string>>(Not(IsEmpty())));
  }
}

TEST(BrokenEngine, ResultsNotRoundedIsFound) {
  expect_found(EngineFault::results_not_rounded, at_fp16, "impacted networks, chain-rule: ");
}

}  // namespace
}  // namespace relu0::test
