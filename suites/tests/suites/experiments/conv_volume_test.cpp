// What the experiments on streams conclude from synthetic measurements.
#include "suites/experiments/experiment.hpp"
#include "suites/experiments/streams/first_impacts.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/tests/suites/experiments/conclusions.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A draw that met `minibatches` mini-batches and whose first impacted one has the index, under either rule.
SweepOutcome draw(std::optional<std::int64_t> first, std::int64_t minibatches) {
  SweepOutcome outcome;
  outcome.minibatches = minibatches;
  outcome.minibatches_with_zeros = minibatches;
  outcome.first_with_zeros = 0;
  outcome.minibatches_reached = first ? 1 : 0;
  outcome.first_reached = first;
  for (const Rule rule : all_rules) {
    RuleOutcome& result = outcome.rules.emplace_back();
    result.rule = rule;
    result.impacted = first ? 1 : 0;
    result.first_impacted = first;
  }
  return outcome;
}

FirstImpacts of(const std::vector<SweepOutcome>& draws) {
  SweepEvidence evidence;
  evidence.draws = draws;
  return first_impacts(evidence, Rule::chain_rule);
}

SweepOutcome with_controls(std::int64_t minibatches, const Controls& controls) {
  SweepOutcome outcome = draw({}, minibatches);
  outcome.deterministic = controls.differing == 0;
  outcome.controls = controls;
  return outcome;
}

TEST(ControlInWords, TellsHowOftenAndWhereItDiffers) {
  SweepEvidence evidence;
  evidence.draws = {draw({}, 20), draw(3, 20)};
  EXPECT_EQ(evidence.control(), "same bits");
  evidence.draws.front().deterministic = false;
  EXPECT_EQ(evidence.control(), "differs") << "only some mini-batches had a control";
  evidence.draws = {
      with_controls(
          10, {.differing = 7, .first_layer_differing = 2, .first_differing = 1, .first_first_layer = 5}),
      with_controls(
          20, {.differing = 20, .first_layer_differing = 0, .first_differing = 0, .first_first_layer = {}}),
      with_controls(10, {})};
  EXPECT_EQ(
      evidence.control(),
      "differs on 27/40 mini-batches, in the first layer on 2/40; mean index of a network's first 0.5 (2 "
      "networks that differ), in the first layer 5.0 (1)");
}

TEST(Controls, AreAskedForOnEveryMinibatchOfANondeterministicDevice) {
  RunSettings settings;
  for (const Device device : {Device::cpu, Device::cuda, Device::cuda_nondeterministic}) {
    settings.device = device;
    EXPECT_EQ(Sweep::comparing({}, settings).every_control, device == Device::cuda_nondeterministic)
        << name(device);
  }
}

TEST(FirstImpacts, CountNetworksAndTheMinibatchesUpToTheFirst) {
  const FirstImpacts impacts = of({draw(3, 9), draw(0, 1), draw({}, 20)});
  EXPECT_EQ(impacts.networks().successes, 2);
  EXPECT_EQ(impacts.networks().trials, 3);
  EXPECT_EQ(impacts.rate().successes, 2);
  EXPECT_EQ(impacts.rate().trials, 4 + 1 + 20);
  EXPECT_EQ(impacts.most_minibatches, 20);
  EXPECT_EQ(impacts.with_zeros.trials, 30);
  EXPECT_EQ(impacts.reached.successes, 2);
}

TEST(FirstImpacts, SurviveUntilTheirFirst) {
  const FirstImpacts impacts = of({draw(3, 9), draw(0, 1), draw({}, 5)});
  EXPECT_EQ(impacts.surviving(1).successes, 2);
  EXPECT_EQ(impacts.surviving(3).successes, 2) << "index 3 is the fourth";
  EXPECT_EQ(impacts.surviving(4).successes, 1);
  EXPECT_EQ(impacts.surviving(4).trials, 3);
  EXPECT_EQ(impacts.surviving(6).trials, 2) << "one network was looked at for five only";
}

