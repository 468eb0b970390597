#include "analysis/impact/sweep.hpp"

#include "analysis/impact/comparison.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"

#include <algorithm>
#include <thread>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::coarse;
using test::training_data;

constexpr std::int64_t images = 700;  // ten mini-batches of 64 and a last one of 60
constexpr std::int64_t batch_size = 64;

/// Networks that meet no exact zeros at 32 bits, some, and many.
struct Draws {
  Network network;
  std::vector<Weights> weights;
};

Draws draws(bool batch_norm) {
  Network network = build({.hidden_layers = 3, .width = 32, .batch_norm = batch_norm});
  std::vector<Weights> weights{draw_weights(network, 1), draw_weights(network, 2),
                               coarse(draw_weights(network, 3)), coarse(draw_weights(network, 4))};
  // One with a dead first layer but for its biases: zeros everywhere, gradients nearly nowhere.
  Weights dead = draw_weights(network, 5);
  std::ranges::fill(dead.parameters[0].values.widen(), 0.0);
  std::ranges::fill(dead.parameters[1].values.widen(), 0.0);
  weights.push_back(std::move(dead));
  return {std::move(network), std::move(weights)};
}

SweepOptions options(Precision precision, Protocol protocol, Extent extent = Extent::all) {
  return {.precision = precision,
          .protocol = protocol,
          .extent = extent,
          .batch_size = batch_size,
          .per_minibatch = extent == Extent::all};
}

class BothProtocols : public ::testing::TestWithParam<std::tuple<Precision, bool>> {};

TEST_P(BothProtocols, AnswerAlikeForEveryMinibatchUnderBothRules) {
  const auto [precision, batch_norm] = GetParam();
  const Draws drawn = draws(batch_norm);
  const SweepData data(training_data(), images, precision, Device::cpu);
  Sweeper fast(drawn.network, data, options(precision, Protocol::fast));
  Sweeper slow(drawn.network, data, options(precision, Protocol::two_network));
  std::int64_t impacted = 0;
  std::int64_t unimpacted = 0;
  for (std::size_t i = 0; i < drawn.weights.size(); ++i) {
    const SweepOutcome a = fast.sweep(drawn.weights[i]);
    const SweepOutcome b = slow.sweep(drawn.weights[i]);
    EXPECT_TRUE(a.deterministic);
    EXPECT_TRUE(b.deterministic);
    ASSERT_EQ(a.rules.size(), 2U);
    for (std::size_t r = 0; r < a.rules.size(); ++r) {
      ASSERT_EQ(a.rules[r].minibatches.size(), 11U);
      EXPECT_EQ(a.rules[r].minibatches, b.rules[r].minibatches)
          << "draw " << i << ", " << name(a.rules[r].rule);
      EXPECT_EQ(a.rules[r].first_impacted, b.rules[r].first_impacted);
      EXPECT_EQ(a.rules[r].first_layer, b.rules[r].first_layer);
      impacted += a.rules[r].impacted;
      unimpacted += a.minibatches - a.rules[r].impacted;
    }
  }
  EXPECT_GT(impacted, 0) << "without impacted mini-batches this test would show nothing";
  EXPECT_TRUE(unimpacted > 0 || storage_bits(precision) == 16);
}

INSTANTIATE_TEST_SUITE_P(All, BothProtocols,
                         ::testing::Combine(::testing::ValuesIn(all_precisions), ::testing::Bool()),
                         [](const ::testing::TestParamInfo<BothProtocols::ParamType>& parameters) {
                           return fmt::format("{}{}", name(std::get<0>(parameters.param)),
                                              std::get<1>(parameters.param) ? "_batch_norm" : "");
                         });

