// What the experiment "kinks" concludes from synthetic measurements.
#include "suites/experiments/kinks/kink_evidence.hpp"
#include "suites/experiments/kinks/kink_settings.hpp"
#include "suites/tests/suites/experiments/conclusions.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <cmath>
#include <functional>
#include <set>
#include <variant>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::outcome_of;
using test::SyntheticKinks;
using ::testing::HasSubstr;

constexpr std::int64_t kink_networks = 3;

bool has_max_pools(const Setting& setting) {
  return std::holds_alternative<ConvolutionalNetwork>(setting.network);
}

class KinkConclusions : public test::Conclusions {
 protected:
  Results conclude(const std::function<SyntheticKinks(const Setting&)>& synthetic,
                   const Selection& selection = {}) {
    const auto make = [&](const Setting& setting, std::int64_t /*draw*/) {
      SyntheticKinks kinks = synthetic(setting);
      kinks.kinks = kink_evidence::kinks_of(setting);
      return outcome_of(kinks);
    };
    return Conclusions::conclude("kinks", kink_networks, make, selection);
  }
};

TEST(KinkSettings, MeetEveryKindOfKinkWithAndWithoutBiasesAtEveryPrecision) {
  std::set<std::tuple<Kink, Precision, bool>> met;
  for (const KinkSurvey& survey : kink_settings::all()) {
    for (const Kink kink : kink_evidence::kinks_of(survey.setting)) {
      met.emplace(kink, survey.setting.precision, kink_settings::has_biases(survey.setting.network));
    }
  }
  EXPECT_EQ(met.size(), all_kinks.size() * all_precisions.size() * 2);
}

