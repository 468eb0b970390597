// What the experiments on the reference conclude from synthetic measurements.
#include "suites/tests/suites/experiments/conclusions.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::outcome_of;
using test::SyntheticComparison;
using ::testing::HasSubstr;

/// Five networks of the experiments make 50 a precision.
constexpr std::int64_t networks_a_setting = 10;

class ReferenceErrorConclusions : public test::Conclusions {
 protected:
  Results conclude(const std::function<SyntheticComparison(const Setting&, std::int64_t)>& synthetic) {
    return Conclusions::conclude("reference-error", networks_a_setting,
                                 [&](const Setting& setting, std::int64_t draw) {
                                   return outcome_of(setting, synthetic(setting, draw));
                                 });
  }
};

TEST_F(ReferenceErrorConclusions, AnEffectBelowTheErrorIsWithinRoundingAndALargerOneIsNot) {
  const Results results = conclude([](const Setting& setting, std::int64_t /*draw*/) {
    return SyntheticComparison{.error = 0.1, .effect = setting.precision == Precision::fp16 ? 5.0 : 0.05};
  });
  EXPECT_EQ(finding(results, "s-within-rounding", "fp16, published-code").verdict, Verdict::not_reproduced);
  EXPECT_EQ(finding(results, "s-within-rounding", "fp16, published-code").measured,
            "0/50 (0.0 %); effect / error: median 50, largest 50");
  EXPECT_EQ(finding(results, "s-within-rounding", "fp16, chain-rule").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(results, "s-within-rounding", "tf32, published-code").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(results, "s-within-rounding", "tf32, published-code").measured,
            "50/50 (100.0 %); effect / error: median 0.5, largest 0.5");
}

TEST_F(ReferenceErrorConclusions, OfAPartOfTheNetworksAreNotRunAndSayThatTheFigureIsThatParts) {
  const Results results = Conclusions::conclude(
      "reference-error", networks_a_setting,
      [](const Setting& setting, std::int64_t /*draw*/) {
        return outcome_of(setting, SyntheticComparison{});
      },
      Selection("network=LeNet-5,precision=fp32", {"network", "precision"}));
  const Finding& part = finding(results, "s-within-rounding", "fp32, chain-rule");
  EXPECT_EQ(part.verdict, Verdict::not_run);
  EXPECT_THAT(part.measured, HasSubstr("10/10 (100.0 %)"));
  EXPECT_THAT(part.why,
              HasSubstr("limited to a part of what the finding rests on, and its figure is that part's"));
  const Finding& none = finding(results, "s-within-rounding", "fp16, chain-rule");
  EXPECT_EQ(none.verdict, Verdict::not_run);
  EXPECT_THAT(none.measured, HasSubstr("none measured"));
  EXPECT_EQ(none.why, "not selected: the run was limited to other measurements");
}

TEST_F(ReferenceErrorConclusions, ADrawOfOtherPrecisionsThanItsMeasurementsIsRefused) {
  const auto swapped = [](const Setting& setting, std::int64_t draw) {
    Setting other = setting;
    other.precision = draw == 3 && setting.precision == Precision::fp16 ? Precision::bf16 : setting.precision;
    return outcome_of(other, SyntheticComparison{});
  };
  try {
    (void)Conclusions::conclude("reference-error", networks_a_setting, swapped);
    FAIL() << "a draw at bf16 was taken for one at fp16";
  } catch (const StoreError& error) {
    EXPECT_THAT(
        error.what(),
        ::testing::AllOf(HasSubstr("results.sqlite: mlp-3x256 on MNIST, fp16, batch 256"),
                         HasSubstr(", draw 3: it contradicts the measurement that it is stored under: "
                                   "gradients at bf16, where they are at fp16"),
                         HasSubstr("Start anew in another folder")));
  }
}

TEST_F(ReferenceErrorConclusions, HalfOfTheNetworksIsNotNearlyAll) {
  const Results half = conclude([](const Setting& /*setting*/, std::int64_t draw) {
    return SyntheticComparison{.error = 0.1, .effect = draw % 2 == 0 ? 5.0 : 0.05};
  });
  EXPECT_EQ(finding(half, "s-within-rounding", "bf16, published-code").verdict, Verdict::not_reproduced);
}

