// Whole networks: what the reference proves holds the truth, at kinks that it cannot decide too, and where
// two precisions agree on wrong digits.
#include "fixtures/network/network_builder.hpp"
#include "fixtures/network/weights/weights_builder.hpp"
#include "reference/arithmetic/real.hpp"
#include "reference/gradient/reference_gradient.hpp"
#include "reference/pass/certificate.hpp"
#include "suites/tests/reference/balls/effort.hpp"
#include "suites/tests/reference/balls/overlap_together.hpp"
#include "suites/tests/reference/broken_layers.hpp"
#include "suites/tests/reference/networks.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

/// Whether |a − b| ≤ r_a + r_b.
bool overlap(const BallView& a, const BallView& b) {
  if (!a.radius.is_bounded() || !b.radius.is_bounded()) {
    return true;
  }
  return !is_certainly_less(a, b) && !is_certainly_less(b, a);
}

void add_misses(std::vector<std::string>& found, const std::string& name, const Tensor& balls,
                const Tensor& truth) {
  for (std::int64_t i = 0; i < balls.size(); ++i) {
    if (!overlap(balls[i], truth[i])) {
      found.push_back(name + "[" + std::to_string(i) + "]");
    }
  }
}

/// What of a run at few bits does not hold what the same run at many bits does.
std::vector<std::string> misses(const Network& network, const Backprop& run, const Backprop& truth) {
  std::vector<std::string> found;
  add_misses(found, "loss", run.loss, truth.loss);
  add_misses(found, "input", run.input, truth.input);
  for (std::size_t i = 0; i < run.parameters.size(); ++i) {
    add_misses(found, network.parameters()[i].name, run.parameters[i], truth.parameters[i]);
  }
  for (std::size_t i = 0; i < run.kink_inputs.size(); ++i) {
    const std::string name = "input of " + network.nodes()[run.kink_inputs[i].node].name;
    add_misses(found, name, run.kink_inputs[i].values, truth.kink_inputs[i].values);
    if (!overlap_together(run.kink_inputs[i].values, truth.kink_inputs[i].values)) {
      found.push_back(name + " together");
    }
  }
  if (!overlap_together(run.input, truth.input)) {
    found.emplace_back("input together");
  }
  return found;
}

std::int64_t open_kinks(const Backprop& run) {
  std::int64_t count = 0;
  for (const std::vector<std::int64_t>& open : run.open_kinks) {
    count += std::ssize(open);
  }
  return count;
}

/// θ and pixels of few bits, for runs at 24.
Backprop run_at(const Network& network, std::uint64_t seed, int bits, const MakeLayer& make = make_layer) {
  Batch batch = draw_batch(network, 3, seed);
  for (float& pixel : batch.inputs) {
    pixel = std::round(pixel * 256) / 256;
  }
  return backprop(network, draw_weights(network, seed, 12), batch, {.bits = bits}, make);
}

TEST(ProvenRuns, HoldThoseOfFarMoreBits) {
  for (const Network& network : small_networks()) {
    for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(4 * test::effort()); ++seed) {
      const Backprop truth = run_at(network, seed, 1024);
      EXPECT_EQ(open_kinks(truth), 0);
      for (const int bits : {24, 32, 64, 128}) {
        const Backprop run = run_at(network, seed, bits);
        EXPECT_THAT(misses(network, run, truth), IsEmpty()) << network.name() << " at " << bits << " bits";
      }
    }
  }
}

TEST(ProvenRuns, DoNotHoldThoseOfFarMoreBitsWhereTooLittleIsKnownOfDistancesTogether) {
  int missed = 0;
  for (const Network& network : small_networks()) {
    const Backprop truth = run_at(network, 1, 1024);
    missed += misses(network, run_at(network, 1, 24, narrow_together), truth).empty() ? 0 : 1;
  }
  EXPECT_GT(missed, std::ssize(small_networks()) / 2);
}

Radius widest(const Tensor& tensor) {
  Radius result;
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    result = std::max(result, tensor.radius(i));
  }
  return result;
}

/// The largest Σ|w| of a row: what a radius grows by where nothing is known of distances together.
Radius largest_row_sum(const TensorValues& weight) {
  Radius largest;
  weight.values.visit([&](auto values) {
    const auto columns = static_cast<std::size_t>(weight.shape[1]);
    for (std::size_t row = 0; row < values.size() / columns; ++row) {
      Radius sum;
      for (std::size_t column = 0; column < columns; ++column) {
        sum += Radius::above_magnitude(static_cast<double>(values[row * columns + column]));
      }
      largest = std::max(largest, sum);
    }
  });
  return largest;
}

