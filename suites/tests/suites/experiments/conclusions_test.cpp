// What the experiments on sweeps conclude from synthetic measurements.
#include "suites/tests/suites/experiments/conclusions.hpp"

#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace relu0 {
namespace {

/// Outcomes in which draw i is impacted when `impacted(setting, i)` says so.
class SweepConclusions : public test::Conclusions {
 protected:
  template <typename Predicate>
  Results conclude(std::string_view id, std::int64_t networks, Predicate impacted,
                   bool deterministic = true) {
    return Conclusions::conclude(id, networks, [&](const Setting& setting, std::int64_t draw) {
      return test::swept(impacted(setting, draw), deterministic);
    });
  }
};

TEST_F(SweepConclusions, PrecisionReproducesWhatThePaperFound) {
  const Results results = conclude("precision", 100, [](const Setting& setting, std::int64_t draw) {
    const int bits = storage_bits(setting.precision);
    return bits == 16 || (bits == 32 && draw % 2 == 0);
  });
  EXPECT_EQ(finding(results, "fp16-systematic", "fp16, chain-rule, mlp-3x256").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(results, "fp32-half", "fp32, published-code, mlp-3x256").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(results, "fp64-none", "fp64, chain-rule").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(results, "fp32-half", "fp32, chain-rule").measured, "50/100 (50.0 %)");
}

TEST_F(SweepConclusions, PrecisionHasAFigureForTheHeadOfTheReport) {
  const Results results = conclude("precision", 100, [](const Setting& setting, std::int64_t draw) {
    return storage_bits(setting.precision) == 16 || draw % 2 == 0;
  });
  ASSERT_EQ(results.figures.size(), 1U);
  const Figure& figure = results.figures.front();
  EXPECT_TRUE(figure.headline);
  EXPECT_NE(figure.caption.find("digits, made up"), std::string::npos) << "the data set's short name";
  EXPECT_EQ(figure.x.categories, (std::vector<std::string>{"fp16", "bf16", "tf32", "fp32", "fp64"}));
  ASSERT_EQ(figure.series.size(), 2U);
  std::vector<double> measured;
  for (const FigurePoint& point : figure.series[0].points) {
    measured.push_back(point.y);
    EXPECT_LT(*point.low, *point.high);
  }
  EXPECT_EQ(measured, (std::vector<double>{1, 1, 0.5, 0.5, 0.5}));
  std::vector<std::pair<double, double>> published;
  for (const FigurePoint& point : figure.series[1].points) {
    published.emplace_back(point.x, point.y);
  }
  EXPECT_EQ(published, (std::vector<std::pair<double, double>>{{0, 1}, {3, 0.463}, {4, 0}}));
  EXPECT_TRUE(figure.series[1].published);
}

/// Recorded and compared results are held against each other by these.
TEST_F(SweepConclusions, FindingsKnowTheConditionsOfTheirMeasurements) {
  const auto any = [](const Setting& /*setting*/, std::int64_t /*draw*/) { return true; };
  const Conditions precision =
      finding(conclude("precision", 2, any), "fp32-half", "fp32, chain-rule").conditions;
  EXPECT_EQ(precision.at("images"), "60000");
  EXPECT_EQ(precision.at("batch_size"), "256");
  EXPECT_EQ(precision.at("data"), "synthetic digits");
  EXPECT_FALSE(precision.contains("seed"));
  EXPECT_EQ(finding(conclude("batch-size", 2, any), "batch-size", "fp32, chain-rule, mlp-3x256")
                .conditions.at("batch_size"),
            "16, 64, 256, 512, 1024");
  use_images(2048);
  EXPECT_EQ(finding(conclude("precision", 2, any), "fp32-half", "fp32, chain-rule").conditions.at("images"),
            "2048");
}

TEST_F(SweepConclusions, WhatThePaperDidNotMeasureIsMeasured) {
  for (const char* id : {"precision", "sample-size"}) {
    const Results results =
        conclude(id, 100, [](const Setting& /*setting*/, std::int64_t draw) { return draw > 5; });
    for (const Finding& finding : results.findings) {
      const bool unpublished = finding.precision == Precision::bf16 || finding.precision == Precision::tf32;
      EXPECT_EQ(finding.verdict == Verdict::measured, unpublished) << id << " " << finding.setting;
      EXPECT_EQ(finding.published.find("not measured") != std::string::npos, unpublished)
          << finding.published;
      EXPECT_FALSE(finding.headline && unpublished);
    }
  }
}

TEST_F(SweepConclusions, PrecisionDoesNotReproduceWhatIsOtherwise) {
  const Results results = conclude("precision", 100, [](const Setting& setting, std::int64_t draw) {
    return setting.precision == Precision::fp64 || draw % 10 == 0;
  });
  EXPECT_EQ(finding(results, "fp16-systematic", "fp16, chain-rule").verdict, Verdict::not_reproduced);
  EXPECT_EQ(finding(results, "fp32-half", "fp32, chain-rule").verdict, Verdict::not_reproduced);
  EXPECT_EQ(finding(results, "fp64-none", "fp64, chain-rule").verdict, Verdict::not_reproduced);
}

TEST_F(SweepConclusions, AFailedControlLeavesNothingConcluded) {
  const Results results = conclude(
      "precision", 100, [](const Setting& /*setting*/, std::int64_t /*draw*/) { return true; }, false);
  for (const Finding& finding : results.findings) {
    EXPECT_EQ(finding.verdict, Verdict::inconclusive);
    EXPECT_NE(finding.why.find("not deterministic here"), std::string::npos);
  }
}

TEST_F(SweepConclusions, DepthGrowsOnlyWhereTheSharesDo) {
  const Results results = conclude("depth", 60, [](const Setting& setting, std::int64_t draw) {
    return setting.precision == Precision::fp16 ||
           (setting.precision == Precision::fp32 && draw % 7 < std::get<Mlp>(setting.network).hidden_layers);
  });
  EXPECT_EQ(finding(results, "depth", "fp32, chain-rule").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(results, "depth", "fp16, chain-rule").verdict, Verdict::inconclusive) << "saturated";
  EXPECT_EQ(finding(results, "fp64-none", "fp64, chain-rule").verdict, Verdict::reproduced);
}

TEST_F(SweepConclusions, WidthThatFallsIsNotReproduced) {
  const Results results = conclude("width", 60, [](const Setting& setting, std::int64_t draw) {
    return draw % 8 > std::get<Mlp>(setting.network).width / 150;
  });
  EXPECT_EQ(finding(results, "width", "fp32, chain-rule").verdict, Verdict::not_reproduced);
}

TEST_F(SweepConclusions, BatchSizeIsJudgedByEquivalence) {
  const Results same = conclude("batch-size", 100,
                                [](const Setting& /*setting*/, std::int64_t draw) { return draw % 2 == 0; });
  EXPECT_EQ(finding(same, "batch-size", "fp32, chain-rule, mlp-3x256").verdict, Verdict::reproduced);
}

TEST_F(SweepConclusions, SampleSizeCountsImagesUpToTheFirstImpactedOne) {
  const Results results = conclude("sample-size", 50, [](const Setting& setting, std::int64_t draw) {
    return setting.precision == Precision::fp32 && draw % 2 == 0;
  });
  EXPECT_EQ(finding(results, "sample-size", "fp32, chain-rule").measured,
            "0/50 within 1000 images, 25/50 within 60000");
  EXPECT_EQ(finding(results, "sample-size", "fp32, chain-rule").verdict, Verdict::reproduced);
  EXPECT_EQ(finding(results, "sample-size", "fp64, chain-rule").verdict, Verdict::inconclusive);
  const auto series = std::find_if(results.figures.at(0).series.begin(), results.figures.at(0).series.end(),
                                   [](const FigureSeries& s) { return s.group == "fp32"; });
  ASSERT_EQ(series->points.size(), 9U);
  EXPECT_EQ(series->points[2].y, 0) << "5,000 images: the first impacted one is number 5,201";
  EXPECT_EQ(series->points[3].y, 0.5);
}

TEST_F(SweepConclusions, MagnitudeIsMeasuredButNotJudged) {
  const Results results =
      conclude("magnitude", 10, [](const Setting& /*setting*/, std::int64_t draw) { return draw < 4; });
  const Finding& measured = finding(results, "magnitude", "fp32, chain-rule");
  EXPECT_EQ(measured.verdict, Verdict::measured);
  EXPECT_EQ(measured.measured, "4/2350 (0.2 %) mini-batches impacted; quartiles 1e-05 / 1e-05 / 1e-05");
}

TEST_F(SweepConclusions, NothingMeasuredIsNotRun) {
  for (const Experiment& experiment : experiments()) {
    Results results;
    experiment.conclude(Evidence(Store::open_for_run(test::TemporaryFolder().path() / "empty.sqlite"),
                                 test::synthetic_settings()),
                        results);
    ASSERT_FALSE(results.findings.empty()) << experiment.id;
    for (const Finding& finding : results.findings) {
      EXPECT_EQ(finding.verdict, Verdict::not_run)
          << finding.id << " " << finding.setting << ": " << finding.why;
    }
  }
}

}  // namespace
}  // namespace relu0
