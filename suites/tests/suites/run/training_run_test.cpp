// Small real trainings through the store, on the embedded digits.
#include "analysis/torch/draw_weights.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/training.hpp"
#include "suites/measurements/zeros_in_training.hpp"
#include "suites/run/checkpoints/checkpointed_training.hpp"
#include "suites/run/evidence.hpp"
#include "suites/run/runner.hpp"
#include "suites/tests/suites/run/embedded_data.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <csignal>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

class TrainingRun : public ::testing::Test {
 protected:
  static Setting setting() {
    return {.network = MlpOfWidths{.widths = {24, 12}}, .precision = Precision::fp16, .batch_size = 128};
  }
  static Divergence divergence_of(std::int64_t iterations) {
    Divergence measurement(setting());
    measurement.iterations = iterations;
    return measurement;
  }
  /// Six iterations at quick scale.
  static ZerosInTraining zeros_of(std::int64_t epochs) {
    ZerosInTraining measurement(setting());
    measurement.epochs = epochs;
    measurement.quick_multiply_adds = 6 * 128 * 3 * (784.0 * 24 + 24 * 12 + 12 * 10);
    return measurement;
  }

  void measure_into(Store& store, int threads) const {
    const Measurements measurements{std::make_shared<Divergence>(divergence_of(4)),
                                    std::make_shared<ZerosInTraining>(zeros_of(100))};
    ASSERT_EQ(measure(plan(measurements, settings_), settings_, data_, store, threads), RunEnd::complete);
  }

  const DataSets& data_ = test::shared_digits();
  RunSettings settings_ = [this] {
    RunSettings settings;
    settings.networks = 2;
    settings.data = {{datasets::mnist, {.identity = "embedded", .images = data_.of(datasets::mnist).size()}}};
    return settings;
  }();
};

// Stands in for a library that changes the arithmetic in the middle of a run: the threads round as ever, and
// the store says that they don't.
TEST_F(TrainingRun, KeepsNoDrawOfAThreadThatRoundsOtherwiseThanRecorded) {
  const test::TemporaryFolder folder;
  Store store = Store::open_for_run(folder.path() / "results.sqlite");
  store.set_environment({{facts::rounding, "to nearest"}, {facts::flush_to_zero, "on"}});
  EXPECT_THROW(measure_into(store, 2), EnvironmentMismatch);
  EXPECT_TRUE(store.keys().empty());
}

TEST_F(TrainingRun, KeepsWhatWasMeasuredWhateverTheThreads) {
  const test::TemporaryFolder folder;
  Store one = Store::open_for_run(folder.path() / "one.sqlite");
  Store two = Store::open_for_run(folder.path() / "two.sqlite");
  measure_into(one, 1);
  measure_into(two, 2);
  ASSERT_EQ(one.keys().size(), 2U);
  for (const std::string& key : one.keys()) {
    const auto of_one = one.stored_draws(key);
    const auto of_two = two.stored_draws(key);
    ASSERT_EQ(of_one.size(), 2U);
    ASSERT_EQ(of_two.size(), 2U);
    for (std::size_t i = 0; i < of_one.size(); ++i) {
      EXPECT_EQ(of_one[i].values, of_two[i].values);
    }
  }
  const Evidence evidence(one, settings_);
  const auto divergences = evidence.of(divergence_of(4)).draws;
  ASSERT_EQ(divergences.size(), 2U);
  EXPECT_EQ(divergences[0].iterations, 4);
  EXPECT_TRUE(divergences[0].deterministic);
  EXPECT_NE(divergences[0].min_absolute_pre_activation, divergences[1].min_absolute_pre_activation)
      << "draws are other networks on other mini-batches";
  const auto zeros = evidence.of(zeros_of(100)).draws;
  ASSERT_EQ(zeros.size(), 2U);
  ASSERT_EQ(zeros[0].epochs.size(), 1U);
  EXPECT_EQ(zeros[0].epochs[0].iterations, 6) << "as many as the multiply-adds allow";
  EXPECT_EQ(zeros[0].epochs[0].relu_inputs, 6 * 128 * (24 + 12));
}

