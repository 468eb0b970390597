#include "analysis/zone/zone_shape.hpp"

#include "analysis/torch/draw_weights.hpp"
#include "analysis/zeros/first_zero.hpp"
#include "analysis/zone/slice_values.hpp"
#include "fixtures/data/streams/batch_stream.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "fixtures/random/replayable_draw.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

constexpr std::int64_t inputs = 64;
constexpr std::int64_t neurons = 48;

Network one_hidden_layer() {
  return build(Mlp{.input = {inputs}, .hidden_layers = 1, .width = neurons, .classes = 3});
}

/// A neuron whose pre-activation for a sample of tied_batch() is exactly 0, in the reals and in any order of
/// binary32 sums: weights on a grid of 1/16, a bias that cancels them.
std::vector<double> cancelling(const Batch& batch, std::int64_t sample) {
  const std::int64_t elements = element_count(batch.image_shape);
  SplitMix64 random(5);
  std::vector<double> parameters;
  double sum = 0;
  for (std::int64_t i = 0; i < elements; ++i) {
    parameters.push_back((random.below(16) - 8) / 16.0);
    sum += parameters.back() * batch.inputs[static_cast<std::size_t>(sample * elements + i)];
  }
  parameters.push_back(-sum);
  return parameters;
}

/// θ with the parameters of one neuron of the first layer replaced.
Weights with_neuron(Weights weights, std::int64_t neuron, const std::vector<double>& parameters) {
  std::copy(parameters.begin(), parameters.end() - 1,
            weights.parameters.at(0).values.widen().begin() + neuron * (std::ssize(parameters) - 1));
  weights.parameters.at(1).values.widen().at(static_cast<std::size_t>(neuron)) = parameters.back();
  return weights;
}

const std::vector<double> u{-5e-6, -1e-6, 0, 1e-7, 3e-6};
const std::vector<double> v{-5e-6, -2e-7, 1e-9, 2e-9, 1e-6, 5e-6};
const std::vector<SlicePoint> probes{{4e-6, -1e-6}, {1e-6, 1e-6},  {-3e-6, 2e-6}, {2e-6, -4e-6},
                                     {5e-7, 1e-7},  {-1e-7, 3e-6}, {3e-7, 0},     {-2e-6, -3e-6}};

/// Holds slice values against forward passes of a network whose first layer's neuron has these parameters; of
/// every step-th point.
void expect_forward_passes(const Network& network, const Batch& batch, std::int64_t sample,
                           std::int64_t neuron, std::size_t step) {
  SplitMix64 random(9);
  const NeuronPlane plane = random_plane(cancelling(batch, sample), random);
  const std::int64_t of_layer =
      element_count(network.output_shapes()[network.nodes_with(Kink::relu).front()]);
  Weights weights = draw_weights(network, 2);
  // No other pre-activation shall come as close to 0 as one in a plane around it.
  constexpr double far = 100;
  std::ranges::fill(weights.parameters[1].values.widen(), far);
  for (const Precision precision : {Precision::fp32, Precision::fp64}) {
    const SliceEvaluation evaluation{.batch = batch,
                                     .sample = sample,
                                     .neuron = neuron,
                                     .neurons = of_layer,
                                     .precision = precision,
                                     .device = Device::cpu};
    const std::vector<std::int64_t> places = alike_places(plane, probes, evaluation);
    ASSERT_TRUE(std::binary_search(places.begin(), places.end(), neuron));
    const std::vector<double> values = slice_values(plane, u, v, evaluation, places);
    ASSERT_EQ(values.size(), u.size() * v.size());
    Trainer forward(network, precision, Device::cpu, {}, {.smallest_pre_activation = true});
    for (std::size_t point = 0; point < values.size(); point += step) {
      std::vector<double> parameters;
      for (std::size_t i = 0; i < plane.centre.size(); ++i) {
        parameters.push_back(plane.at(u[point % u.size()], v[point / u.size()], i));
      }
      forward.set_weights(with_neuron(weights, neuron, parameters));
      const double forward_value = forward.step(batch, 0).min_absolute_pre_activation;
      ASSERT_LT(forward_value, 1e-4);
      EXPECT_EQ(std::abs(values[point]), forward_value)
          << name(precision) << ", neuron " << neuron << ", point " << point << ", " << places.size()
          << " places";
    }
  }
}

