// What each experiment concludes from a run that looked at less than the published measurement.
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/zeros_in_training.hpp"
#include "suites/tests/suites/experiments/conclusions.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <functional>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t few_images = 2'048;
const char* const only_few = "only 2048 of the published 60000 images";

class ReducedRuns : public test::Conclusions {
 protected:
  ReducedRuns() { use_images(few_images); }

  /// A run of a sweep experiment in which draw i of a setting is impacted where `impacted` says so.
  Results swept(std::string_view id, std::int64_t networks,
                const std::function<bool(const Setting&, std::int64_t)>& impacted) {
    return conclude(id, networks, [&](const Setting& setting, std::int64_t draw) {
      SweepOutcome outcome;
      outcome.minibatches = 8;
      outcome.images = few_images;
      for (const Rule rule : all_rules) {
        RuleOutcome& result = outcome.rules.emplace_back();
        result.rule = rule;
        if (impacted(setting, draw)) {
          result.impacted = 1;
          result.first_impacted = 5;
          result.first_layer = 5;
          result.first_image = 1'300;
          result.relative_l2 = {1e-5};
        }
      }
      return outcome;
    });
  }
};

TEST_F(ReducedRuns, PrecisionRefutesNothingBecauseTooFewAreImpacted) {
  const Results results =
      swept("precision", 12, [](const Setting& /*setting*/, std::int64_t draw) { return draw < 5; });
  const Finding& fp16 = finding(results, "fp16-systematic", "fp16, chain-rule, mlp-3x256");
  EXPECT_EQ(fp16.verdict, Verdict::inconclusive);
  EXPECT_THAT(fp16.why, HasSubstr(only_few));
  EXPECT_THAT(fp16.agreement, HasSubstr("no comparison of counts"));
  EXPECT_EQ(at(table(results, "precision-counts"), 0, "agreement (first layer)").substr(0, 23),
            "no comparison of counts");
  use_images(60'000);
  const Results whole =
      swept("precision", 12, [](const Setting& /*setting*/, std::int64_t draw) { return draw < 5; });
  EXPECT_EQ(finding(whole, "fp16-systematic", "fp16, chain-rule, mlp-3x256").verdict,
            Verdict::not_reproduced);
}

TEST_F(ReducedRuns, TheReportsFirstScreenSaysAmongHowManyImages) {
  const auto never = [](const Setting& /*setting*/, std::int64_t /*draw*/) { return false; };
  const std::string part = "2048 of the published 60000 images";
  const Results results = swept("precision", 4, never);
  for (const Finding& of : results.findings) {
    EXPECT_EQ(of.part_seen, part) << of.setting;
  }
  EXPECT_THAT(results.figures.at(0).caption, HasSubstr("Measured here on " + part + " only"));
  for (const char* id : {"depth", "width"}) {
    EXPECT_EQ(finding(swept(id, 4, never), "fp64-none", "fp64, chain-rule").part_seen, part) << id;
  }
  use_images(60'000);
  const Results whole = swept("precision", 4, never);
  EXPECT_EQ(finding(whole, "fp16-systematic", "fp16, chain-rule").part_seen, "");
  EXPECT_THAT(whole.figures.at(0).caption, Not(HasSubstr("only")));
}

TEST_F(ReducedRuns, PrecisionKeepsWhatMoreImagesCannotUndo) {
  const Results all =
      swept("precision", 60, [](const Setting& /*setting*/, std::int64_t /*draw*/) { return true; });
  EXPECT_EQ(finding(all, "fp16-systematic", "fp16, chain-rule").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(all, "fp32-half", "fp32, chain-rule").verdict, Verdict::not_reproduced)
      << "already too many";
  EXPECT_EQ(finding(all, "fp64-none", "fp64, chain-rule").verdict, Verdict::not_reproduced);
  const Results half =
      swept("precision", 200, [](const Setting& /*setting*/, std::int64_t draw) { return draw % 2 == 0; });
  EXPECT_EQ(finding(half, "fp32-half", "fp32, chain-rule").verdict, Verdict::inconclusive)
      << "more images can make them more than half";
  const Results none =
      swept("precision", 60, [](const Setting& /*setting*/, std::int64_t /*draw*/) { return false; });
  for (const Finding& of : none.findings) {
    EXPECT_TRUE(of.verdict == Verdict::inconclusive || of.verdict == Verdict::measured) << of.setting;
  }
}

TEST_F(ReducedRuns, GrowthIsShownButNotRefuted) {
  for (const char* id : {"depth", "width"}) {
    const auto size = [id](const Setting& setting) {
      const Mlp& mlp = std::get<Mlp>(setting.network);
      return std::string_view(id) == "depth" ? mlp.hidden_layers : mlp.width / 150;
    };
    const Results grows =
        swept(id, 60, [&](const Setting& setting, std::int64_t draw) { return draw % 8 < size(setting); });
    const Finding& shown = finding(grows, id, "fp32, chain-rule");
    EXPECT_EQ(shown.verdict, Verdict::reproduced) << id;
    EXPECT_THAT(shown.why, HasSubstr("among 2048 of the published 60000 images"));
    EXPECT_THAT(shown.agreement, HasSubstr("no comparison of counts"));
    EXPECT_THAT(grows.figures.at(0).caption, HasSubstr("no comparison of counts"));
    const Results falls =
        swept(id, 60, [&](const Setting& setting, std::int64_t draw) { return draw % 8 > size(setting); });
    EXPECT_EQ(finding(falls, id, "fp32, chain-rule").verdict, Verdict::inconclusive) << id;
    EXPECT_EQ(finding(grows, "fp64-none", "fp64, chain-rule").verdict, Verdict::not_reproduced) << id;
    const Results none =
        swept(id, 60, [](const Setting& /*setting*/, std::int64_t /*draw*/) { return false; });
    EXPECT_EQ(finding(none, "fp64-none", "fp64, chain-rule").verdict, Verdict::inconclusive) << id;
  }
}

TEST_F(ReducedRuns, IndependenceOfTheBatchSizeIsNeitherShownNorRefuted) {
  const Results rare =
      swept("batch-size", 200, [](const Setting& /*setting*/, std::int64_t draw) { return draw == 0; });
  EXPECT_EQ(finding(rare, "batch-size", "fp32, chain-rule, mlp-3x256").verdict, Verdict::inconclusive)
      << "hardly any is impacted, whatever the batch size";
  const Results depends = swept("batch-size", 200, [](const Setting& setting, std::int64_t draw) {
    return draw % 64 < setting.batch_size / 16;
  });
  const Finding& of = finding(depends, "batch-size", "fp32, chain-rule, mlp-3x256");
  EXPECT_EQ(of.verdict, Verdict::inconclusive);
  EXPECT_THAT(of.why, HasSubstr(only_few));
}

TEST_F(ReducedRuns, MoreImagesThanTheFirstThousandShowThatTheShareGrows) {
  const Results results =
      swept("sample-size", 50, [](const Setting& /*setting*/, std::int64_t draw) { return draw % 2 == 0; });
  const Finding& of = finding(results, "sample-size", "fp32, chain-rule");
  EXPECT_EQ(of.verdict, Verdict::reproduced);
  EXPECT_EQ(of.measured, "0/50 within 1000 images, 25/50 within 2048");
  EXPECT_THAT(of.why, HasSubstr("among 2048 of the published 60000 images"));
}

TEST_F(ReducedRuns, AShareThatDoesNotGrowAmongFewImagesIsOpenForTheirSake) {
  const Results none =
      swept("sample-size", 60, [](const Setting& /*setting*/, std::int64_t /*draw*/) { return false; });
  const Finding& of = finding(none, "sample-size", "fp32, chain-rule");
  EXPECT_EQ(of.verdict, Verdict::inconclusive);
  EXPECT_EQ(
      of.why,
      "none becomes impacted after the first 1000 images; and only 2048 of the published 60000 images were "
      "looked at");
  EXPECT_EQ(finding(none, "sample-size", "bf16, chain-rule").verdict, Verdict::measured);
}

TEST_F(ReducedRuns, TrainingsOnFewerImagesThatStayTogetherShowNothing) {
  const Results together = conclude("divergence", 40, [](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return test::trained(false);
  });
  for (const char* setting : {"fp32, chain-rule", "fp64, chain-rule"}) {
    const Finding& of = finding(together, "divergence", setting);
    EXPECT_EQ(of.verdict, Verdict::inconclusive) << setting;
    EXPECT_THAT(of.why, HasSubstr("only 2048 of the published 12800 images"));
  }
  const Results apart = conclude("divergence", 40, [](const Setting& /*setting*/, std::int64_t draw) {
    return test::trained(draw == 3);
  });
  EXPECT_EQ(finding(apart, "divergence", "fp32, chain-rule").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(apart, "divergence", "fp64, chain-rule").verdict, Verdict::not_reproduced);
}

TEST_F(ReducedRuns, AHundredIterationsNeedNoMoreImagesThanTheySee) {
  use_images(12'800);
  const Results together = conclude("divergence", 40, [](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return test::trained(false);
  });
  EXPECT_EQ(finding(together, "divergence", "fp32, chain-rule").verdict, Verdict::not_reproduced);
}

TEST_F(ReducedRuns, AnEpochOfFewerImagesIsNotThePublishedOne) {
  for (const std::int64_t zeros : {0, 100'000}) {
    const Results results =
        conclude("zero-counts", 1, [zeros](const Setting& /*setting*/, std::int64_t /*draw*/) {
          ZeroTrainingOutcome outcome;
          outcome.minibatches = 16;
          outcome.epochs = {{.iterations = 16, .zeros = zeros, .relu_inputs = 1'000'000'000}};
          return outcome;
        });
    for (const char* setting : {"fp16", "fp32"}) {
      const Finding& of = finding(results, "zero-counts", setting);
      EXPECT_EQ(of.verdict, Verdict::inconclusive) << setting;
      EXPECT_THAT(of.why, HasSubstr("no training went through 1 epoch(s) of all 60000 images"));
      EXPECT_EQ(of.agreement, "no whole first epoch was measured");
    }
  }
}

/// A rate per mini-batch does not grow with the number of mini-batches nor of images: few of them refute it.
TEST_F(ReducedRuns, StreamsOfFewMinibatchesRefuteARate) {
  const auto none_within_four = [](const Setting& /*setting*/, std::int64_t /*draw*/) {
    SweepOutcome outcome;
    outcome.minibatches = 4;
    for (const Rule rule : all_rules) {
      outcome.rules.emplace_back().rule = rule;
    }
    return outcome;
  };
  const Results results = conclude("conv-volume", 40, none_within_four);
  EXPECT_EQ(finding(results, "conv-volume", "fp32, chain-rule, VGG11").verdict, Verdict::not_reproduced)
      << "0 of 160 mini-batches";
  // That every network is impacted in the end is another matter, which grows with the mini-batches.
  for (const char* id : {"svhn-volume", "imagenet-volume"}) {
    for (const Finding& of : conclude(id, 40, none_within_four).findings) {
      EXPECT_EQ(of.verdict, Verdict::measured) << id << " " << of.setting;
    }
  }
}

}  // namespace
}  // namespace relu0
