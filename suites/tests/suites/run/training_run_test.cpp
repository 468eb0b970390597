// Small real trainings through the store, on the embedded digits.
#include "suites/command_line/exit_code.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/zeros_in_training.hpp"
#include "suites/run/evidence.hpp"
#include "suites/run/runner.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <memory>

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

  DataSets data_{std::nullopt, {datasets::mnist}, 1};
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
