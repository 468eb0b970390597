#include "analysis/training/training.hpp"

#include "analysis/torch/draw_weights.hpp"
#include "analysis/training/trainer.hpp"
#include "fixtures/data/streams/batch_stream.hpp"
#include "fixtures/network/node_builder.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"
#include "suites/tests/input_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t training_seed = 5;
constexpr std::int64_t training_images = 40;
constexpr std::int64_t training_batch = 8;

/// Images of a few grey levels, so that weights on a coarse grid meet exact zeros.
std::shared_ptr<const ImageSource> few_images(std::uint64_t drawn_from) {
  const auto dataset = std::make_shared<Dataset>(test::tiny_dataset(training_images, 12, 5, drawn_from));
  dataset->image_shape = {1, 3, 4};
  for (std::uint8_t& pixel : dataset->images) {
    pixel = pixel < 128 ? 0 : 255;
  }
  return image_source(dataset);
}

/// Two hidden layers with batch-norm and dropout.
Network with_everything() {
  NodeBuilder nodes({1, 3, 4}, BatchStatistics::of_mini_batch);
  for (const char* layer : {"1", "2"}) {
    nodes.connect(std::string("linear") + layer, 9);
    nodes.normalise(std::string("norm") + layer);
    nodes.append(std::string("relu") + layer, Relu{});
    nodes.append(std::string("dropout") + layer, Dropout{.probability = 0.3});
  }
  nodes.connect("linear3", 5);
  return std::move(nodes).finish("with everything");
}

/// Two hidden layers, nothing else.
Network build_of_shape(const Shape& shape) {
  NodeBuilder nodes(shape, std::nullopt);
  nodes.connect("linear1", 9);
  nodes.append("relu1", Relu{});
  nodes.connect("linear2", 9);
  nodes.append("relu2", Relu{});
  nodes.connect("linear3", 5);
  return std::move(nodes).finish("plain");
}

Network plain() { return build_of_shape({1, 3, 4}); }

class Trainings : public ::testing::Test {
 protected:
  [[nodiscard]] Training start(const Network& network, const TrainingOptions& options) const {
    return {network, test::coarse(draw_weights(network, 3)), train_, test_, training_seed, options};
  }

  [[nodiscard]] TrainingOutcome run(const Network& network, const TrainingOptions& options) const {
    Training training = start(network, options);
    while (!training.finished()) {
      training.step();
    }
    return training.outcome();
  }

  BatchSource train_{
      few_images(9),
      {.batch_size = training_batch, .transform = PaddedCropAndFlip{.padding = 1}, .order = Order::shuffled}};
  BatchSource test_{few_images(10), {.batch_size = 16}};
};

bool same(const TrainingOutcome& a, const TrainingOutcome& b) {
  return std::equal(a.epochs.begin(), a.epochs.end(), b.epochs.begin(), b.epochs.end(),
                    [](const EpochOutcome& x, const EpochOutcome& y) {
                      return x.steps == y.steps && x.train_loss == y.train_loss &&
                             x.test_loss == y.test_loss && x.test_accuracy == y.test_accuracy &&
                             x.train_accuracy == y.train_accuracy && x.gradient_norm == y.gradient_norm &&
                             x.skipped == y.skipped && x.kinks.met == y.kinks.met &&
                             x.kinks.reached == y.kinks.reached && x.kinks.arriving == y.kinks.arriving &&
                             x.kinks.through == y.kinks.through && x.kinks.assigned == y.kinks.assigned;
                    }) &&
         a.first_steps.size() == b.first_steps.size() && a.deterministic == b.deterministic &&
         a.first_non_finite == b.first_non_finite;
}

TrainingOptions everything() {
  return {.relu = {.value = 0.5, .rule = Rule::published_code},
          .optimizer = AdamOptions{.weight_decay = 0.01},
          .learning_rate = 0.01,
          .schedule = CosineDecay{},
          .epochs = 3};
}