TEST(Sweep, AnswersAlikeUnderBothProtocolsOnEveryOperation) {
  for (const Network& network : test::small_networks()) {
    Dataset dataset = test::tiny_dataset(48, element_count(network.output_shapes().front()), 5, 6);
    dataset.image_shape = network.output_shapes().front();
    // Black and white, so that coarse weights cancel.
    for (std::uint8_t& pixel : dataset.images) {
      pixel = pixel < 128 ? 0 : 255;
    }
    const std::vector<Weights> weights{test::lively_weights(network, 1),
                                       coarse(test::lively_weights(network, 2))};
    for (const Precision precision : {Precision::fp16, Precision::fp32}) {
      const SweepData data(dataset, dataset.size(), precision, Device::cpu);
      SweepOptions fast = options(precision, Protocol::fast);
      fast.batch_size = 4;
      SweepOptions slow = fast;
      slow.protocol = Protocol::two_network;
      for (const Weights& drawn : weights) {
        const SweepOutcome a = Sweeper(network, data, fast).sweep(drawn);
        const SweepOutcome b = Sweeper(network, data, slow).sweep(drawn);
        EXPECT_TRUE(a.deterministic && b.deterministic) << network.name();
        for (std::size_t r = 0; r < a.rules.size(); ++r) {
          EXPECT_EQ(a.rules[r].minibatches, b.rules[r].minibatches) << network.name() << name(precision);
        }
      }
    }
  }
}

/// A network that meets each kind of kink often on black and white images with coarse weights.
Network all_kinks_network() {
  return {"all kinks",
          {{"input", Input{{2, 6, 6}}, {}},
           {"conv1", Convolution{2, 3, square_window(3, 1, 1)}, {0}},
           {"leaky", LeakyRelu{0.25}, {1}},
           {"clamp", Clamp{.lower = -0.5, .upper = 0.5}, {1}},
           {"absolute", Absolute{}, {1}},
           {"relu", Relu{}, {1}},
           {"all", Concatenate{}, {2, 3, 4, 5}},
           {"pool", MaxPool{square_window(2, 2)}, {6}},
           {"conv2", Convolution{12, 3, square_window(1)}, {7}},
           {"linear", Linear{27, 5}, {8}},
           {"loss", SoftmaxCrossEntropy{}, {9}}}};
}

/// For each kink a choice that differs from the defaults there only.
std::vector<std::pair<Kink, KinkChoices>> one_kink_changed() {
  return {{Kink::leaky_relu, {.leaky_relu = 3}},
          {Kink::clamp_lower, {.clamp_lower = DerivativeChoice{0}}},
          {Kink::clamp_upper, {.clamp_upper = DerivativeChoice{2, Rule::published_code}}},
          {Kink::absolute, {.absolute = 1}},
          {Kink::max_pool_tie, {.max_pool = TieChoice::last}},
          {Kink::max_pool_tie, {.max_pool = TieChoice::mean}}};
}

TEST(Sweep, AnswersAlikeUnderBothProtocolsForEveryKink) {
  const Network network = all_kinks_network();
  Dataset dataset = test::tiny_dataset(64, 72, 5, 6);
  dataset.image_shape = network.output_shapes().front();
  for (std::uint8_t& pixel : dataset.images) {
    pixel = pixel < 128 ? 0 : 255;
  }
  const SweepData data(dataset, dataset.size(), Precision::fp32, Device::cpu);
  std::vector<Weights> weights{draw_weights(network, 1), coarse(draw_weights(network, 2)),
                               coarse(draw_weights(network, 3))};
  for (const auto& [kink, changed] : one_kink_changed()) {
    SweepOptions fast = options(Precision::fp32, Protocol::fast);
    fast.batch_size = 2;
    fast.s_b = fast.s_a;
    fast.kinks_b = changed;
    EXPECT_EQ(fast.compared_kinks(), (KinkSet{Kink::relu, kink}));
    SweepOptions slow = fast;
    slow.protocol = Protocol::two_network;
    std::int64_t impacted = 0;
    for (const Weights& drawn : weights) {
      const SweepOutcome a = Sweeper(network, data, fast).sweep(drawn);
      const SweepOutcome b = Sweeper(network, data, slow).sweep(drawn);
      EXPECT_TRUE(a.deterministic && b.deterministic) << name(kink);
      for (std::size_t r = 0; r < a.rules.size(); ++r) {
        EXPECT_EQ(a.rules[r].minibatches, b.rules[r].minibatches) << name(kink);
        impacted += a.rules[r].impacted;
      }
    }
    EXPECT_GT(impacted, 0) << name(kink) << ": without impacted mini-batches this would show nothing";
  }
}