TEST(ProvenRuns, OfDeepNetworksLoseLessThanRadiiByThemselves) {
  constexpr int layers = 12;
  NetworkBuilder builder({64});
  for (int i = 0; i < layers; ++i) {
    builder.linear(64).relu();
  }
  const Network network = builder.linear(2).cross_entropy();
  const Batch batch = draw_batch(network, 2, 7);
  const Weights weights = draw_weights(network, 7);
  const Backprop run = backprop(network, weights, batch, {.bits = 128});
  EXPECT_THAT(misses(network, run, backprop(network, weights, batch, {.bits = 1024})), IsEmpty());
  // The first layers' sums fit into 128 bits, so that their results are exact.
  std::size_t rounding = 0;
  while (rounding < layers && widest(run.kink_inputs[rounding].values).is_zero()) {
    ++rounding;
  }
  ASSERT_LT(rounding, layers / 2);
  Radius by_row_sums = widest(run.kink_inputs[rounding].values);
  for (std::size_t i = rounding + 1; i < layers; ++i) {
    by_row_sums = by_row_sums * largest_row_sum(weights.parameters[2 * i]);
  }
  // At least a bit a layer less: ‖W‖₂ of random weights is about 4 / √64 of their row sums.
  const int layers_after = layers - 1 - static_cast<int>(rounding);
  EXPECT_LT(widest(run.kink_inputs.back().values).exponent(), by_row_sums.exponent() - layers_after);
}

/// The example of two runs that agree on wrong digits: 2^120 − 2^120 + 2^−120 reaches the ReLU.
struct Cancelling {
  Network network = NetworkBuilder({3}).linear(1).relu().linear(2).cross_entropy();
  Weights weights = WeightsBuilder(network)
                        .set("linear1.weight", {0x1p120, -0x1p120, 0x1p-120})
                        .set("linear1.bias", {0})
                        .set("linear2.weight", {1, -1})
                        .set("linear2.bias", {0, 0})
                        .build();
  Batch batch{.image_shape = {3}, .inputs = {1, 1, 1}, .labels = {0}};
};

TEST(ProvenRuns, SayThatTheyCannotTellWhereTwoAgreeOnAWrongBranch) {
  const Cancelling at;
  for (const int bits : {128, 192}) {
    const Backprop run = backprop(at.network, at.weights, at.batch, {.bits = bits});
    EXPECT_EQ(mpfr_zero_p(static_cast<mpfr_srcptr>(run.kink_inputs[0].values[0])), 1) << "both see 0";
    EXPECT_FALSE(run.kink_inputs[0].values.radius(0).is_zero());
    EXPECT_THAT(run.open_kinks[0], ElementsAre(0));
    Real truth(53);
    mpfr_set_si(truth, -1, MPFR_RNDN);
    EXPECT_TRUE(contains(run.parameters[0][0], truth));
    EXPECT_EQ(proven_bits(run.parameters[0]), 0);
    mpfr_set_si(truth, 0, MPFR_RNDN);
    EXPECT_TRUE(contains(run.parameters[0][0], truth)) << "of the other branch";
  }
}

TEST(ProvenGradient, OfTwoRunsThatAgreeOnAWrongBranchIsRight) {
  const Cancelling at;
  const ReferenceGradient gradient =
      reference::gradient(at.network, at.weights, {1.0, 1.0, 1.0}, {0}, {.bits = 64});
  EXPECT_TRUE(gradient.is_conclusive());
  EXPECT_THAT(gradient.open_kinks(), IsEmpty());
  // Half of −(1 − (−1)), but for the logits ± 2^−120.
  EXPECT_EQ(gradient.parameter("linear1.weight")(0, 0), -1);
  EXPECT_GT(gradient.proven_bits("linear1.weight"), 64);
  const NumberBall ball = gradient.parameter_balls("linear1.weight").values.front();
  EXPECT_FALSE(ball.contains(0.0));
  EXPECT_TRUE(ball.contains(-1.0)) << "the final rounding is a part of the radius";
  const ReferenceGradient capped =
      reference::gradient(at.network, at.weights, {1.0, 1.0, 1.0}, {0}, {.bits = 24, .max_bits = 152});
  EXPECT_FALSE(capped.is_conclusive());
  ASSERT_EQ(capped.open_kinks().size(), 1U);
  EXPECT_EQ(capped.open_kinks().front().kink, Kink::relu);
  EXPECT_EQ(capped.open_kinks().front().element, 0);
  EXPECT_TRUE(capped.parameter_balls("linear1.weight").values.front().contains(-1.0));
  EXPECT_TRUE(capped.parameter_balls("linear1.weight").values.front().overlaps(ball));
}

