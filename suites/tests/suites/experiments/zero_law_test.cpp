// What the experiment "zero-law" concludes from synthetic measurements.
#include "suites/tests/suites/experiments/conclusions.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <cmath>
#include <functional>
#include <variant>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::outcome_of;
using test::SyntheticLaw;
using ::testing::HasSubstr;

constexpr std::int64_t law_networks = 4;

int bits_of(const Setting& setting) { return setting.kernel.value().order.bits; }

class ZeroLawConclusions : public test::Conclusions {
 protected:
  Results conclude(const std::function<SyntheticLaw(const Setting&, std::int64_t)>& synthetic) {
    return Conclusions::conclude("zero-law", law_networks, [&](const Setting& setting, std::int64_t draw) {
      return outcome_of(synthetic(setting, draw));
    });
  }
};

TEST_F(ZeroLawConclusions, CountsInsideMakeTheLawHold) {
  const Results results = conclude([](const Setting& /*setting*/, std::int64_t draw) {
    return SyntheticLaw{.counted = 35 + draw, .structural = 5};
  });
  for (const char* kernel : {"kernel portable", "kernel portable:no-fma", "kernel bias-last"}) {
    const Finding& finding = ZeroLawConclusions::finding(results, "zero-law", kernel);
    EXPECT_EQ(finding.verdict, Verdict::reproduced) << kernel;
    EXPECT_EQ(finding.measured, "layers inside: 96/96 (100.0 %); zeros counted 3504, predicted 3840.0")
        << "three networks at four precisions, four draws with two layers each";
  }
  EXPECT_TRUE(finding(results, "zero-law", "kernel portable").headline);
  EXPECT_EQ(finding(results, "zero-law", "kernel native").verdict, Verdict::measured);
}

TEST_F(ZeroLawConclusions, TwiceAsManyZerosRefuteIt) {
  const Results results = conclude([](const Setting& setting, std::int64_t /*draw*/) {
    return SyntheticLaw{.counted = setting.precision == Precision::fp16 ? 80 : 40};
  });
  EXPECT_EQ(finding(results, "zero-law", "kernel portable").verdict, Verdict::not_reproduced)
      << "a quarter of the layers is outside";
  EXPECT_THAT(finding(results, "zero-law", "kernel portable").measured, HasSubstr("72/96"));
}

TEST_F(ZeroLawConclusions, LayersWithFewZerosAreNotAsked) {
  const Results results = conclude([](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return SyntheticLaw{.counted = 2, .expected = 1};
  });
  EXPECT_EQ(finding(results, "zero-law", "kernel portable").verdict, Verdict::inconclusive);
  EXPECT_EQ(finding(results, "zero-law", "kernel portable").why, "no layer had enough zeros");
}

TEST_F(ZeroLawConclusions, TheRateByBitsIsFittedAndContinued) {
  const auto with_slope = [this](double slope) {
    return conclude([slope](const Setting& setting, std::int64_t /*draw*/) {
      const double zeros = bits_of(setting) == 0 ? 40 : std::exp2(26 + slope * bits_of(setting));
      return SyntheticLaw{.counted = std::llround(zeros), .expected = std::llround(zeros)};
    });
  };
  const Results law = with_slope(-1);
  const Finding& finding = ZeroLawConclusions::finding(law, "zero-law-bits", "mlp");
  EXPECT_EQ(finding.verdict, Verdict::reproduced);
  // 2 layers with 2^(26 − 53) zeros each.
  EXPECT_THAT(finding.measured, HasSubstr("at 53 bits 2^-26.0 zeros"));
  EXPECT_EQ(ZeroLawConclusions::finding(with_slope(-0.8), "zero-law-bits", "mlp").verdict,
            Verdict::not_reproduced);
}

TEST_F(ZeroLawConclusions, DepthAndWidthFollowWhereExpectedZerosGrow) {
  const Results results = conclude([](const Setting& setting, std::int64_t draw) {
    const auto* mlp = std::get_if<Mlp>(&setting.network);
    const std::int64_t width = mlp == nullptr ? 0 : mlp->width;
    return SyntheticLaw{.expected = mlp == nullptr || width != 256 ? 40 : 40 * mlp->hidden_layers + draw};
  });
  EXPECT_EQ(finding(results, "zero-law-depth", "fp32").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(results, "zero-law-width", "fp32").verdict, Verdict::not_reproduced)
      << "it falls from 256 to 512";
  // 81.5 expected zeros a layer and 2 layers for 256 images, by draw 80 … 86.
  const Table& levels = table(results, "zero-law-levels");
  EXPECT_EQ(levels.rows.size(), 10U);
  EXPECT_EQ(at(levels, 0, "level"), "1");
  EXPECT_EQ(at(levels, 0, "share with one"), "1.000");
  EXPECT_EQ(at(levels, 0, "published"), "54/1000 (5.4 %)");
}

TEST_F(ZeroLawConclusions, AFailedControlLeavesNothingConcluded) {
  const Results results = conclude(
      [](const Setting& /*setting*/, std::int64_t draw) { return SyntheticLaw{.deterministic = draw != 2}; });
  for (const Finding& finding : results.findings) {
    EXPECT_EQ(finding.verdict, Verdict::inconclusive);
    EXPECT_THAT(finding.why, HasSubstr("not deterministic here"));
  }
}

TEST_F(ZeroLawConclusions, ShowsFiguresAndTables) {
  const Results results =
      conclude([](const Setting& /*setting*/, std::int64_t /*draw*/) { return SyntheticLaw{}; });
  EXPECT_EQ(results.figures.size(), 5U) << "one for each kernel, and the rates by bits";
  const Table& of_networks = table(results, "zero-law-networks");
  EXPECT_EQ(of_networks.rows.size(), 48U);
  EXPECT_EQ(at(of_networks, 0, "zeros counted"), "320");
  EXPECT_EQ(at(of_networks, 0, "predicted"), "320");
  EXPECT_EQ(at(of_networks, 0, "layers inside"), "8/8");
  const Table& layers = table(results, "zero-law-layers");
  EXPECT_EQ(layers.rows.size(), 24U) << "two layers of three networks at four precisions";
  // 160 zeros among 4,000,000 inputs on a grid of 10^−5.
  EXPECT_EQ(at(layers, 0, "density at 0"), "4");
  EXPECT_EQ(table(results, "zero-law-bits").rows.size(), 18U);
}

}  // namespace
}  // namespace relu0
