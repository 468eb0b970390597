// What the experiments on trainings to the end conclude from synthetic measurements.
#include "suites/measurements/training.hpp"
#include "suites/tests/suites/experiments/conclusions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class TrainingsToTheEnd : public test::Conclusions {
 protected:
  /// The final accuracy of a training; of draw `draw`.
  using Accuracy = std::function<double(const TrainedNetwork&, std::int64_t draw)>;

  Results conclude(std::string_view id, std::int64_t epochs, const Accuracy& accuracy) {
    const Experiment& experiment = find_experiment(id);
    settings_.epochs = epochs;
    std::vector<StoredDraw> draws;
    for (const MeasurementPtr& measurement : experiment.measurements()) {
      const auto& trained = dynamic_cast<const TrainedNetwork&>(*measurement);
      for (std::int64_t draw = 0; draw < measurement->draws(settings_); ++draw) {
        TrainingOutcome outcome;
        outcome.planned_epochs = epochs;
        outcome.first_steps = {kinks_};
        for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
          outcome.epochs.push_back({.steps = 10, .test_accuracy = accuracy(trained, draw), .kinks = kinks_});
        }
        outcome.search = search_;
        draws.push_back({measurement->key(settings_), draw, TrainedNetwork::encode(outcome)});
      }
    }
    const test::TemporaryFolder folder;
    Store store = Store::open_for_run(folder.path() / "results.sqlite");
    store.record(draws);
    Results results;
    results.experiments = {{.id = std::string(id), .title = "", .summary = ""}};
    experiment.conclude(Evidence(store, settings_), results);
    return results;
  }

  /// The learning rates' row with that rule and s, of MLPs at fp32.
  static std::vector<std::string> rate_row(const Results& results, const std::string& rule,
                                           const std::string& s) {
    for (const std::vector<std::string>& row : table(results, "sgd-sweep-learning-rates").rows) {
      if (row[0].starts_with("mlp-3x256 on MNIST, fp32") && row[1] == rule && row[2] == s) {
        return row;
      }
    }
    return {};
  }

  RunSettings settings_ = test::synthetic_settings();
  /// The search that every training has made; absent: none.
  std::optional<RateSearchOutcome> search_{};
  /// What each epoch of every training has met.
  KinkFlow kinks_{.met = 4, .reached = 2, .arriving = 1e-8, .through = 0.01, .assigned = 4};
};

double jitter(std::int64_t draw) { return 1e-4 * static_cast<double>(draw * draw % 7); }

/// Accuracy falls with |s| by so much a unit, under a rule only or both.
double falling(const TrainedNetwork& trained, std::int64_t draw, double slope) {
  return 0.95 + jitter(draw) - slope * std::abs(trained.relu.value);
}

TEST_F(TrainingsToTheEnd, ShorterOnesShowTheClaimAndNeverRefuteIt) {
  const Results fall = conclude("sgd-sweep", 2, [](const TrainedNetwork& trained, std::int64_t draw) {
    return falling(trained, draw, 0.01);
  });
  const Finding& shown = finding(fall, "sgd-best-zero", "fp32, chain-rule, mlp-3x256");
  EXPECT_EQ(shown.verdict, Verdict::reproduced);
  EXPECT_TRUE(shown.headline);
  EXPECT_THAT(shown.why, HasSubstr("2 of the published 200 epochs"));
  EXPECT_THAT(shown.measured, HasSubstr("s = 0 is ahead of s = 10 by 10.00 points"));
  const Results rise = conclude("sgd-sweep", 2, [](const TrainedNetwork& trained, std::int64_t draw) {
    return falling(trained, draw, -0.001);
  });
  EXPECT_EQ(finding(rise, "sgd-best-zero", "fp32, chain-rule, mlp-3x256").verdict, Verdict::inconclusive);
}

TEST_F(TrainingsToTheEnd, SayWhereSCouldNotAct) {
  const Accuracy flat = [](const TrainedNetwork& /*trained*/, std::int64_t /*draw*/) { return 0.9; };
  constexpr const char* told = "no training met a zero at which s acts";
  const auto measured = [&](const std::string& rule) {
    return finding(conclude("sgd-sweep", 2, flat), "sgd-best-zero", "fp32, " + rule + ", mlp-3x256").measured;
  };
  EXPECT_THAT(measured("chain-rule"), Not(HasSubstr(told)));
  // Zeros that no gradient reaches: the chain rule scales 0, the published code assigns s all the same.
  kinks_ = {.met = 4, .through = 0.01, .assigned = 4};
  EXPECT_THAT(measured("chain-rule"), HasSubstr(told));
  EXPECT_THAT(measured("published-code"), Not(HasSubstr(told)));
  kinks_ = {.through = 0.01};
  EXPECT_THAT(measured("published-code"), HasSubstr(told));
}