TEST(FirstImpacts, SayTheMeanIndexAndWhatLimitsIt) {
  EXPECT_EQ(of({}).mean_index(), "none measured");
  EXPECT_THAT(of({draw(1, 2), draw(1, 2)}).mean_index(), HasSubstr("1 ["));
  EXPECT_THAT(of({draw(1, 2), draw({}, 8)}).mean_index(), HasSubstr("about 9 ["));
  EXPECT_THAT(of({draw({}, 8)}).mean_index(), HasSubstr("at least 1.71, none met"));
}

TEST(FirstImpacts, SayWhatIsJudgedLast) {
  const FirstImpacts impacts = of({draw(1, 2), draw({}, 8)});
  EXPECT_THAT(
      impacts.in_words(impacts.rate()),
      StartsWith("impacted: 1/2 networks within 8 mini-batches, 1/10 mini-batches up to the first; "));
  EXPECT_THAT(impacts.in_words(impacts.rate()), EndsWith("; 1/10 (10.0 %)"));
  EXPECT_THAT(of({draw(0, 1)}).in_words({}), HasSubstr("within 1 mini-batch,"));
}

TEST(FirstImpacts, HavePlacesOnALogarithmicAxis) {
  EXPECT_THAT(of({draw({}, 12)}).survival_places(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12));
}