TEST(ProvenRuns, DecideWhatLiesFarBelowItsTermsWithEnoughBits) {
  // 1 − 1 + 2^−200, of which 2^−200 is a product of two weights on the way.
  const Network network =
      NetworkBuilder({3}).linear(3, false).linear(1, false).relu().linear(2).cross_entropy();
  const Weights weights = WeightsBuilder(network)
                              .set("linear1.weight", {1, 0, 0, 0, 1, 0, 0, 0, 0x1p-100})
                              .set("linear2.weight", {1, -1, 0x1p-100})
                              .set("linear3.weight", {1, -1})
                              .set("linear3.bias", {0, 0})
                              .build();
  const Batch batch{.image_shape = {3}, .inputs = {1, 1, 1}, .labels = {0}};
  for (const int bits : {64, 80}) {
    EXPECT_EQ(open_kinks(backprop(network, weights, batch, {.bits = bits})), 1) << bits;
  }
  for (const int bits : {128, 256}) {
    const Backprop run = backprop(network, weights, batch, {.bits = bits});
    EXPECT_EQ(open_kinks(run), 0) << bits;
    EXPECT_EQ(certain_sign(run.kink_inputs[0].values[0]), 1);
  }
}

/// Rump's polynomial, (333.75 − a²) b⁶ + a² (11 a² b² − 121 b⁴ − 2) + 5.5 b⁸ at a = 77617, b = 33096, is −2
/// (S. M. Rump, "Algorithms for verified inclusions", 1988, in the form of E. Loh and G. W. Walster, Reliable
/// Computing 8, 2002). Of its terms, as large as 2^122, most precisions below 122 bits leave 0.
///
/// As a network of products and scaled sums, its negative into a ReLU, and a loss of two logits.
Network rump_network() {
  std::vector<Node> nodes{{"input", Input{{2}}, {}},
                          {"a", Narrow{.dimension = 0, .start = 0, .length = 1}, {0}},
                          {"b", Narrow{.dimension = 0, .start = 1, .length = 1}, {0}}};
  const auto added = [&nodes](const std::string& name, Operation operation, std::vector<std::size_t> inputs) {
    nodes.push_back({name, std::move(operation), std::move(inputs)});
    return nodes.size() - 1;
  };
  const std::size_t a2 = added("a2", Multiply{}, {1, 1});
  const std::size_t b2 = added("b2", Multiply{}, {2, 2});
  const std::size_t b4 = added("b4", Multiply{}, {b2, b2});
  const std::size_t b6 = added("b6", Multiply{}, {b4, b2});
  const std::size_t b8 = added("b8", Multiply{}, {b4, b4});
  const std::size_t a2b2 = added("a2b2", Multiply{}, {a2, b2});
  const std::size_t bracket = added("bracket", Concatenate{}, {a2b2, b6, b4});
  const std::size_t inner = added("inner", Linear{.in_features = 3, .out_features = 1}, {bracket});
  const std::size_t product = added("product", Multiply{}, {a2, inner});
  const std::size_t terms = added("terms", Concatenate{}, {b6, product, b8});
  const std::size_t sum = added("sum", Linear{.in_features = 3, .out_features = 1, .bias = false}, {terms});
  const std::size_t relu = added("relu", Relu{}, {sum});
  const std::size_t logits =
      added("logits", Linear{.in_features = 1, .out_features = 2, .bias = false}, {relu});
  added("loss", SoftmaxCrossEntropy{}, {logits});
  return {"Rump", std::move(nodes)};
}