TEST_F(Trainings, EndWithTheSameBitsWhereverTheyAreInterrupted) {
  const Network network = with_everything();
  TrainingOptions mixed = everything();
  mixed.precision = Precision::fp16;
  mixed.loss_scaling = LossScaling{.initial = 1024, .interval = 4};
  TrainingOptions half = everything();
  half.precision = Precision::fp16;
  half.optimizer = SgdOptions{.momentum = 0.9, .weight_decay = 0.01};
  for (const TrainingOptions& options : {everything(), mixed, half}) {
    Training undisturbed = start(network, options);
    std::vector<TrainingSnapshot> snapshots;
    while (!undisturbed.finished()) {
      snapshots.push_back(undisturbed.snapshot());
      undisturbed.step();
    }
    ASSERT_EQ(snapshots.size(), 15U);
    EXPECT_TRUE(undisturbed.outcome().deterministic);
    const TrainingSnapshot end = undisturbed.snapshot();
    for (std::size_t first = 0; first < snapshots.size(); ++first) {
      // Killed before the step `first`, and a second time before the step after each later one.
      for (std::size_t second = first; second < snapshots.size(); second += 4) {
        Training once = start(network, options);
        once.restore(snapshots[first]);
        for (std::size_t step = first; step < second; ++step) {
          once.step();
        }
        Training twice = start(network, options);
        twice.restore(once.snapshot());
        while (!twice.finished()) {
          twice.step();
        }
        ASSERT_TRUE(twice.snapshot().state.same_bits(end.state)) << first << ", " << second;
        ASSERT_TRUE(same(twice.outcome(), end.outcome)) << first << ", " << second;
      }
    }
  }
}

TEST_F(Trainings, TakeTheStepsOfATrainer) {
  const Network network = plain();
  const TrainingOptions options{.optimizer = SgdOptions{.momentum = 0.9}, .learning_rate = 0.1, .epochs = 2};
  Training training = start(network, options);
  Trainer trainer(network, Precision::fp32, Device::cpu, {}, {.optimizer = options.optimizer});
  trainer.set_weights(test::coarse(draw_weights(network, 3)));
  BatchStream stream(train_, {.seed = training_seed});
  double loss = 0;
  for (std::int64_t step = 0; step < training.planned_steps(); ++step) {
    loss += step < train_.batches() ? trainer.step(stream.next(), 0.1).loss * training_batch
                                    : trainer.step(stream.next(), 0.1).loss * 0;
    training.step();
  }
  ASSERT_TRUE(training.finished());
  for (std::size_t i = 0; i < trainer.weights().parameters.size(); ++i) {
    EXPECT_TRUE(trainer.weights().parameters[i].values.same_bits(training.weights().parameters[i].values));
  }
  EXPECT_EQ(training.outcome().epochs.front().train_loss, loss / training_images);
}

TEST_F(Trainings, LearnWhatCanBeLearned) {
  const TrainingOutcome outcome =
      run(plain(), {.optimizer = SgdOptions{.momentum = 0.9}, .learning_rate = 0.1, .epochs = 60});
  EXPECT_LT(outcome.epochs.back().train_loss, outcome.epochs.front().train_loss);
}

TEST_F(Trainings, AreEvaluatedAsTheNetworkWithoutDropoutAndByRunningStatistics) {
  // A learning rate of 0: θ stays, and running statistics tend to those of the images, here of their
  // mini-batches alone. With dropout in training the losses of training and evaluation differ.
  const Network network = with_everything();
  TrainingOptions options = everything();
  options.learning_rate = 0;
  Training training = start(network, options);
  while (!training.finished()) {
    training.step();
  }
  const std::vector<TypedValues> statistics = training.snapshot().state.statistics;
  ASSERT_EQ(statistics.size(), 4U) << "mean and variance of two batch-norms";
  // By the definition, for the first batch-norm: the statistics of linear1's outputs.
  const Weights weights = training.weights();
  const TypedValues& w = weights.parameters[0].values;
  const TypedValues& b = weights.parameters[1].values;
  std::vector<double> mean(9, 0);
  std::vector<double> variance(9, 1);
  BatchStream stream(train_, {.seed = training_seed});
  for (std::int64_t step = 0; step < training.planned_steps(); ++step) {
    const Batch batch = stream.next();
    for (std::size_t feature = 0; feature < 9; ++feature) {
      double sum = 0;
      double squares = 0;
      for (std::size_t sample = 0; sample < training_batch; ++sample) {
        double x = b[feature];
        for (std::size_t i = 0; i < 12; ++i) {
          x += w[feature * 12 + i] * static_cast<double>(batch.inputs[sample * 12 + i]);
        }
        sum += x;
        squares += x * x;
      }
      const double of_batch = sum / training_batch;
      mean[feature] = 0.9 * mean[feature] + 0.1 * of_batch;
      variance[feature] = 0.9 * variance[feature] + 0.1 * (squares - sum * of_batch) / (training_batch - 1);
    }
  }
  for (std::size_t feature = 0; feature < 9; ++feature) {
    // Sums of a few dozen numbers below 16, each operation within 2^-24 of that: 64 · 16 · 2^-24.
    EXPECT_NEAR(statistics[0][feature], mean[feature], 0x1p-14);
    EXPECT_NEAR(statistics[1][feature], variance[feature], 0x1p-10) << "squares are up to 16 times as large";
  }
  const TrainingOutcome& outcome = training.outcome();
  EXPECT_NE(outcome.epochs[0].train_loss, outcome.epochs[1].train_loss) << "other masks in each epoch";
}