/// networks: of each measurement; absent: as many as quick scale draws.
Results conclude(const std::function<SweepOutcome(const Setting&, std::int64_t)>& synthetic,
                 std::optional<std::int64_t> networks = 40) {
  const test::TemporaryFolder folder;
  Store store = Store::open_for_run(folder.path() / "results.sqlite");
  const RunSettings settings{.networks = networks,
                             .data = {{datasets::cifar10, {.identity = "made up", .images = 10'000}}}};
  const Experiment& experiment = find_experiment("conv-volume");
  for (const MeasurementPtr& measurement : experiment.measurements()) {
    std::vector<StoredDraw> draws;
    for (std::int64_t i = 0; i < measurement->draws(settings); ++i) {
      draws.push_back({measurement->key(settings), i, encode(synthetic(measurement->setting, i))});
    }
    store.record(draws);
  }
  Results results;
  results.experiments = {{.id = "conv-volume", .title = "", .summary = ""}};
  experiment.conclude(Evidence(store, settings), results);
  return results;
}

TEST(ConvVolume, MeasuresOnTheImagesThatTheRunUses) {
  const MeasurementPtr measurement = find_experiment("conv-volume").measurements().front();
  RunSettings settings;
  settings.data = {{datasets::cifar10, {.identity = "made up", .images = 10'000}}};
  const std::string all = measurement->key(settings);
  settings.images = 500;
  EXPECT_NE(measurement->key(settings), all);
  settings.images = 20'000;
  EXPECT_EQ(measurement->key(settings), all) << "there are no more";
}

TEST(ConvVolume, IsReproducedWhereImpactsAreAsFrequentAsPublished) {
  // About the published indices at tf32, none at fp32.
  const Results results = conclude([](const Setting& setting, std::int64_t i) {
    return setting.precision == Precision::fp32 ? draw({}, 150) : draw(i % 7, i % 7 + 1);
  });
  for (const Finding& finding : results.findings) {
    if (finding.setting.starts_with("fp32")) {
      EXPECT_EQ(finding.verdict, Verdict::not_reproduced) << finding.setting;
    }
    if (finding.setting.starts_with("tf32")) {
      EXPECT_EQ(finding.verdict, Verdict::reproduced) << finding.setting;
    }
  }
  ASSERT_EQ(results.tables.size(), 1U);
  EXPECT_EQ(results.tables[0].rows.size(), (4U * 4 + 10) * 2)
      << "networks, arithmetics, fixed kernels; rules";
  EXPECT_EQ(results.figures.size(), 4U * 2) << "networks, rules";
  const std::string& answer = results.experiments.at(0).answer;
  EXPECT_THAT(answer,
              HasSubstr("True fp32 under the chain rule: with portable:winograd 0/24000 (0.0 %) mini-batches "
                        "impacted [0.000, 0.000], certainly too rare for VGG11, VGG11-bn, ResNet18, "
                        "ResNet18-bn; with native 0/12000"));
  EXPECT_THAT(
      answer,
      HasSubstr("these explain: fp32 chain-rule portable:winograd 0 of 4, fp32 chain-rule native 0 of 2"));
  EXPECT_THAT(answer, HasSubstr("tf32 chain-rule portable:winograd 4 of 4"));
  EXPECT_THAT(answer, HasSubstr("The kernel changes none of these verdicts"));
  EXPECT_THAT(answer, HasSubstr("Batch-norm: no difference"));
  EXPECT_THAT(answer, HasSubstr("every control gave the same bits"));
}

TEST(ConvVolume, SaysWhatHoldsUnderThePublishedCodeOnly) {
  const Results results = conclude([](const Setting& /*setting*/, std::int64_t i) {
    SweepOutcome outcome = draw({}, 150);
    outcome.rules[1].impacted = 1;
    outcome.rules[1].first_impacted = i % 7;
    return outcome;
  });
  for (const Finding& finding : results.findings) {
    if (!finding.setting.starts_with("tf32") && !finding.setting.starts_with("fp32")) {
      continue;  // published at once, which this is not
    }
    const bool published_code = finding.setting.find("published-code") != std::string::npos;
    EXPECT_EQ(finding.verdict, published_code ? Verdict::reproduced : Verdict::not_reproduced);
    EXPECT_EQ(finding.why.find("only under the published code") != std::string::npos, published_code)
        << finding.why;
  }
}

TEST(ConvVolume, SaysWhatNothingHereExplains) {
  // Impacts with batch-norm only, too few networks of the others to rule anything out.
  const Results results = conclude([](const Setting& setting, std::int64_t i) {
    const bool batch_norm = std::get<ConvolutionalNetwork>(setting.network).batch_norm;
    const bool vgg = std::get<ConvolutionalNetwork>(setting.network).architecture == Architecture::vgg11;
    return batch_norm ? draw(i % 4, i % 4 + 1) : draw({}, vgg ? 150 : 1);
  });
  const std::string& answer = results.experiments.at(0).answer;
  EXPECT_THAT(answer, HasSubstr("VGG11 fp32 chain-rule: 40/100 with it, 0/6000 without (Fisher"));
  EXPECT_THAT(answer,
              HasSubstr("No arithmetic, no rule and no kernel measured here explains VGG11, which leaves"));
  EXPECT_THAT(answer, HasSubstr("For ResNet18 more mini-batches are needed to tell."));
}

TEST(ConvVolume, SaysWhereTheKernelDecides) {
  const Results results = conclude([](const Setting& setting, std::int64_t i) {
    const bool impacted = setting.precision == Precision::fp32 && setting.kernel &&
                          setting.kernel->family == KernelFamily::bias_last;
    return impacted ? draw(i % 7, i % 7 + 1) : draw({}, 150);
  });
  const std::string& answer = results.experiments.at(0).answer;
  EXPECT_THAT(
      answer,
      HasSubstr(
          "The kernel decides, everything else being the same: VGG11 fp32 chain-rule: of the "
          "published order with bias-last, certainly too rare with portable:winograd, native, portable;"));
  EXPECT_THAT(answer, HasSubstr("No arithmetic, no rule and no kernel measured here explains ResNet18, "));
  for (const Finding& finding : results.findings) {
    if (finding.setting.starts_with("fp32") && finding.setting.find("VGG11,") != std::string::npos) {
      EXPECT_EQ(finding.verdict,
                finding.setting.ends_with("kernel bias-last") ? Verdict::reproduced : Verdict::not_reproduced)
          << finding.setting;
      EXPECT_FALSE(finding.headline) << "a report is headed by the run's own kernel";
    }
  }
}

TEST(ConvVolume, AtQuickScaleJudgesOnlyWhatWasMeasured) {
  // Four mini-batches a stream without an impact.
  const Results results =
      conclude([](const Setting& /*setting*/, std::int64_t /*i*/) { return draw({}, 4); }, std::nullopt);
  const std::string& answer = results.experiments.at(0).answer;
  EXPECT_THAT(answer, HasSubstr("mean indices of the first impacted mini-batch of 2.73 to 8.12. An"))
      << "of VGG11 with batch-norm and without";
  EXPECT_THAT(answer, HasSubstr("certainly too rare for VGG11-bn, still open for VGG11."));
  EXPECT_THAT(answer, HasSubstr("explains VGG11-bn, which leaves"));
  EXPECT_THAT(answer, Not(HasSubstr("TF32"))) << "nothing of it was measured";
  EXPECT_THAT(answer, HasSubstr("Left out at this scale, and so not judged: VGG11 bf16, VGG11 tf32, "));
  EXPECT_THAT(answer, HasSubstr("ResNet18 fp32, ResNet18 fp32 (native), "));
  for (const Finding& finding : results.findings) {
    if (finding.headline) {
      EXPECT_EQ(finding.verdict, finding.setting.ends_with("VGG11-bn") ? Verdict::not_reproduced
                                 : finding.setting.ends_with("VGG11")  ? Verdict::inconclusive
                                                                       : Verdict::not_run)
          << finding.setting;
    }
  }
}

TEST(ConvVolume, AFailedControlLeavesNothingConcluded) {
  const Results results = conclude([](const Setting& /*setting*/, std::int64_t /*i*/) {
    SweepOutcome outcome = draw(0, 1);
    outcome.deterministic = false;
    return outcome;
  });
  for (const Finding& finding : results.findings) {
    EXPECT_EQ(finding.verdict, Verdict::inconclusive) << finding.setting;
    EXPECT_THAT(finding.why, HasSubstr("not deterministic here"));
  }
  EXPECT_THAT(results.experiments.at(0).answer,
              HasSubstr("the same s run twice gave different bits for VGG11 fp16"));
}

using StreamConclusions = test::Conclusions;

TEST_F(StreamConclusions, OnSvhnAreAboutNetworksAndHeldAgainstNothing) {
  const Results results = conclude("svhn-volume", 50, [](const Setting& setting, std::int64_t /*i*/) {
    return setting.precision == Precision::fp16 ? draw(0, 1) : draw({}, 4);
  });
  for (const Finding& of : results.findings) {
    EXPECT_EQ(of.verdict, Verdict::measured) << of.setting << ": the published numbers are not at hand";
  }
  EXPECT_THAT(finding(results, "svhn-volume", "fp32, chain-rule").measured, EndsWith("; 0/50 (0.0 %)"));
  EXPECT_TRUE(finding(results, "svhn-volume", "fp64, chain-rule").headline);
}

TEST_F(StreamConclusions, OnImageNetHaveNoPublishedFigure) {
  const Results results = conclude("imagenet-volume", 50, [](const Setting& /*setting*/, std::int64_t i) {
    return draw(i % 2, i % 2 + 1);
  });
  EXPECT_THAT(finding(results, "imagenet-volume", "fp32").published, HasSubstr("not measured"));
  EXPECT_EQ(finding(results, "imagenet-volume", "fp32").verdict, Verdict::measured);
  EXPECT_EQ(finding(results, "imagenet-volume", "fp32").paper_claim, "");
  EXPECT_EQ(at(table(results, "imagenet-volume-overview"), 0, "published index"), "-");
}

}  // namespace
}  // namespace relu0