TEST(SliceValues, AreThoseOfAForwardPassWithTheParametersPutIntoTheWeights) {
  const Network network = one_hidden_layer();
  expect_forward_passes(network, test::tied_batch(network, 16, 1), 11, 37, 1);
}

/// Large enough for a matrix product in several blocks, which do not sum alike.
TEST(SliceValues, AreThoseOfAForwardPassInALayerOfThePapersSize) {
  const Network network = build(Mlp{.input = {784}, .hidden_layers = 1, .width = 2000, .classes = 3});
  const Batch batch = test::tied_batch(network, 128, 1);
  expect_forward_passes(network, batch, 125, 454, 7);
  expect_forward_passes(network, batch, 96, 1905, 7);
}

/// Numbers of few bits, whose sums are exact in any order, so that places cannot matter.
TEST(SliceValues, StandAtAnyPlaces) {
  const Network network = one_hidden_layer();
  const Batch batch = test::tied_batch(network, 4, 1);
  NeuronPlane plane{.centre = cancelling(batch, 0), .first = {}, .second = {}};
  plane.first.assign(plane.centre.size(), 0);
  plane.second = plane.first;
  plane.first.back() = 1;
  plane.second.back() = 8;
  std::vector<double> columns;
  for (int i = 0; i < 25; ++i) {
    columns.push_back(i / 4.0);
  }
  const std::vector<double> rows{-1, 0, 2};
  std::vector<double> expected;
  for (const double row : rows) {
    for (const double column : columns) {
      expected.push_back(column + 8 * row);
    }
  }
  const SliceEvaluation evaluation{.batch = batch, .sample = 0, .neuron = 3, .neurons = neurons};
  EXPECT_EQ(alike_places(plane, probes, evaluation).size(), static_cast<std::size_t>(neurons));
  for (const std::vector<std::int64_t>& places : {std::vector<std::int64_t>{7},
                                                  {0, 47},
                                                  {1, 2, 3, 5, 8, 13, 21, 34},
                                                  alike_places(plane, {}, evaluation)}) {
    EXPECT_EQ(slice_values(plane, columns, rows, evaluation, places), expected) << places.size() << " places";
  }
}

TEST(SliceValues, OfWhatDoesNotFitAreRefused) {
  const Network network = one_hidden_layer();
  const Batch batch = test::tied_batch(network, 4, 1);
  SplitMix64 random(9);
  NeuronPlane plane = random_plane(cancelling(batch, 0), random);
  const std::vector<double> points{0};
  const auto refuses = [&](std::int64_t sample, std::int64_t neuron, std::vector<std::int64_t> places) {
    EXPECT_THROW(slice_values(plane, points, points,
                              {.batch = batch, .sample = sample, .neuron = neuron, .neurons = 8}, places),
                 InputError);
  };
  refuses(4, 0, {0});
  refuses(-1, 0, {0});
  refuses(0, 8, {0});
  refuses(0, 0, {});
  refuses(0, 0, {8});
  refuses(0, 0, {0, -1});
  plane.second.pop_back();
  refuses(0, 0, {0});
  EXPECT_THROW(alike_places(plane, probes, {.batch = batch, .neurons = 8}), InputError);
}

class SliceAroundZero : public ::testing::Test {
 protected:
  [[nodiscard]] ZoneSlice slice(const std::vector<double>& parameters, std::int64_t sample) const {
    ZoneShapeOptions options;
    options.side = 40;
    return slice(parameters, sample, 7, options);
  }
  [[nodiscard]] ZoneSlice slice(const std::vector<double>& parameters, std::int64_t sample,
                                std::uint64_t seed, const ZoneShapeOptions& options) const {
    return slice_around_zero({.sample = sample, .neuron = 37, .batch = batch_, .parameters = parameters},
                             neurons, seed, options);
  }
  Network network_ = one_hidden_layer();
  Batch batch_ = test::tied_batch(network_, 16, 1);
};