TEST_F(Trainings, EndInANanAsAnOutcome) {
  const TrainingOutcome outcome =
      run(plain(), {.optimizer = SgdOptions{.momentum = 0.9}, .learning_rate = 1e30, .epochs = 4});
  ASSERT_TRUE(outcome.first_non_finite.has_value());
  EXPECT_EQ(outcome.first_non_finite->epoch, 0);
  ASSERT_EQ(outcome.epochs.size(), 1U);
  EXPECT_EQ(outcome.epochs[0].steps, outcome.first_non_finite->step + 1);
  EXPECT_TRUE(std::isnan(outcome.epochs[0].test_loss));
  // torch's argmax takes a NaN for the largest: the first class.
  std::int64_t of_first_class = 0;
  const auto source = few_images(10);
  for (std::int64_t i = 0; i < training_images; ++i) {
    of_first_class += source->label(i) == 0 ? 1 : 0;
  }
  EXPECT_EQ(outcome.final_test_accuracy(), static_cast<double>(of_first_class) / training_images);
  EXPECT_EQ(outcome.planned_epochs, 4);
}

TEST_F(Trainings, LossScalingLeavesOutStepsThatOverflow) {
  // A scale of 2^40 overflows binary16 until it has been halved often enough.
  TrainingOptions options{.precision = Precision::fp16, .learning_rate = 0.1, .epochs = 8};
  options.loss_scaling = LossScaling{.initial = 0x1p40, .interval = 1000};
  const TrainingOutcome outcome = run(plain(), options);
  std::int64_t skipped = 0;
  for (const EpochOutcome& epoch : outcome.epochs) {
    skipped += epoch.skipped;
    EXPECT_TRUE(std::isfinite(epoch.kinks.through)) << "what overflowed is not counted as a gradient";
  }
  EXPECT_GE(skipped, 20) << "2^40 · 1/8 is above the largest binary16, 65504, for 21 halvings";
  EXPECT_LT(skipped, 40);
  EXPECT_EQ(outcome.epochs.size(), 8U);
  EXPECT_LT(outcome.epochs.back().train_loss, outcome.epochs.front().train_loss);
}

/// All outputs of the first layer are 0: each of its ReLU inputs lies at the kink.
Weights at_kinks(const Network& network) {
  Weights weights = test::coarse(draw_weights(network, 3));
  for (const std::size_t parameter : {0U, 1U}) {
    std::vector<double>& values = weights.parameters[parameter].values.widen();
    std::fill(values.begin(), values.end(), 0);
  }
  return weights;
}

TEST_F(Trainings, CountWhatEntersAtKinks) {
  const Network network = plain();
  const Weights weights = at_kinks(network);
  const auto first_step = [&](const DerivativeChoice& relu) {
    Training training(network, weights, train_, test_, training_seed, {.relu = relu, .learning_rate = 0});
    training.step();
    return training.outcome().first_steps.front();
  };
  const KinkFlow none = first_step({.value = 0});
  EXPECT_GE(none.met, 9 * training_batch);
  ASSERT_GT(none.reached, 0) << "otherwise nothing is tested";
  EXPECT_LE(none.reached, none.met);
  EXPECT_EQ(none.share({.value = 0}), 0);
  const DerivativeChoice chain{.value = 2};
  const DerivativeChoice published{.value = 2, .rule = Rule::published_code};
  EXPECT_EQ(none.entering(chain), 4 * none.arriving);
  EXPECT_EQ(none.entering(published), 4 * static_cast<double>(none.met));
  EXPECT_EQ(none.share(published),
            std::sqrt(none.entering(published) / (none.entering(published) + none.through)));
  // Under the published code 1 enters at each kink, where gradients are of the order of 1/8 and less.
  EXPECT_GT(none.share(published), none.share(chain));
  // What enters at the second ReLU goes on to the first one.
  EXPECT_GE(first_step(published).through, none.through);
}

