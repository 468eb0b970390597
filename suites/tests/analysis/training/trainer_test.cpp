#include "analysis/training/trainer.hpp"

#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/zeros/zero_networks.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::ElementsAre;

/// Rounds to so many bits, ties to even, subnormals below 2^−14: from the definition of binary16, in
/// binary64.
double to_binary16(double value) {
  if (value == 0 || !std::isfinite(value)) {
    return value;
  }
  constexpr int significand = 11;
  constexpr int smallest_exponent = -14;
  const int exponent = std::max(std::ilogb(value), smallest_exponent);
  const double unit = std::ldexp(1.0, exponent - (significand - 1));
  return std::nearbyint(value / unit) * unit;
}

/// As an operation on 16-bit tensors computes: in binary32, then rounded.
double stored(double exact) { return to_binary16(static_cast<double>(static_cast<float>(exact))); }

void expect_same(const Weights& ours, const Weights& expected, int step) {
  for (std::size_t i = 0; i < expected.parameters.size(); ++i) {
    EXPECT_EQ(ours.parameters[i].values.to_doubles(), expected.parameters[i].values.to_doubles())
        << "step " << step << ", " << expected.parameters[i].name;
  }
}

TEST(Trainer, RoundsEachOperationOfTheUpdateOnceAtFp16) {
  // Numbers of few bits, so that products with binary16 values are exact in binary32, fused with the addition
  // or not.
  const SgdOptions options{.momentum = 7.0 / 8, .weight_decay = 5.0 / 1024};
  constexpr double rate = 3.0 / 32;
  const Network network = build(Mlp{.input = {12}, .hidden_layers = 2, .width = 9, .classes = 5});
  Trainer trainer(network, Precision::fp16, Device::cpu, {}, {.optimizer = options});
  Weights expected = rounded_weights(draw_weights(network, 3), Precision::fp16);
  trainer.set_weights(draw_weights(network, 3));
  expect_same(trainer.weights(), expected, 0);
  std::vector<std::vector<double>> momentum;
  for (int step = 1; step <= 5; ++step) {
    const Batch batch = test::tied_batch(network, 7, static_cast<std::uint64_t>(step));
    const Gradient gradient = backprop(network, expected, batch, Precision::fp16, {}).gradient;
    for (std::size_t i = 0; i < expected.parameters.size(); ++i) {
      std::vector<double>& values = expected.parameters[i].values.widen();
      std::vector<double> directions;
      for (std::size_t k = 0; k < values.size(); ++k) {
        double direction = stored(gradient.parameters[i].values[k] + options.weight_decay * values[k]);
        if (step > 1) {
          direction = stored(stored(options.momentum * momentum[i][k]) + direction);
        }
        directions.push_back(direction);
        values[k] = stored(values[k] - rate * direction);
      }
      if (step == 1) {
        momentum.push_back(directions);
      } else {
        momentum[i] = directions;
      }
    }
    trainer.step(batch, rate);
    expect_same(trainer.weights(), expected, step);
  }
}

TEST(Trainer, ComputesWithTheWeightsOfTheLastStepInEveryPrecision) {
  // At tf32 the operands of matrix products are rounded copies of θ.
  const Network network = build(Mlp{.input = {12}, .hidden_layers = 2, .width = 9, .classes = 5});
  const Batch batch = test::tied_batch(network, 7, 1);
  for (const Precision precision : all_precisions) {
    Trainer trainer(network, precision, Device::cpu, {});
    trainer.set_weights(draw_weights(network, 3));
    const double first = trainer.step(batch, 0.5).loss;
    const Weights reached = trainer.weights();
    const double second = trainer.step(batch, 0.5).loss;
    EXPECT_NE(first, second) << name(precision);
    EXPECT_EQ(second, backprop(network, reached, batch, precision, {}).gradient.loss) << name(precision);
  }
}

