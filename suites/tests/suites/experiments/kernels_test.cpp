// What the experiment "kernels" plans and concludes, from synthetic measurements.
#include "suites/experiments/experiment.hpp"
#include "suites/experiments/kernels/kernel_list.hpp"
#include "suites/experiments/kernels/kernel_study.hpp"
#include "suites/measurements/kernel_sweep.hpp"
#include "suites/tests/suites/experiments/conclusions.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A draw of 20 mini-batches of which so many meet a zero, and are impacted under the published code.
KernelSweepOutcome outcome(std::int64_t zeros, std::string bits, bool deterministic = true) {
  KernelSweepOutcome result;
  result.gradient_sha256 = std::move(bits);
  result.computed_by = "made up";
  result.sweep.minibatches = 20;
  result.sweep.minibatches_with_zeros = zeros;
  result.sweep.zeros = {zeros};
  result.sweep.deterministic = deterministic;
  for (const Rule rule : all_rules) {
    RuleOutcome& of = result.sweep.rules.emplace_back();
    of.rule = rule;
    of.impacted = rule == Rule::published_code ? zeros : 0;
  }
  return result;
}

std::string kernel_of(const Setting& setting) { return KernelSweep(setting).kernel_name(); }

std::set<std::string> kernels_for(const NetworkChoice& network) {
  std::set<std::string> result;
  for (const kernel_study::ListedKernel& listed : kernel_study::kernels_for(network)) {
    Setting setting;
    setting.kernel = listed.kernel;
    setting.libraries = listed.libraries;
    EXPECT_TRUE(result.insert(kernel_of(setting)).second) << kernel_of(setting) << " is listed twice";
  }
  return result;
}

TEST(KernelList, HasTheKernelsThatANetworkCanTell) {
  const auto mlp = kernels_for(Mlp{});
  const auto vgg = kernels_for(ConvolutionalNetwork{.architecture = Architecture::vgg11});
  const auto resnet = kernels_for(ConvolutionalNetwork{.architecture = Architecture::resnet18});
  for (const char* kernel :
       {"native", "native:threads=2", "portable", "portable:no-fma", "portable:block=64"}) {
    EXPECT_THAT(mlp, Contains(kernel));
    EXPECT_THAT(vgg, Contains(kernel));
    EXPECT_THAT(resnet, Contains(kernel));
  }
  EXPECT_TRUE(vgg.contains("bias-last") && mlp.contains("bias-last"));
  EXPECT_FALSE(resnet.contains("bias-last")) << "its convolutions have no bias";
  EXPECT_TRUE(vgg.contains("portable:winograd") && !mlp.contains("portable:winograd"));
  EXPECT_EQ(mlp.contains("native:openblas=Haswell"), vgg.contains("native:im2col+openblas=Haswell"));
}

TEST(KernelMeasurements, StandSideBySideUnderKeysOfTheirOwn) {
  const RunSettings settings = test::synthetic_settings();
  std::set<std::string> keys;
  const Measurements measurements = find_experiment("kernels").measurements();
  for (const MeasurementPtr& measurement : measurements) {
    EXPECT_TRUE(keys.insert(measurement->key(settings)).second) << measurement->describe();
    EXPECT_THAT(measurement->describe(), HasSubstr("kernel " + measurement->kernel_name()));
  }
  // The run's kernel changes none of them.
  RunSettings portable = settings;
  portable.kernel.family = KernelFamily::portable;
  EXPECT_EQ(measurements.front()->key(portable), measurements.front()->key(settings));
  EXPECT_EQ(measurements.front()->kernel_name(portable.kernel), "native");
}

class KernelConclusions : public test::Conclusions {};

TEST_F(KernelConclusions, SayThatTheRateDependsOnTheKernel) {
  const Results results = conclude("kernels", 20, [](const Setting& setting, std::int64_t /*draw*/) {
    const std::string kernel = kernel_of(setting);
    const bool last = kernel.starts_with("bias-last") || kernel.starts_with("portable");
    return outcome(last ? 4 : 0, kernel);
  });
  const Finding& zeros = finding(results, "kernels", "VGG11, zeros");
  EXPECT_EQ(zeros.verdict, Verdict::not_reproduced);
  EXPECT_THAT(zeros.measured, HasSubstr("0/400 with native to 80/400 with bias-last"));
  EXPECT_EQ(finding(results, "kernels", "VGG11, chain-rule").verdict, Verdict::inconclusive)
      << "no events: no rate to lie near";
  const Table& vgg = table(results, "kernels-VGG11");
  EXPECT_EQ(at(vgg, 0, "kernel"), "native");
  EXPECT_EQ(at(vgg, 0, "meet a zero"), "0/400 (0.0 %) [0.000, 0.009]");
  EXPECT_EQ(at(vgg, 0, "published claim, published-code"), "not reproduced");
  EXPECT_EQ(at(vgg, vgg.rows.size() - 1, "published claim, published-code"), "reproduced");
  EXPECT_EQ(at(vgg, 1, "same bits as"), "-");
  const auto figure = std::find_if(results.figures.begin(), results.figures.end(),
                                   [](const Figure& of) { return of.id == "kernels-VGG11"; });
  ASSERT_NE(figure, results.figures.end());
  EXPECT_EQ(figure->series.size(), 4U) << "zeros, two rules, the published rate";
  EXPECT_FALSE(figure->series[0].joined);
  EXPECT_TRUE(figure->series[3].joined && figure->series[3].published);
}

