// Trainings that search their learning rates, small real ones.
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/data/held_out_images.hpp"
#include "reports/writers/writers.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/measurements/training.hpp"
#include "suites/run/evidence.hpp"
#include "suites/run/runner.hpp"
#include "suites/tests/suites/run/embedded_data.hpp"
#include "suites/tests/suites/run/idx_files.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"
#include "suites/tests/text_file.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t images = 600;

/// Searches train on 500 of the first 600 digits: 2 epochs of 5 steps. 4 candidates take 2 steps, 2
/// of them 4; then the training itself takes 12.
class TrainingWithASearch : public ::testing::Test {
 protected:
  static constexpr int steps_of_draw = 4 * 2 + 2 * 2 + 12;

  static TrainedNetwork trained(const DerivativeChoice& relu = {}) {
    TrainedNetwork measurement(
        {.network = Mlp{.hidden_layers = 2, .width = 16, .batch_norm = true, .dropout = 0.25},
         .precision = Precision::fp32,
         .batch_size = 100});
    measurement.relu = relu;
    measurement.quick = {.draws = 2, .epochs = 2};
    return measurement;
  }

  /// One draw of it, by draws that do nothing but this.
  [[nodiscard]] TrainingOutcome draw(const TrainedNetwork& measurement, const RunSettings& settings,
                                     const DataSets& data) const {
    const Network network = build(measurement.setting.network);
    const GroupData group(data, datasets::mnist, settings.images_of(datasets::mnist));
    return TrainedNetwork::decode(measurement.prepare(network, group, settings, 1)(
        draw_weights(network, settings.seed), settings.seed));
  }

  static RunSettings searching(const DataSets& data) {
    RunSettings settings;
    settings.data = data.facts();
    settings.images = images;
    settings.rate_candidates = 4;
    return settings;
  }

  static nlohmann::json without_search(nlohmann::json outcome) {
    outcome.erase("search");
    return outcome;
  }

  const DataSets& data_ = test::shared_digits_with_test_images();
  RunSettings settings_ = searching(data_);
};

TEST_F(TrainingWithASearch, IsATrainingAtTheRateThatWasFound) {
  const TrainingOutcome searched = draw(trained(), settings_, data_);
  ASSERT_TRUE(searched.search);
  EXPECT_EQ(searched.search->rungs, (std::vector<std::int64_t>{2, 4}));
  ASSERT_EQ(searched.search->candidates.size(), 4U);
  RunSettings given = settings_;
  given.rate_candidates.reset();
  TrainedNetwork at_rate = trained();
  at_rate.learning_rate = searched.search->best().rate;
  const TrainingOutcome plain = draw(at_rate, given, data_);
  EXPECT_FALSE(plain.search);
  EXPECT_EQ(without_search(TrainedNetwork::encode(searched)), TrainedNetwork::encode(plain));
}

// The candidates are trained here once more, each from its beginning, on parts that are taken image by image.
TEST_F(TrainingWithASearch, ScoresCandidatesOnTrainingImagesThatTheyWereNotTrainedOn) {
  const TrainedNetwork measurement = trained({.value = 1, .rule = Rule::published_code});
  const RateSearchOutcome search = *draw(measurement, settings_, data_).search;
  const Network network = build(measurement.setting.network);
  const HeldOutImages parts = hold_out(first_images(data_.shared_images(datasets::mnist), images), 6);
  ASSERT_EQ(parts.held_out->size(), 100);
  const BatchSource train(parts.rest, {.batch_size = 100, .order = Order::shuffled});
  const BatchSource validation(parts.held_out, {.batch_size = 500});
  std::vector<double> accuracies;
  for (std::int64_t i = 0; i < 4; ++i) {
    const RateCandidate& candidate = search.candidates[static_cast<std::size_t>(i)];
    EXPECT_EQ(candidate.rate, candidate_rate({}, settings_.seed, i));
    Training training(network, draw_weights(network, settings_.seed), train, validation, settings_.seed,
                      {.kernel = settings_.kernel,
                       .relu = measurement.relu,
                       .optimizer = measurement.optimizer,
                       .learning_rate = candidate.rate,
                       .epochs = 2});
    for (std::size_t rung = 0; rung < candidate.scores.size(); ++rung) {
      for (std::int64_t step = 0; step < 2; ++step) {
        training.step();
      }
      const Score score = training.score();
      EXPECT_EQ(candidate.scores[rung].loss, score.loss) << i << ", " << rung;
      EXPECT_EQ(candidate.scores[rung].correct, score.correct);
      EXPECT_EQ(candidate.scores[rung].images, 100);
    }
    accuracies.push_back(candidate.scores.front().accuracy());
  }
  EXPECT_EQ(std::count_if(search.candidates.begin(), search.candidates.end(),
                          [](const RateCandidate& of) { return of.scores.size() == 2; }),
            2);
}

