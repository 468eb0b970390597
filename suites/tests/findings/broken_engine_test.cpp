// Engines that are broken on purpose (EngineFault): the assertions of exact_counts_test.cpp must find each of
// them, and so must those of native/precision_test.cpp. On fewer networks than there, which suffice to refute
// a finding; what a healthy engine shows on these is asserted, or its probability stated.
#include "suites/experiments/common.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/tests/findings/exact_surveys.hpp"
#include "suites/tests/findings/expect_none.hpp"
#include "suites/tests/findings/native/native_findings.hpp"
#include "suites/tests/findings/sweep_outcomes.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
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

/// A fault, and on how much it is looked for.
struct NativeFault {
  EngineFault fault;
  Precision precision;
  std::int64_t networks;
  std::optional<std::int64_t> images;    ///< absent: all
  std::optional<std::int64_t> impacted;  ///< networks, where the fault fixes it
};

// Each is told from a healthy engine, for which precision_test.cpp states the rates: with these all of 8
// networks are spared by 7,680 images at 16 bits with a probability of about 10^-6, and all of 52 by all
// images at 32 bits with at most 0.75^52 = 3 10^-7; that 256 images impact all of 8 is rarer still. Without
// rounding 40 of 40 have the rate of 32 bits, at most 0.7: 0.7^40 = 6 10^-7, where of a healthy engine's all
// are impacted.
TEST(BrokenNativeEngine, IsFoundByTheNativeFindings) {
  for (const NativeFault& of : {NativeFault{EngineFault::zeros_never_found, Precision::fp16, 8, 7'680, 0},
                                NativeFault{EngineFault::choice_ignored, Precision::fp16, 8, 7'680, 0},
                                NativeFault{EngineFault::zeros_never_found, Precision::fp32, 52, {}, 0},
                                NativeFault{EngineFault::choice_ignored, Precision::fp32, 52, {}, 0},
                                NativeFault{EngineFault::zeros_at_every_relu, Precision::fp32, 8, 256, 8},
                                NativeFault{EngineFault::zeros_at_every_relu, Precision::fp64, 8, 256, 8},
                                NativeFault{EngineFault::results_not_rounded, Precision::fp16, 40, {}, {}}}) {
    SCOPED_TRACE(fmt::format("{}, fault {}", name(of.precision), static_cast<int>(of.fault)));
    Survey faulty = survey(until_impacted(experiments_common::mlp_sweep({}, of.precision)), native_kernel,
                           of.networks, of.images);
    faulty.settings.fault = of.fault;
    const std::vector<nlohmann::json> draws = native_digits().draws(faulty);
    EXPECT_THAT(problems_at(of.precision, draws), Not(IsEmpty()));
    if (of.impacted) {
      EXPECT_EQ(sweeps(draws).in_zone(Rule::chain_rule).successes, *of.impacted);
    }
  }
}

}  // namespace
}  // namespace relu0::test