TEST(Sweep, StopsEarlyWithTheSameFirstIndices) {
  const Draws drawn = draws(false);
  for (const Precision precision : {Precision::fp16, Precision::fp32}) {
    const SweepData data(training_data(), images, precision, Device::cpu);
    Sweeper whole(drawn.network, data, options(precision, Protocol::fast));
    Sweeper early(drawn.network, data, options(precision, Protocol::fast, Extent::until_impacted));
    for (const Weights& weights : drawn.weights) {
      const SweepOutcome a = whole.sweep(weights);
      const SweepOutcome b = early.sweep(weights);
      EXPECT_LE(b.minibatches, a.minibatches);
      for (std::size_t r = 0; r < a.rules.size(); ++r) {
        EXPECT_EQ(a.rules[r].first_impacted, b.rules[r].first_impacted);
        EXPECT_EQ(a.rules[r].first_layer, b.rules[r].first_layer);
        EXPECT_EQ(a.rules[r].first_image, b.rules[r].first_image);
      }
    }
  }
}

TEST(Sweep, MeasuresTheMagnitudeThatTwoSeparateGradientsHave) {
  const Draws drawn = draws(false);
  const SweepData data(training_data(), images, Precision::fp32, Device::cpu);
  SweepOptions with_magnitude = options(Precision::fp32, Protocol::fast);
  with_magnitude.magnitude = true;
  const Weights& weights = drawn.weights[2];
  const RuleOutcome outcome = Sweeper(drawn.network, data, with_magnitude).sweep(weights).rules[0];
  ASSERT_TRUE(outcome.first_impacted);
  const Batch batch = make_batch(training_data(), *outcome.first_impacted * batch_size, batch_size);
  const auto gradient = [&](double s) {
    return backprop(drawn.network, weights, batch, Precision::fp32, {s, outcome.rule}).gradient;
  };
  const Comparison comparison = compare(gradient(0), gradient(1));
  EXPECT_TRUE(comparison.differs());
  // Both sums run over fewer than 2^15 squares in double.
  EXPECT_NEAR(outcome.relative_l2.front() / comparison.relative_l2().value(), 1, 1e-11);
}

TEST(Sweep, NamesTheFirstImageThroughWhichTheDifferenceEnters) {
  const Draws drawn = draws(false);
  const SweepData data(training_data(), images, Precision::fp32, Device::cpu);
  Sweeper sweeper(drawn.network, data, options(Precision::fp32, Protocol::fast));
  const RuleOutcome outcome = sweeper.sweep(drawn.weights[2]).rules[0];
  ASSERT_TRUE(outcome.first_image);
  EXPECT_EQ(*outcome.first_image / batch_size, *outcome.first_impacted);
  // That image alone, as a batch of one, has an exact zero too: 32 coarse values add up exactly in any order.
  const Batch alone = make_batch(training_data(), *outcome.first_image, 1);
  EXPECT_GT(backprop(drawn.network, drawn.weights[2], alone, Precision::fp32, {}).census.total(), 0);
}