// Two data sets of the same training images whose test images differ in a pixel: what is found of the test
// images differs, and no bit of the search.
TEST_F(TrainingWithASearch, DoesNotSeeTheTestImages) {
  std::vector<TrainingOutcome> outcomes;
  for (const std::uint8_t pixel : {std::uint8_t{0}, std::uint8_t{255}}) {
    const test::TemporaryFolder folder;
    test::write_idx_digits(folder.path(), 7);
    test::write_idx_digits(folder.path(), pixel, "t10k");
    const DataSets data(folder.path(), {datasets::mnist}, 1, {datasets::mnist});
    outcomes.push_back(draw(trained(), searching(data), data));
  }
  EXPECT_EQ(encode(*outcomes[0].search), encode(*outcomes[1].search));
  EXPECT_NE(outcomes[0].epochs.back().test_loss, outcomes[1].epochs.back().test_loss);
}

TEST_F(TrainingWithASearch, HasTheSameCandidatesForEveryS) {
  const auto rates = [this](const DerivativeChoice& relu) {
    std::vector<double> result;
    const RateSearchOutcome search = *draw(trained(relu), settings_, data_).search;
    for (const RateCandidate& candidate : search.candidates) {
      result.push_back(candidate.rate);
    }
    return result;
  };
  EXPECT_EQ(rates({}), rates({.value = 10, .rule = Rule::published_code}));
}

TEST_F(TrainingWithASearch, EndsWithTheSameBitsWhereverItIsInterrupted) {
  const TrainedNetwork measurement = trained({.value = 1, .rule = Rule::published_code});
  const nlohmann::json undisturbed = TrainedNetwork::encode(draw(measurement, settings_, data_));
  /// Interrupts the draw after so many steps, again and again, until it ends; returns how often.
  const auto interrupted = [&](int steps, int times) {
    const test::TemporaryFolder folder;
    RunSettings kept = settings_;
    kept.checkpoints = folder.path() / "checkpoints";
    int interrupts = 0;
    for (;;) {
      const InterruptGuard guard;
      RunSettings disturbed = kept;
      disturbed.tell = [&, taken = 0](const DrawPlace& /*place*/) mutable {
        if (++taken == steps && interrupts < times) {
          ASSERT_EQ(std::raise(SIGTERM), 0);
        }
      };
      try {
        EXPECT_EQ(TrainedNetwork::encode(draw(measurement, disturbed, data_)), undisturbed)
            << steps << " steps, " << interrupts << " times";
        return interrupts;
      } catch (const DrawInterrupted&) {
        ++interrupts;
      }
    }
  };
  for (int steps = 1; steps < steps_of_draw - 1; ++steps) {
    EXPECT_EQ(interrupted(steps, 1), 1) << steps;
  }
  EXPECT_GT(interrupted(1, 1000), 8) << "a step each time";
  EXPECT_GT(interrupted(3, 1000), 3);
}

TEST_F(TrainingWithASearch, TellsWhichShareOfAllItsStepsItHasTaken) {
  std::vector<double> made;
  RunSettings settings = settings_;
  settings.tell = [&made](const DrawPlace& place) { made.push_back(place.made); };
  (void)draw(trained(), settings, data_);
  ASSERT_EQ(made.size(), static_cast<std::size_t>(steps_of_draw));
  EXPECT_DOUBLE_EQ(made.front(), 1. / steps_of_draw);
  EXPECT_DOUBLE_EQ(made.back(), 1);
}

