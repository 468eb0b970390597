// Sweeps over mini-batches that are made while they run.
#include "analysis/impact/sweep.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/data/embedded/embedded_images.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"

#include <algorithm>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::coarse;
using test::training_data;

constexpr std::int64_t stream_images = 700;
constexpr std::int64_t stream_batch_size = 64;

std::shared_ptr<const ImageSource> first_images(const Dataset& all, std::int64_t count) {
  return relu0::first_images(image_source(std::make_shared<Dataset>(all)), count);
}

SweepStream stream(const std::shared_ptr<const ImageSource>& source, std::int64_t minibatches,
                   const BatchOptions& options = {.batch_size = stream_batch_size}) {
  return {std::make_shared<BatchSource>(source, options), minibatches};
}

SweepOptions stream_options(Precision precision, Protocol protocol = Protocol::fast) {
  return {.precision = precision,
          .protocol = protocol,
          .extent = Extent::all,
          .batch_size = stream_batch_size,
          .per_minibatch = true};
}

Network mlp() { return build({.hidden_layers = 3, .width = 32}); }

TEST(StreamSweep, OfUnchangedImagesIsTheSweepOverThem) {
  const Network network = mlp();
  const SweepData data(training_data(), stream_images, Precision::fp16, Device::cpu);
  Sweeper prepared(network, data, stream_options(Precision::fp16));
  Sweeper streamed(network, stream(first_images(training_data(), stream_images), 11),
                   stream_options(Precision::fp16));
  for (const Weights& weights : {draw_weights(network, 1), coarse(draw_weights(network, 3))}) {
    const SweepOutcome a = prepared.sweep(weights);
    const SweepOutcome b = streamed.sweep(weights);
    EXPECT_EQ(a.minibatches, b.minibatches);
    EXPECT_EQ(a.images, b.images);
    EXPECT_EQ(a.zeros, b.zeros);
    EXPECT_EQ(a.first_with_zeros, b.first_with_zeros);
    EXPECT_EQ(a.first_reached, b.first_reached);
    EXPECT_EQ(a.minibatches_reached, b.minibatches_reached);
    for (std::size_t r = 0; r < a.rules.size(); ++r) {
      EXPECT_EQ(a.rules[r].minibatches, b.rules[r].minibatches);
      EXPECT_FALSE(b.rules[r].first_image);
    }
  }
}

TEST(StreamSweep, BothProtocolsAnswerAlikeOnAugmentedImages) {
  const Network network =
      build(ConvolutionalNetwork{.architecture = Architecture::resnet18, .batch_norm = true});
  constexpr std::int64_t few = 4;
  const auto source = first_images(embedded_images({.count = 16}), 16);
  const BatchOptions augmented{
      .batch_size = few, .transform = PaddedCropAndFlip{}, .order = Order::shuffled, .threads = 2};
  const auto sweep = [&](Protocol protocol, std::uint64_t seed) {
    SweepOptions with = stream_options(Precision::fp16, protocol);
    with.batch_size = few;
    return Sweeper(network, stream(source, 3, augmented), with).sweep(draw_weights(network, 2), seed);
  };
  const SweepOutcome fast = sweep(Protocol::fast, 5);
  const SweepOutcome slow = sweep(Protocol::two_network, 5);
  EXPECT_EQ(fast.rules[0].minibatches, slow.rules[0].minibatches);
  EXPECT_EQ(fast.rules[1].minibatches, slow.rules[1].minibatches);
  EXPECT_NE(fast.zeros, sweep(Protocol::fast, 6).zeros) << "another seed, other images";
  EXPECT_EQ(fast.zeros, sweep(Protocol::fast, 5).zeros);
}

TEST(StreamSweep, GoesOnInTheNextEpochUpToItsCap) {
  const Network network = mlp();
  Sweeper sweeper(network, stream(first_images(training_data(), 100), 5), stream_options(Precision::fp32));
  const SweepOutcome outcome = sweeper.sweep(draw_weights(network, 1));
  EXPECT_EQ(outcome.minibatches, 5);
  EXPECT_EQ(outcome.images, 64 + 36 + 64 + 36 + 64);
}

TEST(StreamSweep, AnImpactIsReachedAndAReachedZeroIsOne) {
  const Network network = mlp();
  Sweeper sweeper(network, stream(first_images(training_data(), stream_images), 11),
                  stream_options(Precision::fp16));
  const SweepOutcome outcome = sweeper.sweep(coarse(draw_weights(network, 3)));
  ASSERT_TRUE(outcome.rules[0].first_impacted) << "nothing to see here";
  EXPECT_LE(*outcome.first_with_zeros, *outcome.first_reached);
  EXPECT_LE(*outcome.first_reached, *outcome.rules[0].first_impacted);
  EXPECT_LE(outcome.rules[0].impacted, outcome.minibatches_reached);
  EXPECT_LE(outcome.minibatches_reached, outcome.minibatches_with_zeros);
}

Network narrow_mlp() { return build({.hidden_layers = 1, .width = 8}); }

/// θ with which the ReLUs see 0, and what follows them multiplies it by 0.
Weights dead_weights() {
  Weights weights = draw_weights(narrow_mlp(), 1);
  for (const std::size_t tensor : {0, 1, 2}) {
    std::ranges::fill(weights.parameters[tensor].values.widen(), 0.0);
  }
  return weights;
}

TEST(StreamSweep, AZeroBeforeDeadWeightsIsMetAndNotReached) {
  const Network network = narrow_mlp();
  Sweeper sweeper(network, stream(first_images(training_data(), 100), 2), stream_options(Precision::fp32));
  const SweepOutcome outcome = sweeper.sweep(dead_weights());
  EXPECT_EQ(outcome.first_with_zeros, 0);
  EXPECT_EQ(outcome.minibatches_with_zeros, 2);
  EXPECT_FALSE(outcome.first_reached);
  EXPECT_EQ(outcome.minibatches_reached, 0);
  EXPECT_EQ(outcome.rules[0].impacted, 0) << "the chain rule multiplies by the incoming gradient";
  EXPECT_EQ(outcome.rules[1].impacted, 2) << "the published code does not";
}

TEST(StreamSweep, ARuleThatIsSettledIsAskedNoMore) {
  const Network network = narrow_mlp();
  for (const Protocol protocol : {Protocol::fast, Protocol::two_network}) {
    SweepOptions with = stream_options(Precision::fp32, protocol);
    with.extent = Extent::until_impacted;
    with.per_minibatch = false;
    Sweeper sweeper(network, stream(first_images(training_data(), 200), 3), with);
    const SweepOutcome outcome = sweeper.sweep(dead_weights());
    EXPECT_EQ(outcome.minibatches, 3) << "the chain rule stays open";
    EXPECT_FALSE(outcome.rules[0].first_impacted);
    EXPECT_EQ(outcome.rules[1].first_impacted, 0);
    EXPECT_EQ(outcome.rules[1].impacted, 1);
    EXPECT_TRUE(outcome.deterministic);
  }
}

TEST(StreamSweep, RefusesWhatDoesNotFit) {
  const auto source = first_images(training_data(), 100);
  const Network network = mlp();
  EXPECT_THROW(Sweeper(network, stream(source, 0), stream_options(Precision::fp32)), InputError);
  EXPECT_THROW(Sweeper(network, stream(source, 1, {.batch_size = 32}), stream_options(Precision::fp32)),
               InputError);
  EXPECT_THROW(Sweeper(build(Mlp{.input = {5}}), stream(source, 1), stream_options(Precision::fp32)),
               InputError);
}

}  // namespace
}  // namespace relu0
