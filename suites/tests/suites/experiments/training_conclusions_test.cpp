// What divergence and zero-counts conclude from synthetic measurements.
#include "fixtures/published/published.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/zeros_in_training.hpp"
#include "suites/tests/suites/experiments/conclusions.hpp"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::Conclusions;
using ::testing::HasSubstr;
using ::testing::Not;

/// A network that drifts apart after that iteration under the rules given, of 100.
DivergenceOutcome trained(std::int64_t first, const std::vector<Rule>& apart) {
  constexpr std::int64_t iterations = 100;
  DivergenceOutcome outcome;
  outcome.iterations = iterations;
  if (!apart.empty()) {
    outcome.first_zero = first;
  }
  outcome.min_absolute_pre_activation.assign(iterations, 1e-7);
  outcome.control_distance.assign(iterations, 0);
  for (const Rule rule : all_rules) {
    RuleDivergence& result = outcome.rules.emplace_back();
    result.rule = rule;
    result.distance.assign(iterations, 0);
    if (std::find(apart.begin(), apart.end(), rule) != apart.end()) {
      result.first_different = first;
      std::fill(result.distance.begin() + first, result.distance.end(), 1e-5);
    }
  }
  return outcome;
}

class DivergenceConclusions : public Conclusions {};

TEST_F(DivergenceConclusions, OneNetworkShowsItAt32BitsAndRefutesItAt64) {
  const Results results = conclude("divergence", 40, [](const Setting& /*setting*/, std::int64_t draw) {
    return draw == 3 ? trained(10, {Rule::chain_rule, Rule::published_code}) : trained(0, {});
  });
  for (const char* setting : {"fp32, chain-rule", "fp32, published-code"}) {
    EXPECT_EQ(finding(results, "divergence", setting).verdict, Verdict::reproduced) << setting;
  }
  for (const char* setting : {"fp16, chain-rule", "bf16, chain-rule", "tf32, published-code"}) {
    EXPECT_EQ(finding(results, "divergence", setting).verdict, Verdict::measured)
        << setting << " is not shown";
  }
  EXPECT_EQ(finding(results, "divergence", "fp64, chain-rule").verdict, Verdict::not_reproduced);
  const Table& trainings = table(results, "divergence-trainings");
  ASSERT_EQ(trainings.rows.size(), 10U);
  EXPECT_EQ(at(trainings, 6, "precision"), "fp32");
  EXPECT_THAT(at(trainings, 6, "drift apart"), HasSubstr("1/40"));
  EXPECT_EQ(at(trainings, 6, "first differs"), "10");
  EXPECT_EQ(at(trainings, 6, "L1 distance"), "1e-05");
  EXPECT_EQ(at(trainings, 6, "control"), "same bits");
  ASSERT_EQ(results.figures.size(), 3U);
  for (const FigureSeries& series : results.figures[0].series) {
    EXPECT_EQ(series.points.size(), 90U) << "from the iteration on at which the weights differ";
    EXPECT_EQ(series.points.front().x, 11);
  }
}

TEST_F(DivergenceConclusions, NoNetworkRefutesItAt32BitsAndShowsItAt64) {
  const Results results = conclude(
      "divergence", 40, [](const Setting& /*setting*/, std::int64_t /*draw*/) { return trained(0, {}); });
  EXPECT_EQ(finding(results, "divergence", "fp32, chain-rule").verdict, Verdict::not_reproduced);
  EXPECT_EQ(finding(results, "divergence", "fp64, chain-rule").verdict, Verdict::reproduced);
  EXPECT_TRUE(finding(results, "divergence", "fp32, chain-rule").headline);
  EXPECT_TRUE(finding(results, "divergence", "fp64, chain-rule").headline);
  EXPECT_EQ(results.figures.size(), 1U) << "no distance to draw, only the pre-activations";
}

TEST_F(DivergenceConclusions, FewNetworksDecideNothing) {
  const Results results = conclude(
      "divergence", 2, [](const Setting& /*setting*/, std::int64_t /*draw*/) { return trained(0, {}); });
  for (const Finding& of : results.findings) {
    const bool is_shown = of.precision == Precision::fp32 || of.precision == Precision::fp64;
    EXPECT_EQ(of.verdict, is_shown ? Verdict::inconclusive : Verdict::measured) << of.setting;
  }
}