TEST(ProvenRuns, HoldRumpsPolynomialWhereTwoPrecisionsAgreeOnWrongDigits) {
  const Network network = rump_network();
  const Weights weights{.parameters = {{"inner.weight", {1, 3}, {11, -1, -121}},
                                       {"inner.bias", {1}, {-2}},
                                       // Negative: 2 reaches the ReLU.
                                       {"sum.weight", {1, 3}, {-333.75, -1, -5.5}},
                                       {"logits.weight", {2, 1}, {1, -1}}}};
  const Batch batch{.image_shape = {2}, .inputs = {77617, 33096}, .labels = {0}};
  Real two(53);
  mpfr_set_ui(two, 2, MPFR_RNDN);
  std::vector<int> see_zero;
  const auto run_of = [&](int bits) { return backprop(network, weights, batch, {.bits = bits}); };
  const Backprop truth = run_of(512);
  EXPECT_EQ(mpfr_equal_p(static_cast<mpfr_srcptr>(truth.kink_inputs[0].values[0]), two), 1);
  EXPECT_TRUE(truth.kink_inputs[0].values.is_exact());
  for (int bits = 24; bits <= 160; bits += 4) {
    const Backprop run = run_of(bits);
    const Tensor& values = run.kink_inputs[0].values;
    EXPECT_TRUE(contains(values[0], two)) << bits;
    EXPECT_THAT(misses(network, run, truth), IsEmpty()) << bits;
    if (values.is_zero(0)) {
      see_zero.push_back(bits);
      EXPECT_EQ(open_kinks(run), 1) << bits;
    }
  }
  EXPECT_GT(see_zero.size(), 1U) << "no two precisions agree on 0 here";
  EXPECT_EQ(open_kinks(run_of(160)), 0);
}

/// Where a branch is taken by the midpoint although the ball lies on both sides, the balls miss the truth.
TEST(ProvenRuns, WouldMissTheTruthByDecidingOpenKinks) {
  const auto broken = [](const char* node_name) {
    return [node_name](const Node& node, const LayerContext& context) {
      return node.name == node_name ? decided_by_midpoints(node, context) : make_layer(node, context);
    };
  };
  const Cancelling at;
  const Backprop truth = backprop(at.network, at.weights, at.batch, {.bits = 512});
  EXPECT_THAT(misses(at.network, backprop(at.network, at.weights, at.batch, {.bits = 128}), truth),
              IsEmpty());
  EXPECT_THAT(
      misses(at.network, backprop(at.network, at.weights, at.batch, {.bits = 128}, broken("relu1")), truth),
      Not(IsEmpty()));
  // A pool over 2^120 − 2^120 + 2^−120 and 0, computed at too few bits: the second place seems to win.
  const Network pool = NetworkBuilder({3, 1, 2})
                           .convolution(1, square_window(1), false)
                           .max_pool({.kernel = {1, 2}, .stride = {1, 2}})
                           .linear(2, false)
                           .cross_entropy();
  const Weights weights = WeightsBuilder(pool)
                              .set("convolution1.weight", {0x1p120, -0x1p120, 0x1p-120})
                              .set("linear1.weight", {1, -1})
                              .build();
  const Batch batch{.image_shape = {3, 1, 2}, .inputs = {0, 1, 0, 1, 0, 1}, .labels = {0}};
  const Backprop of_pool = backprop(pool, weights, batch, {.bits = 512});
  const Backprop few = backprop(pool, weights, batch, {.bits = 128});
  EXPECT_THAT(few.open_kinks[0], ElementsAre(0));
  EXPECT_THAT(misses(pool, few, of_pool), IsEmpty());
  EXPECT_THAT(misses(pool, backprop(pool, weights, batch, {.bits = 128}, broken("max_pool1")), of_pool),
              Not(IsEmpty()));
}

TEST(ProvenRuns, DecideTiesOfNumbersThatAreComputedAlike) {
  // Two equal patches through weights that round: equal numbers, whatever they are.
  const Network network = NetworkBuilder({2, 1, 2})
                              .convolution(2, square_window(1))
                              .append(BatchNorm{.features = 2, .statistics = BatchStatistics::running})
                              .relu()
                              .max_pool({.kernel = {1, 2}, .stride = {1, 2}})
                              .linear(2)
                              .cross_entropy();
  const Weights weights = draw_weights(network, 3);
  const Batch alike{.image_shape = {2, 1, 2}, .inputs = {0.5, 0.5, 0.25, 0.25}, .labels = {0}};
  const Backprop run = backprop(network, weights, alike, {.bits = 64});
  ASSERT_EQ(run.open_kinks.back().size(), 0U);
  EXPECT_EQ(run.hits.back(), 2) << "both channels tie";
}

}  // namespace
}  // namespace relu0::reference