TEST_F(TrainingsToTheEnd, OfThePublishedProtocolRefuteItAndNoOthers) {
  settings_.networks = 3;
  const auto rise = [this](std::int64_t images) {
    settings_.images = images;
    return conclude("sgd-sweep", 200, [](const TrainedNetwork& trained, std::int64_t draw) {
      return falling(trained, draw, -0.001);
    });
  };
  const Results all = rise(60'000);
  EXPECT_EQ(finding(all, "sgd-best-zero", "fp32, chain-rule, ResNet18").verdict, Verdict::not_reproduced);
  const Finding& digits = finding(all, "sgd-best-zero", "fp32, chain-rule, mlp-3x256");
  EXPECT_EQ(digits.verdict, Verdict::inconclusive) << "the claim is about another network";
  EXPECT_THAT(digits.why, HasSubstr("the network or the data are others than the published ones"));
  const Results part = rise(20'000);
  const Finding& fewer = finding(part, "sgd-best-zero", "fp32, chain-rule, ResNet18");
  EXPECT_EQ(fewer.verdict, Verdict::inconclusive);
  EXPECT_THAT(fewer.why, HasSubstr("only 20000 of the published 50000 training images"));
}

TEST_F(TrainingsToTheEnd, ShowTheLearningRateOfEachSAndWhereItIsFrom) {
  const Accuracy flat = [](const TrainedNetwork& /*trained*/, std::int64_t draw) { return jitter(draw); };
  const Results published = conclude("sgd-sweep", 2, flat);
  for (const char* rule : {"chain-rule", "published-code"}) {
    for (const char* s : {"0", "0.2", "1", "10"}) {
      EXPECT_THAT(rate_row(published, rule, s),
                  ElementsAre(HasSubstr("SGD"), rule, s, "0.01526", "published for s = 0", "-", "-", "-"));
    }
  }
  settings_.rate_candidates = 3;
  search_ =
      RateSearchOutcome{.rungs = {1},
                        .candidates = {{.rate = 0.5, .scores = {{.loss = NAN, .correct = 1, .images = 10}}},
                                       {.rate = 0.02, .scores = {{.loss = 1, .correct = 7, .images = 10}}},
                                       {.rate = 0.01, .scores = {{.loss = 1, .correct = 6, .images = 10}}}},
                        .chosen = 1};
  EXPECT_THAT(rate_row(conclude("sgd-sweep", 2, flat), "chain-rule", "1"),
              ElementsAre(_, _, _, "0.02 (0.02 to 0.02)", "searched among 3 from 0.0001 to 1", "0.7000", "-",
                          "7 of 21"));
  for (RateCandidate& candidate : search_->candidates) {
    candidate.scores.back().loss = INFINITY;
  }
  EXPECT_THAT(rate_row(conclude("sgd-sweep", 2, flat), "chain-rule", "1").back(),
              HasSubstr("21 of 21; in 7 training(s) all did"));
}

TEST_F(TrainingsToTheEnd, MarkTheRowsOfSearchesWhoseChoiceMeansLittle) {
  settings_.rate_candidates = 2;
  const auto mark = [this](std::int64_t chosen_correct, std::int64_t other_correct) {
    search_ = RateSearchOutcome{
        .rungs = {1},
        .candidates = {{.rate = 0.02, .scores = {{.loss = 1, .correct = chosen_correct, .images = 100}}},
                       {.rate = 0.01, .scores = {{.loss = 2, .correct = other_correct, .images = 100}}}},
        .chosen = 0};
    return rate_row(
               conclude("sgd-sweep", 2,
                        [](const TrainedNetwork& /*trained*/, std::int64_t draw) { return jitter(draw); }),
               "chain-rule", "1")
        .at(6);
  };
  EXPECT_EQ(mark(70, 60), "-");
  EXPECT_EQ(mark(70, 70), "⚠ tied in 7 of 7");
  // One of ten classes: the interval of 12 of 100 holds 0.1, that of 30 of 100 begins above it.
  EXPECT_EQ(mark(12, 11), "⚠ near chance in 7 of 7");
  EXPECT_EQ(mark(30, 11), "-");
  EXPECT_EQ(mark(10, 10), "⚠ tied in 7 of 7; ⚠ near chance in 7 of 7");
}

TEST_F(TrainingsToTheEnd, OfAnotherLengthOrSearchThanTheirMeasurementAreRefused) {
  const TrainedNetwork measurement;
  TrainingOutcome outcome;
  outcome.planned_epochs = measurement.epochs(settings_);
  EXPECT_EQ(measurement.contradiction(outcome, settings_), "");
  settings_.rate_candidates = 3;
  EXPECT_EQ(measurement.contradiction(outcome, settings_),
            "its learning rate was searched among 0 candidates, where it is 3");
  outcome.search = RateSearchOutcome{.rungs = {1}, .candidates = {{}, {}, {}}};
  EXPECT_EQ(measurement.contradiction(outcome, settings_), "");
  settings_.rate_candidates.reset();
  EXPECT_THAT(measurement.contradiction(outcome, settings_), HasSubstr("since it is given"));
  settings_.epochs = outcome.planned_epochs + 1;
  EXPECT_THAT(measurement.contradiction(outcome, settings_), HasSubstr("where it is one of"));
}

TEST_F(TrainingsToTheEnd, NoEffectIsInconclusive) {
  const Results none = conclude("sgd-sweep", 200, [](const TrainedNetwork& /*trained*/, std::int64_t draw) {
    return 0.95 + jitter(draw);
  });
  EXPECT_EQ(finding(none, "sgd-best-zero", "fp32, chain-rule, mlp-3x256").verdict, Verdict::inconclusive);
}

TEST_F(TrainingsToTheEnd, SayWhatHoldsUnderThePublishedCodeOnly) {
  const Results results = conclude("sgd-sweep", 2, [](const TrainedNetwork& trained, std::int64_t draw) {
    return trained.relu.rule == Rule::published_code ? falling(trained, draw, 0.01) : 0.95 + jitter(draw);
  });
  EXPECT_EQ(finding(results, "sgd-best-zero", "fp32, chain-rule, mlp-3x256").verdict, Verdict::inconclusive);
  const Finding& published = finding(results, "sgd-best-zero", "fp32, published-code, mlp-3x256");
  EXPECT_EQ(published.verdict, Verdict::reproduced);
  EXPECT_THAT(published.why, HasSubstr("only under the published code"));
}

TEST_F(TrainingsToTheEnd, TheScaleLeavesOutThePapersNetworksAndSaysWhatTheyCost) {
  const Results results = conclude("sgd-sweep", 2, [](const TrainedNetwork& trained, std::int64_t draw) {
    return falling(trained, draw, 0.01);
  });
  const Finding& resnet = finding(results, "sgd-best-zero", "fp32, chain-rule, ResNet18");
  EXPECT_EQ(resnet.verdict, Verdict::not_run);
  EXPECT_THAT(resnet.why, HasSubstr("relu0 run sgd-sweep --only network=ResNet18"));
  EXPECT_THAT(resnet.why, HasSubstr("its 150 trainings take about"));
  settings_.on_request = false;
  const Results plain = conclude("sgd-sweep", 2, [](const TrainedNetwork& trained, std::int64_t draw) {
    return falling(trained, draw, 0.01);
  });
  const Finding& left_out = finding(plain, "sgd-best-zero", "fp32, chain-rule, mlp-3x256");
  EXPECT_EQ(left_out.verdict, Verdict::not_run);
  EXPECT_THAT(left_out.why, HasSubstr("--with-training"));
}

TEST_F(TrainingsToTheEnd, ABufferIsWhereTheChangeIsSmaller) {
  const auto with_slopes = [this](double plain, double buffered, std::int64_t epochs) {
    return conclude("batch-norm-buffer", epochs, [=](const TrainedNetwork& trained, std::int64_t draw) {
      const bool norm = name(trained.setting.network).find("-bn") != std::string::npos;
      return falling(trained, draw, (norm ? buffered : plain) * (1 + jitter(draw)));
    });
  };
  const Results softened = with_slopes(0.02, 0.001, 2);
  const Finding& of = finding(softened, "batch-norm-buffers", "fp32, chain-rule");
  EXPECT_EQ(of.verdict, Verdict::reproduced);
  ASSERT_TRUE(of.interval.has_value());
  EXPECT_GT(of.interval->low, 0.018);
  EXPECT_LT(of.interval->high, 0.02);
  EXPECT_EQ(finding(with_slopes(0.001, 0.02, 2), "batch-norm-buffers", "fp32, chain-rule").verdict,
            Verdict::inconclusive);
  settings_.networks = 7;
  EXPECT_EQ(
      finding(with_slopes(0.001, 0.02, 200), "batch-norm-buffers", "fp32, chain-rule, ResNet18").verdict,
      Verdict::not_reproduced);
}

TEST_F(TrainingsToTheEnd, DropoutIsHeldAgainstS) {
  const Results results =
      conclude("dropout-yardstick", 2, [](const TrainedNetwork& trained, std::int64_t draw) {
        const bool dropout = name(trained.setting.network).find("dropout") != std::string::npos;
        return falling(trained, draw, 0.05) + (dropout ? 0.002 : 0);
      });
  const Finding& of = finding(results, "dropout", "fp32, chain-rule, mlp-3x256");
  EXPECT_EQ(of.verdict, Verdict::reproduced);
  EXPECT_THAT(of.measured, HasSubstr("without dropout ahead of with dropout by -0.20 points"));
}

TEST_F(TrainingsToTheEnd, OfThePublishedNetworkStandBesideThePublishedMedianOfEachDropout) {
  settings_.networks = 2;
  const Results results = conclude(
      "dropout-yardstick", 2, [](const TrainedNetwork&, std::int64_t draw) { return 0.9 + jitter(draw); });
  std::map<std::string, std::string> published;
  for (const std::vector<std::string>& row : table(results, "dropout-yardstick-trainings").rows) {
    if (row[1] == "published-code" && row[2] == "0") {
      published[row[0]] = row[6];
    }
  }
  EXPECT_EQ(published.at("mlp-3x2048 on MNIST, fp32, SGD"), "0.9845");
  EXPECT_EQ(published.at("mlp-3x2048-dropout-0.5 on MNIST, fp32, SGD"), "0.9866");
  EXPECT_EQ(published.at("mlp-3x2048-dropout-0.9 on MNIST, fp32, SGD"), "0.4187");
  EXPECT_EQ(published.at("mlp-3x256 on MNIST, fp32, SGD"), "-") << "no such network was published";
}

TEST_F(TrainingsToTheEnd, ImagenetTakesMoreThanTenPoints) {
  settings_.networks = 3;
  const auto ahead = [this](double points) {
    const Results results =
        conclude("imagenet-training", 90, [points](const TrainedNetwork& trained, std::int64_t draw) {
          return 0.7 + jitter(draw) * (1 + trained.relu.value) - points * trained.relu.value;
        });
    return finding(results, "imagenet", "fp32, published-code").verdict;
  };
  EXPECT_EQ(ahead(0.2), Verdict::reproduced);
  EXPECT_EQ(ahead(0.1), Verdict::inconclusive);
  EXPECT_EQ(ahead(0.05), Verdict::not_reproduced);
  DataFacts& photographs = settings_.data.at(datasets::imagenet);
  photographs.classes = 2;
  EXPECT_EQ(ahead(0.05), Verdict::inconclusive) << "two classes of the published thousand";
  photographs.classes = 1000;
  photographs.images = 2000;
  EXPECT_EQ(ahead(0.05), Verdict::inconclusive) << "few images";
}

TEST_F(TrainingsToTheEnd, BothRulesStandSideBySide) {
  const Results results =
      conclude("chain-rule-survival", 2, [](const TrainedNetwork& trained, std::int64_t draw) {
        return trained.relu.rule == Rule::published_code ? falling(trained, draw, 0.01 * (1 + jitter(draw)))
                                                         : 0.95 + jitter(draw);
      });
  EXPECT_THAT(results.experiments.front().answer, HasSubstr("under the published code alone in 21"));
  const Table& rows = table(results, "chain-rule-survival");
  ASSERT_EQ(rows.rows.size(), 21U) << "seven conditions on MNIST, three s other than 0 each";
  EXPECT_THAT(at(rows, 1, "ahead of it: published-code"), HasSubstr("1.00 points"));
  EXPECT_THAT(at(rows, 1, "ahead of it: chain-rule"), HasSubstr("0.00 points"));
  // √(4 / (4 + 0.01)) and √(1e-8 / (1e-8 + 0.01))
  EXPECT_EQ(at(rows, 1, "entering by s = 1: published-code"), "0.999");
  EXPECT_EQ(at(rows, 1, "entering by s = 1: chain-rule"), "0.001");
  EXPECT_EQ(at(rows, 1, "parted from epoch: published-code"), "1");
  EXPECT_EQ(at(rows, 1, "parted from epoch: chain-rule"), "not");
  settings_.on_request = false;
  const Results none =
      conclude("chain-rule-survival", 2, [](const TrainedNetwork&, std::int64_t) { return 0.5; });
  EXPECT_THAT(none.experiments.front().answer, HasSubstr("Not measured in this run"));
}

TEST_F(TrainingsToTheEnd, AreShownEpochByEpoch) {
  settings_.networks = 3;
  const Results results = conclude("sgd-sweep", 6, [](const TrainedNetwork& trained, std::int64_t draw) {
    return falling(trained, draw, 0.01);
  });
  const Table& epochs = table(results, "sgd-sweep-epochs");
  ASSERT_GE(epochs.rows.size(), 3U);
  constexpr std::array shown{"1", "4", "6"};
  for (std::size_t row = 0; row < shown.size(); ++row) {
    EXPECT_EQ(at(epochs, row, "epoch"), shown.at(row));
    EXPECT_EQ(at(epochs, row, "s"), "0");
    EXPECT_EQ(at(epochs, row, "trainings"), "3");
    EXPECT_EQ(at(epochs, row, "test accuracy"), "0.9501") << "0.95, 0.9501 and 0.9504";
    EXPECT_EQ(at(epochs, row, "zeros a step"), "0.4");
    EXPECT_EQ(at(epochs, row, "reached a step"), "0.2");
    EXPECT_EQ(at(epochs, row, "share entering"), "0");
  }
}

TEST_F(TrainingsToTheEnd, AreDrawnWithEachTrainingAndThePublishedMedians) {
  settings_.networks = 3;
  const Results results = conclude("sgd-sweep", 3, [](const TrainedNetwork& trained, std::int64_t draw) {
    return falling(trained, draw, 0.01);
  });
  const auto found = std::find_if(results.figures.begin(), results.figures.end(), [](const Figure& figure) {
    return figure.title.find("Final test accuracy by s: ResNet18") != std::string::npos;
  });
  ASSERT_NE(found, results.figures.end());
  ASSERT_EQ(found->series.size(), 5U) << "medians and trainings under two rules, and what was published";
  EXPECT_EQ(found->series[1].points.size(), 8U * 3U);
  EXPECT_TRUE(found->series[4].published);
  EXPECT_EQ(found->series[4].points.front().y, 0.9013);
  EXPECT_EQ(at(table(results, "sgd-sweep-trainings"), 0, "test accuracy"), "0.9501");
}

TEST_F(TrainingsToTheEnd, ShowFirstWhatTheHeadlineIsAbout) {
  const Accuracy flat = [](const TrainedNetwork& /*trained*/, std::int64_t draw) { return jitter(draw); };
  const Results buffer = conclude("batch-norm-buffer", 2, flat);
  const Finding& headline = finding(buffer, "batch-norm-buffers", "fp32, chain-rule, mlp-3x256");
  EXPECT_TRUE(headline.headline);
  const Figure& picture = buffer.figures.front();
  EXPECT_EQ(
      picture.title,
      "Final test accuracy by s: mlp-3x256 on MNIST, fp32, SGD beside mlp-3x256-bn on MNIST, fp32, SGD");
  ASSERT_EQ(picture.series.size(), 4U) << "two networks under two rules";
  EXPECT_THAT(picture.x.categories, ElementsAre("0", "0.2", "1", "10"));
  for (const FigureSeries& series : picture.series) {
    ASSERT_EQ(series.points.size(), 4U);
    // The jitter of seven draws: 0, 1, 4, 2, 2, 4, 1 of 1e-4.
    EXPECT_EQ(series.points[1].least, 0.0);
    EXPECT_EQ(series.points[1].y, jitter(3));
    EXPECT_EQ(series.points[1].greatest, jitter(2));
  }
  EXPECT_EQ(conclude("sgd-sweep", 2, flat).figures.front().title,
            "Final test accuracy by s: mlp-3x256 on MNIST, fp32, SGD");
}

}  // namespace
}  // namespace relu0