TEST(Sweep, DoesNotDependOnWhatWasSweptBeforeOrBeside) {
  const Draws drawn = draws(false);
  const SweepData data(training_data(), images, Precision::fp16, Device::cpu);
  const auto sweep_all = [&](bool backwards) {
    std::vector<SweepOutcome> outcomes(drawn.weights.size());
    Sweeper sweeper(drawn.network, data, options(Precision::fp16, Protocol::fast));
    for (std::size_t k = 0; k < outcomes.size(); ++k) {
      const std::size_t i = backwards ? outcomes.size() - 1 - k : k;
      outcomes[i] = sweeper.sweep(drawn.weights[i]);
    }
    return outcomes;
  };
  std::vector<SweepOutcome> beside;
  std::thread other([&] { beside = sweep_all(true); });
  const std::vector<SweepOutcome> here = sweep_all(false);
  other.join();
  for (std::size_t i = 0; i < here.size(); ++i) {
    EXPECT_EQ(here[i].zeros, beside[i].zeros);
    for (std::size_t r = 0; r < here[i].rules.size(); ++r) {
      EXPECT_EQ(here[i].rules[r].minibatches, beside[i].rules[r].minibatches);
      EXPECT_EQ(here[i].rules[r].first_image, beside[i].rules[r].first_image);
    }
  }
}

TEST(Sweep, ComparesAnyTwoValuesOfS) {
  const Draws drawn = draws(false);
  const SweepData data(training_data(), images, Precision::fp32, Device::cpu);
  SweepOptions other = options(Precision::fp32, Protocol::fast);
  other.s_a = -0.5;
  other.s_b = 2.5;
  SweepOptions slow = other;
  slow.protocol = Protocol::two_network;
  const SweepOutcome a = Sweeper(drawn.network, data, other).sweep(drawn.weights[3]);
  const SweepOutcome b = Sweeper(drawn.network, data, slow).sweep(drawn.weights[3]);
  EXPECT_GT(a.rules[0].impacted, 0);
  EXPECT_EQ(a.rules[0].minibatches, b.rules[0].minibatches);
  EXPECT_EQ(a.rules[1].minibatches, b.rules[1].minibatches);
}

TEST(Sweep, RefusesOptionsThatMeanNothing) {
  const Draws drawn = draws(false);
  const SweepData data(training_data(), images, Precision::fp32, Device::cpu);
  SweepOptions nonsense = options(Precision::fp32, Protocol::fast);
  nonsense.batch_size = 0;
  EXPECT_THROW(Sweeper(drawn.network, data, nonsense), InputError);
  EXPECT_THROW(Sweeper(drawn.network, data, options(Precision::fp64, Protocol::fast)), InputError);
  EXPECT_THROW(Sweeper(build(Mlp{.input = {5}}), data, options(Precision::fp32, Protocol::fast)), InputError);
  EXPECT_THROW(SweepData(training_data(), training_data().size() + 1, Precision::fp32, Device::cpu),
               InputError);
  EXPECT_THROW(SweepData(training_data(), 0, Precision::fp32, Device::cpu), InputError);
}

TEST(Sweep, RunsTheControlOnEveryMinibatchWhereAsked) {
  const Draws drawn = draws(false);
  const SweepData data(training_data(), images, Precision::fp32, Device::cpu);
  for (const Protocol protocol : {Protocol::fast, Protocol::two_network}) {
    SweepOptions asked = options(Precision::fp32, protocol);
    Sweeper plain(drawn.network, data, asked);
    asked.every_control = true;
    Sweeper controlled(drawn.network, data, asked);
    for (const Weights& weights : drawn.weights) {
      const SweepOutcome without = plain.sweep(weights);
      const SweepOutcome with = controlled.sweep(weights);
      EXPECT_FALSE(without.controls.has_value());
      ASSERT_TRUE(with.controls.has_value());
      // The CPU gives the same bits each time.
      EXPECT_EQ(with.controls->differing, 0);
      EXPECT_EQ(with.controls->first_layer_differing, 0);
      EXPECT_EQ(with.controls->first_differing, std::nullopt);
      EXPECT_TRUE(with.deterministic);
      // A control changes no answer, though it uses the passes of the comparison.
      EXPECT_EQ(with.minibatches, without.minibatches);
      EXPECT_EQ(with.zeros, without.zeros);
      for (std::size_t i = 0; i < with.rules.size(); ++i) {
        EXPECT_EQ(with.rules[i].minibatches, without.rules[i].minibatches);
      }
    }
  }
}

}  // namespace
}  // namespace relu0
