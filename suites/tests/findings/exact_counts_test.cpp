// The findings by the portable kernels: exact counts, and what they say of the paper.
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/tests/findings/exact_surveys.hpp"
#include "suites/tests/findings/expect_none.hpp"
#include "suites/tests/findings/findings.hpp"
#include "suites/tests/findings/sweep_outcomes.hpp"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace relu0::test {
namespace {

using Draws = std::vector<nlohmann::json>;
using DrawsByName = std::map<std::string, Draws>;

/// Makes the surveys, holds their counts against the expected ones, and returns their draws by their names.
DrawsByName surveyed(const Surveyor& surveyor, const std::vector<ExactSurvey>& surveys) {
  const ExpectedSurveys expected = read_expected_counts(RELU0_EXPECTED_COUNTS);
  DrawsByName result;
  for (const ExactSurvey& survey : surveys) {
    const Draws& draws = result[survey.name] = surveyor.draws(survey.survey);
    expect_none(differences(expected, survey.name, counted(surveyor, survey, draws)));
  }
  return result;
}

/// The draws of the precisions' surveys on the embedded digits, which several tests look at.
const DrawsByName& precision_draws_on_digits() {
  static const DrawsByName draws =
      surveyed(Surveyor({}, {datasets::mnist}), precision_surveys("embedded digits"));
  return draws;
}

/// The findings at the three precisions.
void expect_precision_findings(const DrawsByName& draws, const std::string& on) {
  const SweepEvidence fp16 = sweeps(draws.at("fp16 on " + on));
  const SweepEvidence fp32 = sweeps(draws.at("fp32 on " + on));
  const SweepEvidence fp64 = sweeps(draws.at("fp64 on " + on));
  for (const Rule rule : all_rules) {
    expect_none(problems(every_network_at_fp16({Verdict::reproduced}), fp16.in_zone(rule)));
    expect_none(problems(some_networks_at_fp32(), fp32.in_zone(rule)));
    expect_none(problems(not_every_network_at_fp32(), fp32.in_zone(rule)));
    expect_none(problems(about_half_at_fp32(), fp32.in_zone(rule)));
    expect_none(problems(no_network_at_fp64(), fp64.in_zone(rule)));
    // The share grows with the images seen: images beyond the first 10,000 add networks.
    expect_none(
        problems(happens("more images impact more networks"), impacted_later_than(fp32, rule, 10'000)));
  }
}

TEST(ExactOnDigits, Precision) { expect_precision_findings(precision_draws_on_digits(), "embedded digits"); }

TEST(ExactOnMnist, Precision) {
  if (!absent_real_data({datasets::mnist}).empty()) {
    GTEST_SKIP() << "RELU0_DATA_DIR names no folder with MNIST";
  }
  expect_precision_findings(
      surveyed(Surveyor(real_data_folder(), {datasets::mnist}), precision_surveys("MNIST")), "MNIST");
}

TEST(ExactOnDigits, DepthAndWidthGrowAndTheBatchSizeDoesNotCount) {
  const auto draws = surveyed(Surveyor({}, {datasets::mnist}), factor_surveys());
  const auto of = [&draws](const std::string& survey) {
    return sweeps(draws.at(survey + " on embedded digits"));
  };
  // The paper's network, of which the other levels are varied, on as many networks as they have.
  const SweepEvidence main = sweeps(precision_draws_on_digits().at("fp32 on embedded digits"));
  const SweepEvidence narrow = of("fp32 with 16 neurons a layer");
  ASSERT_EQ(main.draws.size(), narrow.draws.size());
  const SweepEvidence small_batches = of("fp32 with 16 images a mini-batch");
  for (const Rule rule : all_rules) {
    expect_none(problems(grows("depth"), paired(impacted(of("fp32 with 1 hidden layers"), rule),
                                                impacted(of("fp32 with 6 hidden layers"), rule))));
    expect_none(problems(grows("width"), paired(impacted(narrow, rule), impacted(main, rule))));
    std::vector<bool> same_networks = impacted(main, rule);
    same_networks.resize(small_batches.draws.size());
    EXPECT_EQ(impacted(small_batches, rule), same_networks)
        << "the forward pass of an image does not depend on its mini-batch";
  }
  const SweepEvidence few = of("fp16 with 16 images a mini-batch");
  const SweepEvidence many = of("fp16 with 1024 images a mini-batch");
  for (std::size_t draw = 0; draw < few.draws.size(); ++draw) {
    EXPECT_EQ(few.draws[draw].zeros, many.draws[draw].zeros);
    EXPECT_EQ(few.draws[draw].samples_with_zeros, many.draws[draw].samples_with_zeros);
  }
}

TEST(ExactDivergence, AtThirtyTwoBitsAndNotAtSixtyFour) {
  const auto draws = surveyed(Surveyor({}, {datasets::mnist}), divergence_surveys());
  const auto apart = [&draws](const char* survey, Rule rule) {
    Proportion result;
    for (const nlohmann::json& values : draws.at(survey)) {
      const DivergenceOutcome outcome = Divergence::decode(values);
      EXPECT_TRUE(outcome.deterministic);
      ++result.trials;
      result.successes +=
          std::any_of(outcome.rules.begin(), outcome.rules.end(),
                      [rule](const auto& of) { return of.rule == rule && of.first_different; })
              ? 1
              : 0;
    }
    return result;
  };
  for (const Rule rule : all_rules) {
    expect_none(problems(happens("trainings drift apart at 32 bits"),
                         apart("divergence at fp32 on embedded digits", rule)));
    expect_none(problems(never_happens("trainings drift apart at 64 bits"),
                         apart("divergence at fp64 on embedded digits", rule)));
  }
}

TEST(ExactZeroOrigins, ZerosAreMadeByRounding) {
  const Surveyor surveyor({}, {datasets::mnist});
  const auto draws = surveyed(surveyor, zero_origin_surveys());
  for (const ExactSurvey& survey : zero_origin_surveys()) {
    const Counts counts = survey.count(draws.at(survey.name));
    EXPECT_GT(counts.at("zeros made by rounding"), 0);
    EXPECT_EQ(counts.at("zeros that are exact"), 0);
    EXPECT_EQ(counts.at("undecided zeros"), 0);
  }
}

void expect_convolution_findings(const Surveyor& surveyor, const std::string& on) {
  const auto draws = surveyed(surveyor, convolution_surveys(on));
  for (const char* precision : {"fp16", "tf32"}) {
    const SweepEvidence evidence = sweeps(draws.at(fmt::format("VGG11 at {} on {}", precision, on)));
    for (const Rule rule : all_rules) {
      expect_none(
          problems(happens(fmt::format("VGG11 is impacted at {}", precision)), evidence.in_zone(rule)));
    }
  }
}

TEST(ExactConvolutions, OnEmbeddedImages) {
  expect_convolution_findings(Surveyor({}, {datasets::cifar10}), "embedded images");
}

TEST(ExactConvolutionsOnCifar10, OnCifar10) {
  if (!absent_real_data({datasets::cifar10}).empty()) {
    GTEST_SKIP() << "RELU0_DATA_DIR names no folder with CIFAR-10";
  }
  expect_convolution_findings(Surveyor(real_data_folder(), {datasets::cifar10}), "CIFAR-10");
}

}  // namespace
}  // namespace relu0::test