TEST_F(SliceAroundZero, HasItsControlsAndItsValues) {
  const ZoneSlice slice = this->slice(cancelling(batch_, 3), 3);
  EXPECT_TRUE(slice.centre_is_zero);
  EXPECT_TRUE(slice.repeatable);
  EXPECT_EQ(slice.neuron, 37);
  EXPECT_GE(slice.alike_places, 1);
  ASSERT_EQ(slice.fp32.size(), 1600U);
  ASSERT_EQ(slice.fp64.size(), 1600U);
  ASSERT_EQ(slice.reference.size(), 1600U);
  EXPECT_EQ(slice.place(0), -5e-6);
  EXPECT_EQ(slice.place(39), 5e-6);
  EXPECT_EQ(slice.reference_undecided, 0);
  double abs_sum = 0;  // bounds Σ |w x| + |b| at every point, weights being at most 1/2 and pixels below 1
  for (const double parameter : cancelling(batch_, 3)) {
    abs_sum += std::abs(parameter) + 1e-5;
  }
  for (std::size_t i = 0; i < slice.fp32.size(); ++i) {
    // A rounding for each parameter, and n for the sum.
    const double error_in_u = (inputs + 3) * abs_sum;
    ASSERT_NEAR(slice.fp32[i], slice.reference[i], error_in_u * 0x1p-24);
    ASSERT_NEAR(slice.fp64[i], slice.reference[i], error_in_u * 0x1p-53 + slice.reference_bound);
  }
}

/// Which points of a slice are 0 depends on the kernel that sums. Four of OpenBLAS's kernels meet 236 to 289
/// zeros among these 40,000 points, as independent of one another as rounding errors are, so that a kernel
/// that meets none of them has a probability below exp(−200).
TEST_F(SliceAroundZero, ExplainsItsZeros) {
  ZoneShapeOptions options;
  options.side = 200;
  const ZoneSlice slice = this->slice(cancelling(batch_, 3), 3, 4, options);
  EXPECT_EQ(slice.zeros.points, std::count(slice.fp32.begin(), slice.fp32.end(), 0.0));
  EXPECT_GT(slice.zeros.points, 0);
  EXPECT_EQ(slice.zeros.rounding, slice.zeros.points) << "no point of the reference is 0";
  EXPECT_LE(slice.zeros.rounding_at_same_parameters, slice.zeros.points);
  EXPECT_GT(slice.zeros.largest, 0);
  EXPECT_GT(slice.zeros.largest_share_of_bound, 0);
  EXPECT_LE(slice.zeros.largest_share_of_bound, 1) << "a theorem";
}

TEST_F(SliceAroundZero, FailsItsControlWhereItIsAnotherSampleOrNeuron) {
  EXPECT_FALSE(slice(cancelling(batch_, 3), 4).centre_is_zero);
  std::vector<double> off = cancelling(batch_, 3);
  off.back() += 0x1p-20;
  EXPECT_FALSE(slice(off, 3).centre_is_zero);
  EXPECT_FALSE(slice(off, 3).controls_hold());
}

TEST_F(SliceAroundZero, DependsOnItsSeed) {
  const std::vector<double> parameters = cancelling(batch_, 3);
  ZoneShapeOptions options;
  options.side = 2;
  const auto of_seed = [&](std::uint64_t seed) { return slice(parameters, 3, seed, options).reference; };
  EXPECT_EQ(of_seed(1), of_seed(1));
  EXPECT_NE(of_seed(1), of_seed(2));
}

TEST_F(SliceAroundZero, RefusesWhatIsNoSlice) {
  for (const auto& [side, width] :
       {std::pair{std::int64_t{1}, 1e-6}, {std::int64_t{2}, 0.0}, {std::int64_t{2}, std::nan("")}}) {
    ZoneShapeOptions options;
    options.side = side;
    options.half_width = width;
    EXPECT_THROW(slice(cancelling(batch_, 3), 3, 7, options), InputError);
  }
}

/// Black and white: sums of bf16 weights cancel exactly now and then.
std::shared_ptr<const Dataset> square_images() {
  auto dataset = std::make_shared<Dataset>(test::tiny_dataset(24, 16, 3, 1));
  dataset->image_shape = {1, 4, 4};
  for (std::uint8_t& pixel : dataset->images) {
    pixel = pixel < 128 ? 0 : 255;
  }
  return dataset;
}

