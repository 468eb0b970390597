#include "analysis/training/divergence.hpp"

#include "analysis/torch/draw_weights.hpp"
#include "analysis/training/zero_training.hpp"
#include "fixtures/data/streams/batch_stream.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

constexpr std::uint64_t seed = 5;
constexpr std::int64_t iterations = 12;

/// Mini-batches of images of a few grey levels, so that weights on a coarse grid meet exact zeros.
BatchSource few_images() {
  const auto dataset = std::make_shared<Dataset>(test::tiny_dataset(40, 12, 5, 9));
  dataset->image_shape = {1, 3, 4};
  for (std::uint8_t& pixel : dataset->images) {
    pixel = pixel < 128 ? 0 : 255;
  }
  return {image_source(dataset), {.batch_size = 8, .order = Order::shuffled}};
}

Network small_network() { return build(MlpOfWidths{.input = {1, 3, 4}, .widths = {9, 6}, .classes = 5}); }

/// θ after each iteration of a training on its own.
std::vector<Weights> train_alone(const Network& network, const Weights& start, const KinkChoices& kinks,
                                 const DivergenceOptions& options) {
  Trainer trainer(network, options.precision, Device::cpu, kinks, {.optimizer = options.sgd});
  trainer.set_weights(start);
  const BatchSource source = few_images();
  BatchStream stream(source, {.seed = seed});
  std::vector<Weights> result;
  for (std::int64_t iteration = 0; iteration < options.iterations; ++iteration) {
    trainer.step(stream.next(), options.rate.at(seed, iteration));
    result.push_back(trainer.weights());
  }
  return result;
}

double distance(const Weights& a, const Weights& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.parameters.size(); ++i) {
    double of_tensor = 0;
    for (std::size_t k = 0; k < a.parameters[i].values.size(); ++k) {
      of_tensor += std::abs(a.parameters[i].values[k] - b.parameters[i].values[k]);
    }
    sum += of_tensor;
  }
  return sum;
}

class Divergence : public ::testing::TestWithParam<Precision> {};

TEST_P(Divergence, IsThatOfTrainingsRunOneByOne) {
  const Network network = small_network();
  const Weights start = test::coarse(draw_weights(network, 3));
  // With s_a other than 0, the two rules part ways for it too.
  for (const double s_a : {0.0, 0.5}) {
    for (const SgdOptions sgd : {SgdOptions{}, SgdOptions{.momentum = 0.9, .weight_decay = 0.01}}) {
      const DivergenceOptions options{
          .precision = GetParam(), .s_a = s_a, .iterations = iterations, .sgd = sgd};
      const DivergenceOutcome outcome = divergence(network, start, few_images(), seed, options);
      EXPECT_TRUE(outcome.deterministic);
      EXPECT_EQ(outcome.control_distance, std::vector<double>(iterations, 0));
      EXPECT_EQ(outcome.first_non_finite, std::nullopt);
      EXPECT_TRUE(outcome.first_zero.has_value()) << "otherwise nothing is tested";
      ASSERT_EQ(outcome.rules.size(), 2U);
      for (const RuleDivergence& rule : outcome.rules) {
        const auto a = train_alone(network, start, {.relu = {options.s_a, rule.rule}}, options);
        const auto b = train_alone(network, start, {.relu = {options.s_b, rule.rule}}, options);
        ASSERT_EQ(rule.distance.size(), a.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
          const double expected = distance(a[i], b[i]);
          // Both sum a few hundred numbers in binary64, in another order.
          EXPECT_NEAR(rule.distance[i], expected, 0x1p-40 * expected) << name(rule.rule) << ", " << i;
          const bool differs = expected != 0;
          EXPECT_EQ(rule.first_different.has_value() && *rule.first_different <= static_cast<std::int64_t>(i),
                    differs)
              << name(rule.rule) << ", " << i;
        }
        EXPECT_GT(rule.distance.back(), 0) << "otherwise little is tested";
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Divergence, ::testing::ValuesIn(all_precisions),
                         [](const auto& parameters) { return std::string(name(parameters.param)); });

TEST(DivergenceOptions, AreRefusedWhereNothingWouldBeTrained) {
  const Network network = small_network();
  const Weights start = draw_weights(network, 3);
  EXPECT_THROW(divergence(network, start, few_images(), seed, {.iterations = 0}), InputError);
  DivergenceOptions without_rules;
  without_rules.rules.clear();
  EXPECT_THROW(divergence(network, start, few_images(), seed, without_rules), InputError);
}

TEST(DrawnRate, IsReplayableAndFillsItsRange) {
  const DrawnRate rate;
  EXPECT_EQ(rate.at(1, 7), rate.at(1, 7));
  EXPECT_NE(rate.at(1, 7), rate.at(2, 7));
  double lowest = 1;
  double highest = 0;
  for (std::int64_t i = 0; i < 1000; ++i) {
    lowest = std::min(lowest, rate.at(1, i));
    highest = std::max(highest, rate.at(1, i));
  }
  EXPECT_GE(lowest, 0.01);
  EXPECT_LT(highest, 0.012);
  // 1,000 uniform draws all miss a hundredth of the range at one end with probability 0.99^1000 < 5e-5.
  EXPECT_LT(lowest, 0.01002);
  EXPECT_GT(highest, 0.01198);
}

TEST(ZeroTraining, CountsWhatATrainerMeetsEpochByEpoch) {
  const Network network = small_network();
  const Weights start = test::coarse(draw_weights(network, 3));
  const BatchSource source = few_images();
  ZeroTrainingOptions options;
  options.iterations = iterations;  // two epochs of five and two mini-batches
  const ZeroTrainingOutcome outcome = count_zeros_in_training(network, start, source, seed, options);
  EXPECT_TRUE(outcome.deterministic);
  EXPECT_EQ(outcome.first_non_finite, std::nullopt);
  EXPECT_EQ(outcome.minibatches, 5);
  ASSERT_EQ(outcome.epochs.size(), 3U);
  Trainer trainer(network, options.precision, Device::cpu, {}, {.optimizer = options.sgd});
  trainer.set_weights(start);
  BatchStream stream(source, {.seed = seed});
  std::int64_t total = 0;
  for (const EpochZeros& epoch : outcome.epochs) {
    EXPECT_EQ(epoch.iterations, &epoch == &outcome.epochs.back() ? 2 : 5);
    EXPECT_EQ(epoch.relu_inputs, epoch.iterations * 8 * (9 + 6));
    std::int64_t zeros = 0;
    for (std::int64_t i = 0; i < epoch.iterations; ++i) {
      zeros += trainer.step(stream.next(), options.learning_rate).total_zeros();
    }
    EXPECT_EQ(epoch.zeros, zeros);
    total += zeros;
  }
  EXPECT_GT(total, 0) << "otherwise little is tested";
}

TEST(ZeroTraining, RefusesNoIterations) {
  const Network network = small_network();
  EXPECT_THROW(
      count_zeros_in_training(network, draw_weights(network, 3), few_images(), seed, {.iterations = 0}),
      InputError);
}

}  // namespace
}  // namespace relu0
