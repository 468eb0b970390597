#include "analysis/impact/comparison.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"

#include <cmath>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::coarse;
using test::tiny_dataset;
using test::training_data;

class BothBackwardPasses : public ::testing::TestWithParam<std::tuple<Precision, Rule, bool>> {};

std::string case_name(const ::testing::TestParamInfo<BothBackwardPasses::ParamType>& info) {
  const auto [precision, rule, batch_norm] = info.param;
  return fmt::format("{}_{}{}", name(precision), rule == Rule::chain_rule ? "chain_rule" : "published_code",
                     batch_norm ? "_batch_norm" : "");
}

TEST_P(BothBackwardPasses, GiveTheSameBitsWithAndWithoutExactZeros) {
  const auto [precision, rule, batch_norm] = GetParam();
  const Network network = build({.hidden_layers = 3, .width = 40, .batch_norm = batch_norm});
  const Weights drawn = draw_weights(network, 3);
  const Batch batch = make_batch(training_data(), 0, 48);
  for (const Weights& weights : {drawn, coarse(drawn)}) {
    for (const double s : {0.0, 1.0, -0.75, 3.0}) {
      const GradientWithKinks ours = backprop(network, weights, batch, precision, {.relu = {s, rule}});
      const Gradient autograd = autograd_backprop(network, weights, batch, precision, {.relu = {s, rule}});
      EXPECT_EQ(ours.gradient.loss, autograd.loss);
      for (const TensorComparison& tensor : compare(ours.gradient, autograd).tensors) {
        EXPECT_EQ(tensor.differing, 0) << tensor.name << " s=" << s;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, BothBackwardPasses,
                         ::testing::Combine(::testing::ValuesIn(all_precisions),
                                            ::testing::ValuesIn(all_rules), ::testing::Bool()),
                         case_name);

/// Input (x0, x1) = (1/2, 1/2); neuron 0 sees x0 − x1 = 0, neuron 1 sees x0 + x1 + 1 = 2; both logits are 4,
/// so both probabilities are 1/2. With label 0 the gradient at neuron 0's output is (1/2 − 1)·1 + 1/2·3 = 1.
struct ZeroNeuron {
  Network network = build({.input = {2}, .hidden_layers = 1, .width = 2, .classes = 2});
  Weights weights{{{"linear1.weight", {2, 2}, {1, -1, 1, 1}},
                   {"linear1.bias", {2}, {0, 1}},
                   {"linear2.weight", {2, 2}, {1, 2, 3, 2}},
                   {"linear2.bias", {2}, {0, 0}}}};
  Batch batch{{2}, {0.5F, 0.5F}, {0}};

  [[nodiscard]] std::vector<double> first_neuron(Precision precision, double s, Rule rule) const {
    const Gradient gradient = backprop(network, weights, batch, precision, {.relu = {s, rule}}).gradient;
    return {gradient.parameters[0].values[0], gradient.parameters[0].values[1],
            gradient.parameters[1].values[0]};
  }
};

TEST(ReluAtZeroByHand, ScalesTheIncomingGradientUnderTheChainRule) {
  for (const Precision precision : all_precisions) {
    for (const double s : {0.0, 1.0, 0.5, -2.0, 8.0}) {
      EXPECT_EQ(ZeroNeuron().first_neuron(precision, s, Rule::chain_rule),
                (std::vector<double>{s / 2, s / 2, s}))
          << name(precision) << " s=" << s;
    }
  }
}

TEST(ReluAtZeroByHand, AssignsSUnderThePublishedCodesRule) {
  ZeroNeuron network;
  network.weights.parameters[2].values = {1, 2, 9, 2};  // now the incoming gradient is −1/2 + 9/2 = 4
  for (const Precision precision : all_precisions) {
    EXPECT_EQ(network.first_neuron(precision, 1, Rule::chain_rule), (std::vector<double>{2, 2, 4}));
    EXPECT_EQ(network.first_neuron(precision, 1, Rule::published_code), (std::vector<double>{0.5, 0.5, 1}));
    EXPECT_EQ(network.first_neuron(precision, 0, Rule::published_code), (std::vector<double>{0, 0, 0}));
  }
}

TEST(ReluAtZeroByHand, NeedsAnIncomingGradientUnderTheChainRuleOnly) {
  ZeroNeuron network;
  network.weights.parameters[2].values = {1, 2, 1, 2};  // the incoming gradient cancels
  for (const Precision precision : all_precisions) {
    EXPECT_EQ(network.first_neuron(precision, 1, Rule::chain_rule), (std::vector<double>{0, 0, 0}));
    EXPECT_EQ(network.first_neuron(precision, 1, Rule::published_code), (std::vector<double>{0.5, 0.5, 1}));
  }
}

TEST(Gradient, AgreesWithCentralDifferencesAwayFromKinks) {
  // Differences of the loss at θ ± h in one coordinate, fp64. Truncation is of order h² and rounding of order
  // 2^-53 / h; with h = 2^-17 both are below 2^-33 for a loss whose derivatives are of order 1. 2^-24 leaves
  // room for their size.
  const Network network =
      build({.input = {5}, .hidden_layers = 2, .width = 6, .classes = 3, .batch_norm = true});
  const Weights weights = draw_weights(network, 9);
  const Batch batch = make_batch(tiny_dataset(8, 5, 3, 4), 0, 8);
  const Gradient gradient = backprop(network, weights, batch, Precision::fp64, {}).gradient;
  const double h = std::ldexp(1.0, -17);
  for (std::size_t p = 0; p < weights.parameters.size(); ++p) {
    for (std::size_t j = 0; j < weights.parameters[p].values.size(); ++j) {
      const auto loss_at = [&](double step) {
        Weights moved = weights;
        moved.parameters[p].values.widen()[j] += step;
        return backprop(network, moved, batch, Precision::fp64, {}).gradient.loss;
      };
      EXPECT_NEAR((loss_at(h) - loss_at(-h)) / (2 * h), gradient.parameters[p].values[j],
                  std::ldexp(1.0, -24))
          << weights.parameters[p].name << "[" << j << "]";
    }
  }
}

TEST(Gradient, OfABatchIsTheMeanOfItsHalves) {
  // At fp64, sums of 64 products each: the relative error of each part is below 64 · 2^-53 of its absolute
  // sum; 2^-40 of the largest entry covers three layers of them.
  const Network network = build({.hidden_layers = 2, .width = 20});
  const Weights weights = draw_weights(network, 2);
  const auto gradient = [&](std::int64_t first, std::int64_t count) {
    return backprop(network, weights, make_batch(training_data(), first, count), Precision::fp64, {})
        .gradient;
  };
  const Gradient whole = gradient(0, 64);
  const Gradient first = gradient(0, 32);
  const Gradient second = gradient(32, 32);
  for (std::size_t p = 0; p < whole.parameters.size(); ++p) {
    for (std::size_t j = 0; j < whole.parameters[p].values.size(); ++j) {
      EXPECT_NEAR(whole.parameters[p].values[j],
                  (first.parameters[p].values[j] + second.parameters[p].values[j]) / 2, std::ldexp(1.0, -40));
    }
  }
}

TEST(GradientWithKinks, RefusesWhatDoesNotFit) {
  const ZeroNeuron given;
  const auto run = [&](const Weights& weights, const Batch& batch) {
    return backprop(given.network, weights, batch, Precision::fp32, {});
  };
  Batch wrong_label = given.batch;
  wrong_label.labels = {2};
  EXPECT_THROW(run(given.weights, wrong_label), InputError);
  EXPECT_THROW(run(given.weights, (Batch{{2}, {}, {}})), InputError);
  EXPECT_THROW(run(given.weights, (Batch{{2}, {1}, {0}})), InputError);
  EXPECT_THROW(run(given.weights, (Batch{{3}, {1, 1, 1}, {0}})), InputError);
  Weights missing = given.weights;
  missing.parameters.pop_back();
  EXPECT_THROW(run(missing, given.batch), InputError);
}

}  // namespace
}  // namespace relu0