TEST_F(DivergenceConclusions, SayWhatHoldsUnderThePublishedCodeOnly) {
  const auto published_code_only = [](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return trained(10, {Rule::published_code});
  };
  const Results results = conclude("divergence", 40, published_code_only);
  EXPECT_EQ(finding(results, "divergence", "fp32, chain-rule").verdict, Verdict::not_reproduced);
  const Finding& published_code = finding(results, "divergence", "fp32, published-code");
  EXPECT_EQ(published_code.verdict, Verdict::reproduced);
  EXPECT_THAT(published_code.why, HasSubstr("holds only under the published code"));
  const Results both = conclude("divergence", 40, [](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return trained(10, {Rule::chain_rule, Rule::published_code});
  });
  EXPECT_THAT(finding(both, "divergence", "fp32, published-code").why, Not(HasSubstr("holds only")));
}

TEST_F(DivergenceConclusions, AFailedControlLeavesNothingConcluded) {
  const Results results = conclude("divergence", 40, [](const Setting& /*setting*/, std::int64_t draw) {
    DivergenceOutcome outcome = trained(10, {Rule::chain_rule, Rule::published_code});
    outcome.deterministic = draw != 7;
    return outcome;
  });
  for (const Finding& of : results.findings) {
    EXPECT_EQ(of.verdict, Verdict::inconclusive) << of.setting;
    EXPECT_THAT(of.why, HasSubstr("not deterministic here"));
  }
  EXPECT_EQ(at(table(results, "divergence-trainings"), 0, "control"), "differs");
}

const PublishedZeros& published(const Setting& setting) {
  const auto& mlp = std::get<Mlp>(setting.network);
  const int bits = storage_bits(setting.precision) == 16 ? 16 : 32;
  const auto& rows = published_zero_counts().rows;
  return *std::find_if(rows.begin(), rows.end(), [&](const PublishedZeros& row) {
    return row.precision_bits == bits && row.hidden_layers == mlp.hidden_layers && row.neurons == mlp.width;
  });
}

/// Epochs that hold the published zeros of the network, times a factor, spread over `epochs`.
ZeroTrainingOutcome as_published(const Setting& setting, std::int64_t epochs, double factor) {
  const PublishedZeros& row = published(setting);
  ZeroTrainingOutcome outcome;
  outcome.minibatches = 469;
  const std::int64_t zeros = epochs == 1 ? row.first_epoch_zeros : row.zeros;
  for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
    outcome.epochs.push_back({.iterations = 469,
                              .zeros = epoch == 0 ? std::llround(static_cast<double>(zeros) * factor) : 0,
                              .relu_inputs = row.relu_inputs / row.epochs});
  }
  return outcome;
}

class ZeroCountsConclusions : public Conclusions {};

TEST_F(ZeroCountsConclusions, AreReproducedByThePublishedCounts) {
  const Results results = conclude("zero-counts", 1, [](const Setting& setting, std::int64_t /*draw*/) {
    return as_published(setting, 100, 1);
  });
  for (const char* setting : {"fp16", "tf32", "fp32"}) {
    const Finding& of = finding(results, "zero-counts", setting);
    EXPECT_EQ(of.verdict, Verdict::reproduced) << setting;
    EXPECT_THAT(of.published, HasSubstr("100 epochs"));
  }
  for (const char* setting : {"bf16", "fp64"}) {
    const Finding& of = finding(results, "zero-counts", setting);
    EXPECT_EQ(of.verdict, Verdict::measured) << setting;
    EXPECT_THAT(of.published, HasSubstr("not measured"));
  }
  EXPECT_EQ(results.heat_maps.size(), 6U) << "four precisions measured, two published";
  EXPECT_EQ(table(results, "zero-counts").rows.size(), 81U);
  EXPECT_EQ(at(table(results, "zero-counts"), 0, "run"), "100 epochs");
}

TEST_F(ZeroCountsConclusions, AreNotReproducedByTenTimesAsMany) {
  const Results results = conclude("zero-counts", 1, [](const Setting& setting, std::int64_t /*draw*/) {
    return as_published(setting, 100, 10);
  });
  EXPECT_EQ(finding(results, "zero-counts", "fp16").verdict, Verdict::not_reproduced);
  EXPECT_EQ(finding(results, "zero-counts", "fp32").verdict, Verdict::not_reproduced);
}

