// Engines that are broken on purpose (EngineFault): the assertions of exact_counts_test.cpp must find each of
// them, and so must those of native/precision_test.cpp. On fewer networks than there, which suffice to refute
// a finding, and on which it would show that an engine is whole by the portable kernels alone.
#include "suites/experiments/common.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/tests/findings/exact_surveys.hpp"
#include "suites/tests/findings/expect_none.hpp"
#include "suites/tests/findings/native/native_findings.hpp"
#include "suites/tests/findings/sweep_outcomes.hpp"

#include <gmock/gmock.h>

namespace relu0::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// The findings at the precision that a survey of an engine with a fault is held against.
std::vector<CountFinding> findings_at(Precision precision) {
  switch (precision) {
    case Precision::fp16:
      return {every_network_at_fp16({Verdict::reproduced, Verdict::inconclusive})};
    case Precision::fp32:
      return {some_networks_at_fp32(), not_every_network_at_fp32()};
    default:
      return {no_network_at_fp64()};
  }
}

/// What they say of the counts under the chain rule.
std::vector<std::string> problems_at(Precision precision, const std::vector<nlohmann::json>& draws) {
  std::vector<std::string> result;
  for (const CountFinding& finding : findings_at(precision)) {
    for (std::string& problem : problems(finding, sweeps(draws).in_zone(Rule::chain_rule))) {
      result.push_back(std::move(problem));
    }
  }
  return result;
}

/// The problems of the exact survey at a precision and of the findings at it, with an engine that has the
/// fault.
struct Verdicts {
  std::vector<std::string> counts;
  std::vector<std::string> findings;
};

Verdicts with_fault(EngineFault fault, Precision precision) {
  static const Surveyor surveyor({}, {datasets::mnist});
  ExactSurvey survey = broken_engine_surveys().at(precision);
  const ExpectedSurveys expected = read_expected_counts(RELU0_EXPECTED_COUNTS);
  survey.survey.settings.fault = fault;
  const std::vector<nlohmann::json> draws = surveyor.draws(survey.survey);
  return {count_differences(expected.at(survey.name).counts, survey.count(draws)),
          problems_at(precision, draws)};
}

/// What both assertions say of a fault that is found at the precision.
void expect_found(EngineFault fault, Precision precision, const std::string& count) {
  const Verdicts verdicts = with_fault(fault, precision);
  EXPECT_THAT(verdicts.counts, Contains(HasSubstr(count)));
  EXPECT_THAT(verdicts.findings, Not(IsEmpty()));
}

TEST(BrokenEngine, TheHealthyOnePasses) {
  for (const Precision precision : {Precision::fp16, Precision::fp32, Precision::fp64}) {
    const Verdicts verdicts = with_fault(EngineFault::none, precision);
    EXPECT_THAT(verdicts.counts, IsEmpty());
    EXPECT_THAT(verdicts.findings, IsEmpty());
  }
}

TEST(BrokenEngine, ZerosNeverFoundIsFound) {
  expect_found(EngineFault::zeros_never_found, Precision::fp16,
               "impacted networks, chain-rule: 0 instead of 8");
  expect_found(EngineFault::zeros_never_found, Precision::fp32,
               "impacted networks, chain-rule: 0 instead of 2");
}

TEST(BrokenEngine, ZerosAtEveryReluIsFound) {
  expect_found(EngineFault::zeros_at_every_relu, Precision::fp32,
               "impacted networks, chain-rule: 8 instead of 2");
  expect_found(EngineFault::zeros_at_every_relu, Precision::fp64,
               "impacted networks, chain-rule: 36 instead of 0");
}

TEST(BrokenEngine, ChoiceIgnoredIsFound) {
  expect_found(EngineFault::choice_ignored, Precision::fp16, "impacted networks, chain-rule: 0 instead of 8");
  expect_found(EngineFault::choice_ignored, Precision::fp32, "impacted networks, chain-rule: 0 instead of 2");
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
    EXPECT_EQ(problems(happens("trainings drift apart at 32 bits"), apart).empty(),
              fault == EngineFault::none);
  }
}

TEST(BrokenEngine, ResultsNotRoundedIsFound) {
  expect_found(EngineFault::results_not_rounded, Precision::fp16, "impacted networks, chain-rule: ");
}

// At 16 bits, rounding dropped, a network of these 8 shows a zero with the rate of 32 bits, so rarely among
// 1,024 images that "every network" is refuted all the same.
TEST(BrokenNativeEngine, IsFoundByTheNativeFindings) {
  constexpr std::int64_t networks = 8;
  constexpr std::int64_t images = 1024;
  for (const auto& [fault, precision] : {std::pair{EngineFault::zeros_never_found, Precision::fp16},
                                         {EngineFault::zeros_never_found, Precision::fp32},
                                         {EngineFault::zeros_at_every_relu, Precision::fp32},
                                         {EngineFault::zeros_at_every_relu, Precision::fp64},
                                         {EngineFault::choice_ignored, Precision::fp16},
                                         {EngineFault::choice_ignored, Precision::fp32},
                                         {EngineFault::results_not_rounded, Precision::fp16}}) {
    Survey faulty = survey(experiments_common::mlp_sweep({}, precision), native_kernel, networks, images);
    faulty.settings.fault = fault;
    EXPECT_THAT(problems_at(precision, native_digits().draws(faulty)), Not(IsEmpty()))
        << name(precision) << ", fault " << static_cast<int>(fault);
  }
}

}  // namespace
}  // namespace relu0::test