/// Trainings of 2 epochs on the first 600 digits, evaluated on as many.
class TrainingToTheEnd : public ::testing::Test {
 protected:
  static TrainedNetwork trained(const DerivativeChoice& relu, Precision precision = Precision::fp16) {
    TrainedNetwork measurement(
        {.network = Mlp{.hidden_layers = 2, .width = 16, .batch_norm = true, .dropout = 0.25},
         .precision = precision,
         .batch_size = 100});
    measurement.relu = relu;
    measurement.quick = {.draws = 2, .epochs = 2};
    return measurement;
  }

  [[nodiscard]] static Store store_in(const test::TemporaryFolder& folder) {
    return Store::open_for_run(folder.path() / "results.sqlite");
  }

  RunEnd measure_into(Store& store, int threads, const RunSettings& settings) const {
    const Measurements measurements{
        std::make_shared<TrainedNetwork>(trained({})),
        std::make_shared<TrainedNetwork>(trained({.value = 1, .rule = Rule::published_code})),
        std::make_shared<TrainedNetwork>(trained({.value = 0, .rule = Rule::published_code}))};
    return measure(plan(measurements, settings), settings, data_, store, threads);
  }

  static void expect_same(const Store& a, const Store& b) {
    ASSERT_EQ(a.keys(), b.keys());
    for (const std::string& key : a.keys()) {
      const auto of_a = a.stored_draws(key);
      const auto of_b = b.stored_draws(key);
      ASSERT_EQ(of_a.size(), 2U);
      ASSERT_EQ(of_b.size(), 2U);
      for (std::size_t i = 0; i < of_a.size(); ++i) {
        EXPECT_EQ(of_a[i].values, of_b[i].values) << key;
      }
    }
  }

  const DataSets& data_ = test::shared_digits_with_test_images();
  RunSettings settings_ = [this] {
    RunSettings settings;
    settings.data = data_.facts();
    settings.images = 600;
    return settings;
  }();
};

TEST_F(TrainingToTheEnd, IsKeptTheSameWhateverTheThreads) {
  const test::TemporaryFolder folder_of_one;
  const test::TemporaryFolder folder_of_two;
  Store one = store_in(folder_of_one);
  Store two = store_in(folder_of_two);
  ASSERT_EQ(measure_into(one, 1, settings_), RunEnd::complete);
  ASSERT_EQ(measure_into(two, 2, settings_), RunEnd::complete);
  EXPECT_EQ(one.keys().size(), 2U) << "s = 0 means the same under both rules and is trained with once";
  expect_same(one, two);
  const auto outcomes =
      Evidence(one, settings_).of(trained({.value = 1, .rule = Rule::published_code})).draws;
  ASSERT_EQ(outcomes.size(), 2U);
  ASSERT_EQ(outcomes[0].epochs.size(), 2U);
  EXPECT_TRUE(outcomes[0].deterministic);
  EXPECT_EQ(outcomes[0].epochs[0].steps, 6);
  EXPECT_NE(outcomes[0].final_test_accuracy(), outcomes[1].final_test_accuracy())
      << "draws are other networks";
}