TEST_F(ZeroCountsConclusions, HoldAFirstEpochAgainstThePublishedOne) {
  const Results results = conclude("zero-counts", 1, [](const Setting& setting, std::int64_t /*draw*/) {
    return as_published(setting, 1, 1);
  });
  const Finding& of = finding(results, "zero-counts", "fp16");
  EXPECT_EQ(of.verdict, Verdict::reproduced) << of.why;
  // The file's 16-bit rows: 253 zeros in the first epochs of 60,000 · (1 + 2 + 3 + 5 + 6) · (16 + 64 + 256 +
  // 512) inputs.
  EXPECT_THAT(of.published, HasSubstr("2.9e-07 of the ReLU inputs in the first epoch"));
  EXPECT_THAT(of.agreement, HasSubstr("beside 2.9e-07 published for it"));
}

TEST_F(ZeroCountsConclusions, SayThatNoWholeEpochWasMeasured) {
  const Results results = conclude("zero-counts", 1, [](const Setting& setting, std::int64_t /*draw*/) {
    ZeroTrainingOutcome outcome = as_published(setting, 1, 1);
    outcome.epochs.front().iterations = 156;
    return outcome;
  });
  const Finding& of = finding(results, "zero-counts", "fp16");
  EXPECT_EQ(of.agreement, "no whole first epoch was measured");
  EXPECT_EQ(of.verdict, Verdict::inconclusive);
  EXPECT_THAT(of.why, HasSubstr("no training went through 1 epoch(s) of all 60000 images"));
  EXPECT_EQ(at(table(results, "zero-counts"), 0, "run"), "156 of 469 iterations");
}

TEST_F(ZeroCountsConclusions, JudgeTheTrainingsThatWentAsFarAsThePublishedOnes) {
  // The others end before their zeros, which as many inputs would make too few.
  const Results results = conclude("zero-counts", 1, [](const Setting& setting, std::int64_t /*draw*/) {
    ZeroTrainingOutcome outcome = as_published(setting, 1, 1);
    if (std::get<Mlp>(setting.network).width < 512) {
      outcome.epochs.front().iterations = 156;
      outcome.epochs.front().zeros = 0;
    }
    return outcome;
  });
  const Finding& of = finding(results, "zero-counts", "fp16");
  EXPECT_EQ(of.verdict, Verdict::reproduced) << of.why;
  EXPECT_THAT(of.measured, HasSubstr("in trainings that went as far as the published ones; with the others"));
}

TEST_F(ZeroCountsConclusions, ASingleZeroDoesNotRefuteFirstEpochsOfWhichNoneWasPublished) {
  const auto narrow_epochs = [](std::int64_t zeros) {
    return [zeros](const Setting& setting, std::int64_t /*draw*/) {
      ZeroTrainingOutcome outcome = as_published(setting, 1, 1);
      const auto& mlp = std::get<Mlp>(setting.network);
      if (mlp.width > 64) {
        outcome.epochs.front().iterations = 156;
      } else if (mlp.width == 64 && mlp.hidden_layers == 6) {
        outcome.epochs.front().zeros = zeros;
      }
      return outcome;
    };
  };
  const Finding of = finding(conclude("zero-counts", 1, narrow_epochs(1)), "zero-counts", "fp32");
  EXPECT_EQ(of.verdict, Verdict::inconclusive);
  // 60,000 · (1 + 2 + 3 + 5 + 6) · (16 + 64) inputs.
  EXPECT_THAT(of.why, HasSubstr("beside none published among 8.2e+07"));
  EXPECT_EQ(finding(conclude("zero-counts", 1, narrow_epochs(100)), "zero-counts", "fp32").verdict,
            Verdict::not_reproduced);
}

TEST_F(ZeroCountsConclusions, AFailedControlLeavesNothingConcludedAtThatPrecision) {
  const Results results = conclude("zero-counts", 1, [](const Setting& setting, std::int64_t /*draw*/) {
    ZeroTrainingOutcome outcome = as_published(setting, 100, 1);
    outcome.deterministic = setting.precision != Precision::fp16;
    return outcome;
  });
  EXPECT_THAT(finding(results, "zero-counts", "fp16").why, HasSubstr("not deterministic here"));
  EXPECT_EQ(finding(results, "zero-counts", "fp32").verdict, Verdict::reproduced);
}

}  // namespace
}  // namespace relu0
