// Small real trainings through the store, on the embedded digits.
#include "suites/run/evidence.hpp"
#include "suites/run/runner.hpp"
#include "suites/tests/suites/run/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

class TrainingRun : public ::testing::Test {
 protected:
  static Cell cell_of(Work work) {
    Cell cell;
    cell.network = MlpOfWidths{.widths = {24, 12}};
    cell.precision = Precision::fp16;
    cell.batch_size = 128;
    cell.work = work;
    return cell;
  }

  void measure_into(Store& store, int threads) const {
    ASSERT_EQ(measure(plan({{cell_of(DivergenceWork{.iterations = 4}), cell_of(ZeroTrainingWork{})}},
                           settings_, scale_),
                      settings_, data_, store, threads),
              RunEnd::complete);
  }

  Scale scale_{.name = ScaleName::quick, .networks = 2, .fp64_networks = {}};
  DataSets data_{std::nullopt, {datasets::mnist}, 1};
  RunSettings settings_ = [this] {
    RunSettings settings;
    settings.data = {{datasets::mnist, {.identity = "embedded", .images = data_.of(datasets::mnist).size()}}};
    settings.zero_training_multiply_adds = 6 * 128 * 3 * (784.0 * 24 + 24 * 12 + 12 * 10);
    return settings;
  }();
};

TEST_F(TrainingRun, KeepsWhatWasMeasuredWhateverTheThreads) {
  const testing::TemporaryFolder folder;
  Store one = Store::open_for_run(folder.path() / "one.sqlite");
  Store two = Store::open_for_run(folder.path() / "two.sqlite");
  measure_into(one, 1);
  measure_into(two, 2);
  ASSERT_EQ(one.cells().size(), 2U);
  for (const std::string& cell : one.cells()) {
    const auto of_one = one.measurements(cell);
    const auto of_two = two.measurements(cell);
    ASSERT_EQ(of_one.size(), 2U);
    ASSERT_EQ(of_two.size(), 2U);
    for (std::size_t i = 0; i < of_one.size(); ++i) {
      EXPECT_EQ(of_one[i].values, of_two[i].values);
    }
  }
  const Evidence evidence(one, settings_, scale_);
  const auto divergences = evidence.divergences(cell_of(DivergenceWork{.iterations = 4}));
  ASSERT_EQ(divergences.size(), 2U);
  EXPECT_EQ(divergences[0].iterations, 4);
  EXPECT_TRUE(divergences[0].deterministic);
  EXPECT_NE(divergences[0].min_absolute_pre_activation, divergences[1].min_absolute_pre_activation)
      << "draws are other networks on other mini-batches";
  const auto zeros = evidence.zero_trainings(cell_of(ZeroTrainingWork{}));
  ASSERT_EQ(zeros.size(), 2U);
  ASSERT_EQ(zeros[0].epochs.size(), 1U);
  EXPECT_EQ(zeros[0].epochs[0].iterations, 6) << "as many as the multiply-adds allow";
  EXPECT_EQ(zeros[0].epochs[0].relu_inputs, 6 * 128 * (24 + 12));
}

TEST_F(TrainingRun, TellsTrainingsOfOtherLengthsApart) {
  EXPECT_NE(key(cell_of(DivergenceWork{.iterations = 4}), settings_),
            key(cell_of(DivergenceWork{.iterations = 5}), settings_));
  RunSettings whole = settings_;
  whole.zero_training_multiply_adds.reset();
  EXPECT_NE(key(cell_of(ZeroTrainingWork{}), settings_), key(cell_of(ZeroTrainingWork{}), whole));
  EXPECT_NE(key(cell_of(ZeroTrainingWork{.epochs = 2}), whole), key(cell_of(ZeroTrainingWork{}), whole));
  const RunSettings with_zero = whole;
  whole.s_a = 0.5;
  EXPECT_NE(key(cell_of(ZeroTrainingWork{}), whole), key(cell_of(ZeroTrainingWork{}), with_zero));
}

}  // namespace
}  // namespace relu0