class FirstZeroOfATraining : public ::testing::Test {
 protected:
  [[nodiscard]] FirstZeroSearch search(Precision precision, std::int64_t iterations,
                                       std::uint64_t seed) const {
    return train_to_first_zero(network_, draw_weights(network_, seed), source_, seed,
                               {.precision = precision,
                                .device = Device::cpu,
                                .kinks = {},
                                .sgd = {},
                                .rate = rate_,
                                .iterations = iterations});
  }
  Network network_ = build(Mlp{.input = {1, 4, 4}, .hidden_layers = 1, .width = 5, .classes = 3});
  BatchSource source_{image_source(square_images()),
                      {.batch_size = 4, .transform = Unchanged{}, .order = Order::shuffled}};
  DrawnRate rate_;
};

/// At bf16, where zeros are frequent enough to be met within some hundred steps.
TEST_F(FirstZeroOfATraining, IsWhereATrainerMeetsIt) {
  std::int64_t latest = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const FirstZeroSearch found = search(Precision::bf16, 2000, seed);
    ASSERT_TRUE(found.zero) << "seed " << seed;
    latest = std::max(latest, found.iterations);
    Trainer trainer(network_, Precision::bf16, Device::cpu, {});
    trainer.set_weights(draw_weights(network_, seed));
    BatchStream stream(source_, {.seed = seed});
    Batch batch;
    Weights before;
    for (std::int64_t iteration = 0; iteration < found.iterations; ++iteration) {
      before = trainer.weights();
      batch = stream.next();
      const TrainingStep step = trainer.step(batch, rate_.at(seed, iteration));
      ASSERT_EQ(step.zeros.front() > 0, iteration == found.iterations - 1) << "seed " << seed;
    }
    EXPECT_EQ(found.zero->batch.inputs, batch.inputs);
    const auto first = before.parameters[0].values.widen().begin() + found.zero->neuron * 16;
    std::vector<double> parameters(first, first + 16);
    parameters.push_back(before.parameters[1].values[static_cast<std::size_t>(found.zero->neuron)]);
    EXPECT_EQ(found.zero->parameters, parameters);
  }
  EXPECT_GT(latest, 5) << "training had begun";
}

TEST_F(FirstZeroOfATraining, IsAbsentWhereNoneIsMet) {
  const FirstZeroSearch found = search(Precision::fp64, 30, 1);
  EXPECT_FALSE(found.zero);
  EXPECT_EQ(found.iterations, 30);
}

TEST_F(FirstZeroOfATraining, RefusesOtherNetworks) {
  EXPECT_THROW(search(Precision::fp32, 0, 1), InputError);
  const Network other =
      build(Mlp{.input = {1, 4, 4}, .hidden_layers = 2, .width = 5, .classes = 3, .relu_after_first = false});
  EXPECT_THROW(train_to_first_zero(other, draw_weights(other, 1), source_, 1, {}), InputError);
}

TEST_F(FirstZeroOfATraining, GivesAZoneShapeItsCentre) {
  ZoneShapeOptions options;
  options.iterations = 3;
  options.side = 5;
  const ZoneShapeOutcome none = zone_shape(network_, draw_weights(network_, 1), source_, 1, options);
  EXPECT_FALSE(none.slice);
  EXPECT_EQ(none.iterations, 3);
  // A neuron without weights is 0 at once, for every image.
  Weights weights = draw_weights(network_, 1);
  std::fill_n(weights.parameters[0].values.widen().begin() + 2 * 16, 16, 0.0);
  weights.parameters[1].values.widen()[2] = 0;
  const ZoneShapeOutcome found = zone_shape(network_, weights, source_, 1, options);
  ASSERT_TRUE(found.slice);
  EXPECT_EQ(found.iterations, 1);
  EXPECT_EQ(found.slice->iteration, 0);
  EXPECT_EQ(found.slice->neuron, 2);
  EXPECT_EQ(found.slice->sample, 0);
  EXPECT_TRUE(found.slice->controls_hold());
}

}  // namespace
}  // namespace relu0