TEST_F(TrainingToTheEnd, GoesOnFromACheckpointAfterAnInterrupt) {
  const test::TemporaryFolder undisturbed_folder;
  Store undisturbed = store_in(undisturbed_folder);
  ASSERT_EQ(measure_into(undisturbed, 1, settings_), RunEnd::complete);
  const test::TemporaryFolder folder;
  RunSettings kept = settings_;
  kept.checkpoints = folder.path() / "checkpoints";
  const TrainedNetwork measurement = trained({.value = 1, .rule = Rule::published_code});
  const std::filesystem::path file = checkpoint_of(kept.checkpoints, measurement.key(kept), kept.seed);
  const Network network = build(measurement.setting.network);
  const GroupData data(data_, datasets::mnist, 600);
  {
    const InterruptGuard guard;
    RunSettings interrupted = kept;
    interrupted.tell = [steps = 0](const DrawPlace& /*place*/) mutable {
      if (++steps == 4) {
        ASSERT_EQ(std::raise(SIGTERM), 0);
      }
    };
    EXPECT_THROW(
        measurement.prepare(network, data, interrupted, 1)(draw_weights(network, kept.seed), kept.seed),
        DrawInterrupted);
  }
  ASSERT_TRUE(std::filesystem::exists(file)) << "the training is kept where it was";
  std::vector<DrawPlace> told;
  RunSettings continued = kept;
  continued.tell = [&told](const DrawPlace& place) { told.push_back(place); };
  measurement.prepare(network, data, continued, 1)(draw_weights(network, kept.seed), kept.seed);
  ASSERT_EQ(told.size(), 7U) << "five of twelve steps were taken before";
  EXPECT_DOUBLE_EQ(told.back().made, 7. / 12);
  EXPECT_DOUBLE_EQ(told.back().before, 5. / 12);
  Store store = store_in(folder);
  EXPECT_EQ(measure_into(store, 1, kept), RunEnd::complete);
  expect_same(undisturbed, store);
  EXPECT_FALSE(std::filesystem::exists(file)) << "what is stored needs no checkpoint";
}

TEST_F(TrainingToTheEnd, SaysWhereItIs) {
  const TrainedNetwork measurement = trained({.value = 1});
  const Network network = build(measurement.setting.network);
  const GroupData data(data_, datasets::mnist, 600);
  std::vector<DrawPlace> told;
  RunSettings settings = settings_;
  settings.tell = [&told](const DrawPlace& place) { told.push_back(place); };
  measurement.prepare(network, data, settings, 1)(draw_weights(network, 1), 1);
  ASSERT_EQ(told.size(), 12U) << "two epochs of six steps";
  EXPECT_EQ(told[7].state.find("epoch 2 of 2, step 2"), 0U) << told[7].state;
  EXPECT_NE(told[7].state.find("test accuracy 0."), std::string::npos) << told[7].state;
  EXPECT_NE(told[7].draw.find("network 1"), std::string::npos) << told[7].draw;
  EXPECT_DOUBLE_EQ(told[7].made, 8. / 12);
  EXPECT_EQ(told[7].before, 0);
}

TEST_F(TrainingToTheEnd, IsToldApartByAllThatItDependsOn) {
  std::vector<TrainedNetwork> all(8, trained({.value = 1}));
  all[1].relu.rule = Rule::published_code;
  all[2].relu.value = 2;
  all[3].optimizer = AdamOptions{};
  all[4].learning_rate = 0.02;
  all[5].schedule = CosineDecay{};
  all[6].loss_scaling = true;
  all[7].quick.epochs = 3;
  std::set<std::string> keys;
  for (const TrainedNetwork& measurement : all) {
    keys.insert(measurement.key(settings_));
  }
  EXPECT_EQ(keys.size(), all.size());
  RunSettings other_test = settings_;
  other_test.data.at(datasets::mnist).test_identity = "others";
  EXPECT_NE(all[0].key(settings_), all[0].key(other_test));
  RunSettings longer = settings_;
  longer.epochs = 5;
  EXPECT_NE(all[0].key(settings_), all[0].key(longer));
  EXPECT_EQ(trained({.value = 0, .rule = Rule::published_code}).key(settings_), trained({}).key(settings_));
}

TEST_F(TrainingRun, TellsTrainingsOfOtherLengthsApart) {
  EXPECT_NE(divergence_of(4).key(settings_), divergence_of(5).key(settings_));
  RunSettings whole = settings_;
  whole.scale = RunScale::paper;
  EXPECT_NE(zeros_of(100).key(settings_), zeros_of(100).key(whole));
  EXPECT_NE(zeros_of(2).key(whole), zeros_of(100).key(whole));
  const RunSettings with_zero = whole;
  whole.s_a = 0.5;
  EXPECT_NE(zeros_of(100).key(whole), zeros_of(100).key(with_zero));
}

}  // namespace
}  // namespace relu0