TEST_F(ReferenceErrorConclusions, OneNetworkOfFiftyOverTheErrorLeavesItOpen) {
  const Results results = conclude([](const Setting& setting, std::int64_t draw) {
    const bool over = std::holds_alternative<Mlp>(setting.network) && draw == 0;
    return SyntheticComparison{.error = 0.1, .effect = over ? 5.0 : 0.05};
  });
  EXPECT_EQ(finding(results, "s-within-rounding", "bf16, published-code").verdict, Verdict::inconclusive);
}

TEST_F(ReferenceErrorConclusions, UndecidedElementsLeaveNothingConcluded) {
  const auto conclude_at = [this](int bits) {
    return conclude([bits](const Setting& setting, std::int64_t draw) {
      return SyntheticComparison{.undecided = setting.precision == Precision::fp32 && draw == 3 ? 7 : 0,
                                 .bits = bits};
    });
  };
  const Results results = conclude_at(512);
  const Finding& open = finding(results, "s-within-rounding", "fp64, chain-rule");
  EXPECT_EQ(open.verdict, Verdict::inconclusive);
  EXPECT_THAT(open.why, HasSubstr("35 elements of gradients stayed undecided at 512 bits"));
  EXPECT_EQ(finding(results, "s-within-rounding", "fp16, chain-rule").verdict, Verdict::reproduced);
  EXPECT_EQ(at(table(results, "reference-error-errors"), 0, "undecided"), "0");
  EXPECT_EQ(at(table(results, "reference-error-errors"), 2, "undecided"), "7");
  EXPECT_THAT(finding(conclude_at(160), "s-within-rounding", "fp64, chain-rule").why,
              HasSubstr("undecided at 160 bits: a run with more would take more memory"));
}

TEST_F(ReferenceErrorConclusions, AFailedControlLeavesNothingConcluded) {
  const Results results = conclude([](const Setting& /*setting*/, std::int64_t draw) {
    return SyntheticComparison{.deterministic = draw != 5};
  });
  for (const Finding& finding : results.findings) {
    EXPECT_EQ(finding.verdict, Verdict::inconclusive);
    EXPECT_THAT(finding.why, HasSubstr("not deterministic here"));
  }
}

TEST_F(ReferenceErrorConclusions, AGradientThatIsNotFiniteIsReportedNotHidden) {
  for (const double error : {std::numeric_limits<double>::infinity(), std::nan("")}) {
    const Results results = conclude([error](const Setting& setting, std::int64_t draw) {
      const bool overflows = setting.precision == Precision::fp16 && draw == 4;
      return SyntheticComparison{.error = overflows ? error : 0.1};
    });
    const std::string number = std::isnan(error) ? "nan" : "inf";
    const Finding& open = finding(results, "s-within-rounding", "fp16, chain-rule");
    EXPECT_EQ(open.verdict, Verdict::inconclusive);
    EXPECT_THAT(open.why, HasSubstr("5 network(s) are infinite or NaN"));
    const Table& errors = table(results, "reference-error-errors");
    EXPECT_EQ(at(errors, 0, "precision"), "fp16");
    EXPECT_EQ(at(errors, 0, "not finite"), "1");
    EXPECT_THAT(at(errors, 0, "relative L2"), HasSubstr(number));
    EXPECT_EQ(at(errors, 0, "largest ulps"), number);
    EXPECT_EQ(at(errors, 1, "not finite"), "0");
    const auto cell = results.heat_maps.at(0).rows.at(0).at(0);
    ASSERT_TRUE(cell.has_value());
    EXPECT_FALSE(std::isfinite(*cell));
  }
}