TEST(Trainer, CountsZerosAndTheSmallestInputOfEachRelu) {
  // Two images 0 and 1: the first ReLU's inputs are (0, 0) and (0.5, −0.25), the second's 0 and 0.5.
  const Network network("by hand", {{"input", Input{{1}}, {}},
                                    {"linear1", Linear{1, 2, false}, {0}},
                                    {"relu1", Relu{}, {1}},
                                    {"linear2", Linear{2, 1, false}, {2}},
                                    {"relu2", Relu{}, {3}},
                                    {"linear3", Linear{1, 2, true}, {4}},
                                    {"loss", SoftmaxCrossEntropy{}, {5}}});
  const Weights weights{.parameters = {{"linear1.weight", {2, 1}, {0.5, -0.25}},
                                       {"linear2.weight", {1, 2}, {1, 1}},
                                       {"linear3.weight", {2, 1}, {1, -1}},
                                       {"linear3.bias", {2}, {0, 0}}}};
  Trainer trainer(network, Precision::fp32, Device::cpu, {}, {.smallest_pre_activation = true});
  trainer.set_weights(weights);
  const TrainingStep both = trainer.step({.image_shape = {1}, .inputs = {0, 1}, .labels = {0, 1}}, 0);
  EXPECT_THAT(both.zeros, ElementsAre(2, 1));
  EXPECT_EQ(both.total_zeros(), 3);
  EXPECT_EQ(both.relu_inputs, 2 * 2 + 2 * 1);
  EXPECT_EQ(both.min_absolute_pre_activation, 0);
  const TrainingStep one = trainer.step({.image_shape = {1}, .inputs = {1}, .labels = {1}}, 0);
  EXPECT_THAT(one.zeros, ElementsAre(0, 0));
  EXPECT_EQ(one.min_absolute_pre_activation, 0.25);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(
      trainer.step({.image_shape = {1}, .inputs = {nan}, .labels = {1}}, 0).min_absolute_pre_activation));
}

TEST(Trainer, GoesAnotherWayForAnotherSOnlyWhereItMeetsAZero) {
  reference::Example example = test::exact_zero();
  example.weights.parameters.back().values = {1, -1};  // so that a gradient reaches the ReLU
  const auto after_a_step = [&](const KinkChoices& kinks, const Batch& batch) {
    Trainer trainer(example.network, Precision::fp32, Device::cpu, kinks);
    trainer.set_weights(example.weights);
    trainer.step(batch, 0.5);
    return trainer.weights().parameters.front().values.to_doubles();
  };
  Batch batch = example.batch;
  EXPECT_NE(after_a_step({.relu = {.value = 0}}, batch), after_a_step({.relu = {.value = 1}}, batch));
  batch.inputs = {1, 0};
  EXPECT_EQ(after_a_step({.relu = {.value = 0}}, batch), after_a_step({.relu = {.value = 1}}, batch));
}

TEST(Trainer, ForgetsTheMomentumWithNewWeights) {
  const Network network = build(Mlp{.input = {12}, .hidden_layers = 1, .width = 9, .classes = 5});
  const Weights start = draw_weights(network, 3);
  const Batch batch = test::tied_batch(network, 7, 1);
  Trainer trainer(network, Precision::fp32, Device::cpu, {}, {.optimizer = SgdOptions{.momentum = 0.9}});
  trainer.set_weights(start);
  trainer.step(batch, 0.1);
  const Weights first = trainer.weights();
  trainer.step(batch, 0.1);
  trainer.set_weights(start);
  trainer.step(batch, 0.1);
  expect_same(trainer.weights(), first, 1);
}

TEST(Trainer, RefusesWhatCannotBeTrained) {
  const Network network = build(Mlp{.input = {12}, .hidden_layers = 1, .width = 9, .classes = 5});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(
      Trainer(network, Precision::fp32, Device::cpu, {}, {.optimizer = SgdOptions{.momentum = -0.1}}),
      InputError);
  EXPECT_THROW(
      Trainer(network, Precision::fp32, Device::cpu, {}, {.optimizer = SgdOptions{.weight_decay = nan}}),
      InputError);
  Trainer trainer(network, Precision::fp32, Device::cpu, {});
  trainer.set_weights(draw_weights(network, 3));
  const Batch batch = test::tied_batch(network, 7, 1);
  EXPECT_THROW(trainer.step(batch, -0.1), InputError);
  EXPECT_THROW(trainer.step(batch, nan), InputError);
  EXPECT_THROW(trainer.step({}, 0.1), InputError);
  expect_same(trainer.weights(), draw_weights(network, 3), 0);
}

}  // namespace
}  // namespace relu0