TEST(KinkSettings, LookAtAsManyMiniBatchesAsTheRunSets) {
  const KinkSurvey survey = kink_settings::all().front();
  RunSettings settings = test::synthetic_settings();
  const auto images = [&] {
    return nlohmann::json::parse(survey.key(settings)).at("images").get<std::int64_t>();
  };
  EXPECT_EQ(images(), survey.images);
  for (const std::int64_t minibatches : {1, 7, 100}) {
    settings.minibatches = minibatches;
    EXPECT_EQ(images(), minibatches * survey.setting.batch_size);
  }
  settings.images = 1'000;
  EXPECT_EQ(images(), 1'000) << "there are no more";
}

TEST_F(KinkConclusions, CountMiniBatchesByKinkAndPrecision) {
  const Results results = conclude([](const Setting& setting) {
    return setting.precision == Precision::fp32 ? SyntheticKinks{.hit = 1, .impacted = 0}
                                                : SyntheticKinks{.hit = 4, .impacted = 2};
  });
  const Finding& absolute = finding(results, "kinks", "absolute, with biases");
  EXPECT_EQ(absolute.verdict, Verdict::measured) << "descriptive";
  // Three draws of one network, each of ten mini-batches.
  EXPECT_THAT(absolute.measured, HasSubstr("fp16: 0.4 hits a mini-batch, in 12/30 mini-batches, reached by a "
                                           "gradient in 12/30, gradient changed in 6/30, by 0.125"));
  EXPECT_THAT(absolute.measured, HasSubstr("fp32: 0.1 hits a mini-batch, in 3/30 mini-batches, reached by a "
                                           "gradient in 3/30, gradient changed in 0/30, by none"));
  ASSERT_TRUE(absolute.interval.has_value());
  EXPECT_EQ(absolute.interval->low, 0);
  ASSERT_EQ(results.figures.size(), 1U);
  ASSERT_EQ(results.figures[0].series.size(), all_precisions.size());
  for (const FigureSeries& series : results.figures[0].series) {
    EXPECT_EQ(series.points.size(), all_kinks.size());
    EXPECT_FALSE(series.joined);
    for (const FigurePoint& point : series.points) {
      EXPECT_DOUBLE_EQ(point.y, series.group == "fp32" ? 0 : 0.2);
      EXPECT_LE(*point.low, point.y);
      EXPECT_GT(*point.high, point.y);
    }
  }
}

TEST_F(KinkConclusions, ListEachNetworkPrecisionAndKink) {
  const Results results = conclude([](const Setting& /*setting*/) {
    return SyntheticKinks{.origins = {.structural = 1, .exact = 2, .rounding = 3, .undecided = 4}};
  });
  const Table& counts = table(results, "kinks-counts");
  // ReLU6 and hardtanh have two kinks each, LeNet-5 ReLUs and max-pools: 3 + 2 · 2 + 2, with and without
  // biases.
  EXPECT_EQ(counts.rows.size(), 9U * 2 * all_precisions.size());
  EXPECT_EQ(at(counts, 0, "network"), "mlp-3x256");
  EXPECT_EQ(at(counts, 0, "precision"), "fp16");
  EXPECT_EQ(at(counts, 0, "kink"), "relu");
  EXPECT_EQ(at(counts, 0, "places"), "3000");
  EXPECT_EQ(at(counts, 0, "mini-batches with a hit"), "12/30");
  EXPECT_THAT(at(counts, 0, "mini-batches changed"), HasSubstr("6/30 (20.0 %) ["));
  EXPECT_THAT(at(counts, 0, "networks changed"), HasSubstr("3/3 (100.0 %) ["));
  EXPECT_EQ(at(counts, 0, "relative change"), "0.125 (0.125)");
  EXPECT_EQ(at(counts, 0, "structural"), "3");
  EXPECT_EQ(at(counts, 0, "undecided"), "12");
  EXPECT_EQ(at(counts, 0, "mean between the sides"), "6/6");
  EXPECT_EQ(at(counts, 0, "assigned 1 between the sides"), "0/6");
}

TEST_F(KinkConclusions, TiesAt16BitsAreJudgedAndOthersDescribed) {
  const auto ties_where = [this](std::int64_t impacted) {
    return conclude([impacted](const Setting& setting) {
      return SyntheticKinks{.impacted = storage_bits(setting.precision) == 16 ? impacted : 0};
    });
  };
  const Results changed = ties_where(2);
  EXPECT_EQ(finding(changed, "max-pool-ties", "LeNet-5 with and without biases, fp16").verdict,
            Verdict::reproduced);
  EXPECT_TRUE(finding(changed, "max-pool-ties", "LeNet-5 with and without biases, fp16").headline);
  EXPECT_EQ(finding(changed, "max-pool-ties", "LeNet-5 with and without biases, fp32").verdict,
            Verdict::measured);
  EXPECT_EQ(finding(ties_where(0), "max-pool-ties", "LeNet-5 with and without biases, fp16").verdict,
            Verdict::inconclusive)
      << "three networks do not rule out a tenth";
}

/// Draw i of LeNet-5 has the same seed, and the same weights, with biases and without.
TEST_F(KinkConclusions, NetworksOfOneSeedCountAsOne) {
  const Results changed = conclude([](const Setting& setting) {
    return SyntheticKinks{.impacted = kink_settings::has_biases(setting.network) ? 2 : 0};
  });
  const Finding& ties = finding(changed, "max-pool-ties", "LeNet-5 with and without biases, fp16");
  EXPECT_THAT(ties.measured, HasSubstr("seeds with a network that changed: 3/3 (100.0 %)"));
  ASSERT_TRUE(ties.interval);
  EXPECT_NEAR(ties.interval->low, std::cbrt(0.025), 1e-12) << "the interval of three, not of six";
  EXPECT_THAT(ties.decision_rule, HasSubstr("drawn from one seed share random numbers: they count as one"));
  const Finding& biases = finding(changed, "bias-free", "mlp-3x256 and LeNet-5 with biases");
  EXPECT_THAT(biases.measured, HasSubstr("seeds with a network that meets the kink over the reals: 0/3"));
  EXPECT_THAT(finding(changed, "kinks", "relu, with").agreement,
              HasSubstr("as if mini-batches were independent"));
}

TEST_F(KinkConclusions, WithoutBiasesOneNetworkOverTheRealsIsEnough) {
  const auto conclude_with = [this](const ZeroCounts& without, const ZeroCounts& with) {
    return conclude([=](const Setting& setting) {
      const bool biases = kink_settings::has_biases(setting.network);
      return SyntheticKinks{.origins = has_max_pools(setting) ? (biases ? with : without) : ZeroCounts{}};
    });
  };
  const Results expected = conclude_with({.structural = 5}, {.rounding = 5});
  EXPECT_EQ(finding(expected, "bias-free", "LeNet-5 without").verdict, Verdict::reproduced);
  EXPECT_TRUE(finding(expected, "bias-free", "LeNet-5 without").headline);
  EXPECT_EQ(finding(expected, "bias-free", "mlp-3x256 and LeNet-5 with biases").verdict,
            Verdict::inconclusive)
      << "none, but of three seeds";
  EXPECT_EQ(finding(expected, "bias-free", "mlp-3x256 without").verdict, Verdict::measured) << "descriptive";
  EXPECT_EQ(finding(conclude_with({}, {.exact = 1}), "bias-free", "mlp-3x256 and LeNet-5 with").verdict,
            Verdict::not_reproduced);
  EXPECT_EQ(finding(conclude_with({.rounding = 5}, {}), "bias-free", "LeNet-5 without").verdict,
            Verdict::inconclusive);
}

TEST_F(KinkConclusions, SayWhatLiesBetweenTheSides) {
  const Results results = conclude([](const Setting& /*setting*/) { return SyntheticKinks{}; });
  // 18 rows of the table at each precision, three networks with two mini-batches.
  EXPECT_THAT(finding(results, "between-sides", "chain-rule").measured, HasSubstr("540/540 (100.0 %)"));
  EXPECT_THAT(finding(results, "between-sides", "published-code").measured,
              HasSubstr("0/540 (0.0 %); distance relative to the larger side: 1.5 (median), 1.5"));
}

TEST_F(KinkConclusions, AFailedControlLeavesNothingConcluded) {
  const Results results =
      conclude([](const Setting& /*setting*/) { return SyntheticKinks{.deterministic = false}; });
  for (const Finding& finding : results.findings) {
    EXPECT_EQ(finding.verdict, Verdict::inconclusive) << finding.id;
    EXPECT_THAT(finding.why, HasSubstr("not deterministic here"));
  }
}

TEST_F(KinkConclusions, OfAPartAnswerNothing) {
  const Selection lenet("network=LeNet-5", selectable_fields({std::make_shared<KinkSurvey>()}));
  const Results results = conclude([](const Setting& /*setting*/) { return SyntheticKinks{}; }, lenet);
  EXPECT_EQ(finding(results, "kinks", "absolute, with").verdict, Verdict::not_run);
  EXPECT_EQ(finding(results, "max-pool-ties", "LeNet-5 with and without biases, fp16").verdict,
            Verdict::not_run)
      << "half of its networks";
  EXPECT_EQ(table(results, "kinks-counts").rows.size(), 2U * all_precisions.size());
}

}  // namespace
}  // namespace relu0