TEST_F(KernelConclusions, CountKernelsOfTheSameBitsOnce) {
  const Results results = conclude("kernels", 20, [](const Setting& setting, std::int64_t draw) {
    return outcome(draw % 3, setting.kernel->family == KernelFamily::portable ? "portable" : "library");
  });
  const Finding& zeros = finding(results, "kernels", "ResNet18, zeros");
  EXPECT_EQ(zeros.verdict, Verdict::reproduced) << zeros.why;
  EXPECT_THAT(zeros.measured, HasSubstr("2 of "));
  EXPECT_EQ(at(table(results, "kernels-ResNet18"), 1, "same bits as"), "native");
}

TEST_F(KernelConclusions, JudgeTheClaimOnNetworksOnAllImagesOnly) {
  const auto half = [](const Setting& setting, std::int64_t draw) {
    return outcome(draw % 2, kernel_of(setting));
  };
  const Results all = conclude("kernels", 60, half);
  EXPECT_EQ(at(table(all, "kernels-mlp-3x256"), 0, "published claim, published-code"), "reproduced");
  EXPECT_EQ(at(table(all, "kernels-mlp-3x256"), 0, "published claim, chain-rule"), "not reproduced");
}

TEST_F(KernelConclusions, AtQuickScaleAreOfTheMlpWithoutWorkersAndSaySo) {
  const Results results =
      conclude("kernels", std::nullopt,
               [](const Setting& setting, std::int64_t /*draw*/) { return outcome(10, kernel_of(setting)); });
  ASSERT_EQ(results.tables.size(), 1U) << "nothing of VGG11 and ResNet18";
  const Table& mlp = table(results, "kernels-mlp-3x256");
  for (std::size_t row = 0; row < mlp.rows.size(); ++row) {
    EXPECT_THAT(at(mlp, row, "kernel"), AnyOf("native", "bias-last", StartsWith("portable")));
    EXPECT_EQ(at(mlp, row, "networks"), "2");
  }
  const Finding& zeros = finding(results, "kernels", "mlp-3x256, zeros");
  EXPECT_EQ(zeros.verdict, Verdict::inconclusive) << "not of every kernel";
  EXPECT_THAT(zeros.why, HasSubstr("relu0 run kernels --networks 50 --minibatches 40"));
  EXPECT_EQ(finding(results, "kernels", "VGG11, zeros").verdict, Verdict::not_run);
  EXPECT_THAT(finding(results, "kernels", "VGG11, zeros").why, HasSubstr("are left out"));
}

/// For a number that results decided there is no verdict before it is the planned one, and none is promised.
TEST_F(KernelConclusions, WhereResultsDecidedTheNumberSayWhatIsTrue) {
  sampling_ = Sampling::anytime;
  planned_ = 20;
  const auto some = [](const Setting& setting, std::int64_t draw) {
    return outcome(draw % 3, setting.kernel->family == KernelFamily::portable ? "portable" : "library");
  };
  const Results results = conclude("kernels", 5, some);
  const Finding& open = finding(results, "kernels", "ResNet18, zeros");
  EXPECT_EQ(open.verdict, Verdict::inconclusive);
  EXPECT_THAT(open.why, HasSubstr("that was fixed beforehand only"));
  ASSERT_TRUE(open.outlook);
  EXPECT_TRUE(open.outlook->only_at_planned_number);
  EXPECT_EQ(open.outlook->more_draws, 15);
}

TEST_F(KernelConclusions, SayOnceWhatTheScaleLeavesOut) {
  sampling_ = Sampling::anytime;
  lack_draws_ = [](const Setting& /*setting*/) { return true; };
  const Results results =
      conclude("kernels", std::nullopt,
               [](const Setting& setting, std::int64_t /*draw*/) { return outcome(1, kernel_of(setting)); });
  const std::string why = finding(results, "kernels", "mlp-3x256, zeros").why;
  EXPECT_THAT(why, HasSubstr("are left out"));
  EXPECT_EQ(why.find("are left out"), why.rfind("are left out"));
}

TEST_F(KernelConclusions, AreNoneWhereTheControlFailed) {
  const Results results = conclude("kernels", 3, [](const Setting& setting, std::int64_t /*draw*/) {
    return outcome(1, kernel_of(setting), kernel_of(setting) != "native:threads=2");
  });
  EXPECT_EQ(finding(results, "kernels", "VGG11, zeros").verdict, Verdict::inconclusive);
  EXPECT_THAT(finding(results, "kernels", "VGG11, zeros").why, HasSubstr("not deterministic here"));
}

TEST_F(KernelConclusions, ShowWhatWasSelectedWithoutAFinding) {
  const Selection one("kernel=portable,network=VGG11", selectable_fields({std::make_shared<KernelSweep>()}));
  const Results results = conclude(
      "kernels", 3,
      [](const Setting& setting, std::int64_t /*draw*/) { return outcome(1, kernel_of(setting)); }, one);
  EXPECT_EQ(finding(results, "kernels", "VGG11, zeros").verdict, Verdict::not_run);
  ASSERT_EQ(results.tables.size(), 1U);
  EXPECT_EQ(results.tables[0].rows.size(), 1U);
  EXPECT_EQ(at(results.tables[0], 0, "kernel"), "portable");
}

}  // namespace
}  // namespace relu0