TEST_F(Trainings, DivideWhatIsAssignedAtKinksByTheLossScale) {
  const Network network = plain();
  const Weights weights = at_kinks(network);
  const auto first_epoch = [&](double assigned, const std::optional<LossScaling>& loss_scaling) {
    TrainingOptions options{.precision = Precision::fp16, .learning_rate = 0, .epochs = 1};
    options.relu = {.value = assigned, .rule = Rule::published_code};
    options.loss_scaling = loss_scaling;
    Training training(network, weights, train_, test_, training_seed, options);
    while (!training.finished()) {
      training.step();
    }
    return training.outcome().epochs.front();
  };
  const EpochOutcome scaled = first_epoch(2, LossScaling{.initial = 1024});
  const EpochOutcome not_scaled = first_epoch(2.0 / 1024, std::nullopt);
  ASSERT_GT(scaled.kinks.met, 0) << "otherwise nothing is tested";
  EXPECT_EQ(scaled.kinks.entering({.value = 2, .rule = Rule::published_code}),
            not_scaled.kinks.entering({.value = 2.0 / 1024, .rule = Rule::published_code}));
  // The gradients are the same but for binary16's roundings, at most 8 of 2^-11 behind one another.
  EXPECT_NEAR(scaled.gradient_norm, not_scaled.gradient_norm, 0x1p-8 * not_scaled.gradient_norm);
}

TEST_F(Trainings, RefuseWhatMakesNoSense) {
  const Network network = plain();
  const auto refused = [&](const TrainingOptions& options) {
    return test::input_error_of([&] { (void)start(network, options); });
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(refused({.learning_rate = -1}), HasSubstr("learning rate of -1"));
  EXPECT_THAT(refused({.learning_rate = nan}), HasSubstr("learning rate of nan"));
  EXPECT_THAT(refused({.epochs = 0}), HasSubstr("0 epochs"));
  EXPECT_THAT(refused({.relu = {.value = nan}}), HasSubstr("relu"));
  EXPECT_THAT(refused({.schedule = StepDecay{.epochs = 0}}), HasSubstr("0 epochs"));
  EXPECT_THAT(refused({.loss_scaling = LossScaling{}}), HasSubstr("loss scaling at fp32"));
  TrainingOptions scaled{.precision = Precision::fp16};
  scaled.loss_scaling = LossScaling{.initial = 0};
  EXPECT_THAT(refused(scaled), HasSubstr("loss scaling from 0"));
  const Network of_other_images = build_of_shape({1, 4, 4});
  EXPECT_THAT(test::input_error_of([&] { (void)start(of_other_images, {}); }), HasSubstr("takes images of"));
  Training training = start(network, {.epochs = 2});
  const Network larger = with_everything();
  Training other = start(larger, {.epochs = 2});
  other.step();
  const TrainingSnapshot before = training.snapshot();
  EXPECT_THAT(test::input_error_of([&] { training.restore(other.snapshot()); }),
              HasSubstr("tensors of parameters"));
  TrainingSnapshot too_far = before;
  too_far.state.steps = 7;
  EXPECT_THAT(test::input_error_of([&] { training.restore(too_far); }), HasSubstr("does not fit"));
  EXPECT_TRUE(training.snapshot().state.same_bits(before.state));
}

TEST_F(Trainings, AreIdentifiedByAllThatTheyDependOn) {
  const Network network = plain();
  const std::vector<IdentityField> base = start(network, {}).identity();
  std::vector<TrainingOptions> others(9);
  others[0].precision = Precision::fp64;
  others[1].relu = {.value = 1};
  others[2].relu = {.value = 1, .rule = Rule::published_code};
  others[3].optimizer = AdamOptions{};
  others[4].learning_rate = 0.02;
  others[5].schedule = CosineDecay{};
  others[6].epochs = 2;
  others[7].kernel.family = KernelFamily::portable;
  others[8].optimizer = SgdOptions{.momentum = 0.9};
  std::vector<std::vector<IdentityField>> all{base};
  for (const TrainingOptions& other : others) {
    all.push_back(start(network, other).identity());
  }
  all.push_back(start(with_everything(), {}).identity());
  all.push_back(Training(network, draw_weights(network, 4), train_, test_, training_seed, {}).identity());
  all.push_back(
      Training(network, test::coarse(draw_weights(network, 3)), train_, test_, training_seed + 1, {})
          .identity());
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(all[i], all[j]) << i << ", " << j;
    }
  }
  TrainingOptions zero_by_other_rule;
  zero_by_other_rule.relu.rule = Rule::published_code;
  EXPECT_EQ(start(network, zero_by_other_rule).identity(), base) << "0 means the same under both rules";
}

}  // namespace
}  // namespace relu0