TEST_F(TrainingWithASearch, IsKeptTheSameWhateverTheThreadsAndLeavesNoCheckpoint) {
  std::vector<std::string> kept;
  for (const int threads : {1, 3}) {
    const test::TemporaryFolder folder;
    Store store = Store::open_for_run(folder.path() / "results.sqlite");
    RunSettings settings = settings_;
    settings.checkpoints = folder.path() / "checkpoints";
    {
      const InterruptGuard guard;
      RunSettings disturbed = settings;
      disturbed.tell = [taken = 0](const DrawPlace& /*place*/) mutable {
        if (++taken == 9) {
          ASSERT_EQ(std::raise(SIGTERM), 0);
        }
      };
      EXPECT_THROW(draw(trained(), disturbed, data_), DrawInterrupted);
      EXPECT_FALSE(std::filesystem::is_empty(settings.checkpoints));
    }
    const Measurements measurements{std::make_shared<TrainedNetwork>(trained()),
                                    std::make_shared<TrainedNetwork>(trained({.value = 1}))};
    ASSERT_EQ(measure(plan(measurements, settings), settings, data_, store, threads), RunEnd::complete);
    EXPECT_TRUE(std::filesystem::is_empty(settings.checkpoints));
    std::string all;
    for (const std::string& of : store.keys()) {
      for (const StoredDraw& stored : store.stored_draws(of)) {
        all += of + stored.values.dump();
      }
    }
    kept.push_back(all);
  }
  EXPECT_EQ(kept[0], kept[1]);
}

TEST_F(TrainingWithASearch, IsAnotherMeasurementThanOneAtAGivenRate) {
  RunSettings given = settings_;
  given.rate_candidates.reset();
  RunSettings more = settings_;
  more.rate_candidates = 5;
  const std::string key = trained().key(settings_);
  EXPECT_NE(key, trained().key(given));
  EXPECT_NE(key, trained().key(more));
  TrainedNetwork other = trained();
  other.learning_rate = 0.5;
  EXPECT_EQ(key, other.key(settings_)) << "the given rate is not used";
  other.optimizer = AdamOptions{};
  EXPECT_NE(key, other.key(settings_));
}

TEST_F(TrainingWithASearch, CostsMore) {
  const TrainedNetwork measurement = trained();
  const Network network = build(measurement.setting.network);
  RunSettings given = settings_;
  given.rate_candidates.reset();
  // Two rungs of a training on 1,000 images take 112 for each of 4 candidates and 222 more for each of 2,
  // three passes each; 6 scores take 100.
  EXPECT_EQ(measurement.cost(network, settings_) - measurement.cost(network, given),
            network.multiply_adds() * (3 * (4 * 112 + 2 * 222) + 6 * 100));
}

TEST(SearchRun, IsSaidInTheReportAndSharedOutLikeOtherDraws) {
  const test::TemporaryFolder folder;
  const auto run = [&](const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{
        "run",   "dropout-yardstick", "--only", "network=mlp-3x256", "--images", "180",          "--epochs",
        "1",     "--networks",        "3",      "--learning-rates",  "search",   "--candidates", "2",
        "--out", folder.path() / name};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::run_relu0(arguments);
  };
  const auto whole = run("whole", {});
  ASSERT_EQ(whole.exit_code, exit_pass) << whole.output;
  const std::string html = test::text_of(folder.path() / "whole" / "report.html");
  EXPECT_THAT(html, HasSubstr("searched among 2 from 0.0001 to 1"));
  EXPECT_THAT(test::text_of(folder.path() / "whole" / "summary.md"),
              HasSubstr("--epochs 1 --learning-rates search --candidates 2"));
  for (const char* shard : {"1/2", "2/2"}) {
    const auto end = run(std::string("shard") + shard[0], {"--shard", shard});
    ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  }
  const auto merged = test::run_relu0(
      {"merge", folder.path() / "shard1", folder.path() / "shard2", "--out", folder.path() / "merged"});
  ASSERT_EQ(merged.exit_code, exit_pass) << merged.output;
  EXPECT_EQ(test::text_of(folder.path() / "merged" / "report.html"), html);
}

}  // namespace
}  // namespace relu0