TEST_F(ReferenceErrorConclusions, ShowsMapsFiguresAndTables) {
  const Results results = conclude([](const Setting& /*setting*/, std::int64_t draw) {
    return SyntheticComparison{.error = 0.1 * static_cast<double>(draw + 1), .effect = 2};
  });
  ASSERT_EQ(results.heat_maps.size(), 5U);
  EXPECT_THAT(results.heat_maps[0].x.categories,
              ::testing::ElementsAre("fp16", "bf16", "tf32", "fp32", "fp64"));
  EXPECT_THAT(results.heat_maps[0].y.categories, ::testing::ElementsAre("layer1"));
  EXPECT_DOUBLE_EQ(results.heat_maps[0].rows.at(0).at(3).value(), 0.1) << "the largest of 0.01 … 0.1";
  ASSERT_EQ(results.figures.size(), 5U);
  const Table& errors = table(results, "reference-error-errors");
  EXPECT_EQ(errors.rows.size(), 25U);
  EXPECT_EQ(at(errors, 0, "relative L2"), "0.055 [0.01, 0.1]");
  EXPECT_EQ(at(errors, 0, "median ulps ≤"), "0") << "half of the elements are exact";
  const Table& effects = table(results, "reference-error-effects");
  EXPECT_EQ(effects.rows.size(), 50U);
  EXPECT_EQ(at(effects, 0, "effect of s"), "0");
  EXPECT_EQ(at(effects, 1, "rule"), "published-code");
  EXPECT_EQ(at(effects, 1, "effect of s"), "0.2");
  const Table& worst = table(results, "reference-error-worst");
  EXPECT_EQ(at(worst, 0, "draw"), "9");
  EXPECT_EQ(at(worst, 0, "parameter"), "layer1.weight");
  EXPECT_EQ(at(worst, 0, "index"), "42");
  EXPECT_EQ(at(worst, 0, "LibTorch"), "0x1.8p+0 (1.5)");
  EXPECT_EQ(at(worst, 0, "ulps"), "1e+03 ± 9.54e-07");
}

TEST_F(ReferenceErrorConclusions, WithoutExactZerosOneRowStandsForBothRules) {
  const Results results = conclude(
      [](const Setting& /*setting*/, std::int64_t /*draw*/) { return SyntheticComparison{.effect = 0}; });
  const Table& effects = table(results, "reference-error-effects");
  EXPECT_EQ(effects.rows.size(), 25U);
  EXPECT_EQ(at(effects, 0, "rule"), "both");
}

class ZeroOriginConclusions : public test::Conclusions {
 protected:
  Results conclude(const std::function<ZeroOriginsOutcome(const Setting&, std::int64_t)>& outcome) {
    return Conclusions::conclude("zero-origin", networks_a_setting, outcome);
  }
};

TEST_F(ZeroOriginConclusions, RoundingAndStructuralZerosLeaveTheTheoremAlone) {
  const Results results = conclude([](const Setting& /*setting*/, std::int64_t /*draw*/) {
    return outcome_of({.structural = 2, .rounding = 6});
  });
  for (const Precision precision : all_precisions) {
    const Finding& at_precision =
        finding(results, "reals-negligible", "θ and arithmetic of " + std::string(name(precision)));
    EXPECT_EQ(at_precision.verdict, Verdict::reproduced);
    EXPECT_EQ(at_precision.headline, precision == Precision::fp32);
  }
  const Table& counts = table(results, "zero-origin-counts");
  EXPECT_EQ(counts.rows.size(), 25U);
  EXPECT_EQ(at(counts, 0, "zeros met"), "80");
  EXPECT_EQ(at(counts, 0, "rounding"), "60 (75.0 %)");
  EXPECT_EQ(at(counts, 0, "structural"), "20 (25.0 %)");
  EXPECT_EQ(at(counts, 0, "networks with an exact zero"), "0/10");
  const Table& layers = table(results, "zero-origin-layers");
  EXPECT_EQ(layers.rows.size(), 5U) << "a row per network: its second layer met none";
  EXPECT_EQ(at(layers, 0, "layer"), "relu1");
  EXPECT_EQ(at(layers, 0, "fp16"), "60 rounding, 20 structural");
  ASSERT_EQ(results.figures.size(), 1U);
  EXPECT_EQ(results.figures[0].series.size(), 5U);
}

TEST_F(ZeroOriginConclusions, OneExactZeroIsACounterexample) {
  const Results results = conclude([](const Setting& setting, std::int64_t draw) {
    const bool cancels = std::holds_alternative<Mlp>(setting.network) && draw == 7 &&
                         (setting.precision == Precision::bf16 || setting.precision == Precision::fp32);
    return outcome_of({.exact = cancels ? 1 : 0, .rounding = 3});
  });
  const Finding& bf16 = finding(results, "reals-negligible", "θ and arithmetic of bf16");
  EXPECT_EQ(bf16.verdict, Verdict::not_reproduced);
  EXPECT_THAT(bf16.measured, HasSubstr("1/50"));
  EXPECT_THAT(bf16.why, HasSubstr("coarse grid"));
  EXPECT_EQ(finding(results, "reals-negligible", "θ and arithmetic of fp32").verdict,
            Verdict::not_reproduced);
  EXPECT_EQ(finding(results, "reals-negligible", "θ and arithmetic of fp16").verdict, Verdict::reproduced);
}

TEST_F(ZeroOriginConclusions, AnExactZeroThatOnlyTheSurveyMeetsCounts) {
  const Results results = conclude([](const Setting& /*setting*/, std::int64_t draw) {
    ZeroOriginsOutcome outcome = outcome_of(ZeroCounts{});
    outcome.true_zeros.exact = draw == 0 ? 1 : 0;
    return outcome;
  });
  EXPECT_EQ(finding(results, "reals-negligible", "θ and arithmetic of fp64").verdict,
            Verdict::not_reproduced);
}

TEST_F(ZeroOriginConclusions, UndecidedZerosLeaveItOpenButNotACounterexample) {
  const auto conclude_at = [this](int bits) {
    return conclude([bits](const Setting& setting, std::int64_t draw) {
      const bool also_exact = setting.precision == Precision::fp16 && draw == 1;
      ZeroOriginsOutcome outcome =
          outcome_of({.exact = also_exact ? 1 : 0, .rounding = 3, .undecided = draw == 2 ? 1 : 0});
      outcome.most_bits = bits;
      return outcome;
    });
  };
  const Results results = conclude_at(512);
  const Finding& open = finding(results, "reals-negligible", "θ and arithmetic of fp32");
  EXPECT_EQ(open.verdict, Verdict::inconclusive);
  EXPECT_THAT(open.why, HasSubstr("5 zeros stayed undecided at 512 bits"));
  EXPECT_EQ(finding(results, "reals-negligible", "θ and arithmetic of fp16").verdict,
            Verdict::not_reproduced);
  EXPECT_THAT(finding(conclude_at(192), "reals-negligible", "θ and arithmetic of fp32").why,
              HasSubstr("undecided at 192 bits: a run with more would take more memory"));
}

TEST_F(ZeroOriginConclusions, AFailedControlLeavesNothingConcluded) {
  const Results results = conclude(
      [](const Setting& /*setting*/, std::int64_t draw) { return outcome_of({.exact = 1}, draw != 9); });
  for (const Finding& finding : results.findings) {
    EXPECT_EQ(finding.verdict, Verdict::inconclusive);
    EXPECT_THAT(finding.why, HasSubstr("not deterministic here"));
  }
}

TEST_F(ZeroOriginConclusions, NoZeroMetIsDecidedByTheSurveyAlone) {
  const Results results =
      conclude([](const Setting& /*setting*/, std::int64_t /*draw*/) { return outcome_of(ZeroCounts{}); });
  EXPECT_EQ(finding(results, "reals-negligible", "θ and arithmetic of fp64").verdict, Verdict::reproduced);
  EXPECT_TRUE(results.figures.empty()) << "no rounding zero has a magnitude";
  EXPECT_EQ(at(table(results, "zero-origin-counts"), 0, "rounding"), "–");
}

}  // namespace
}  // namespace relu0
