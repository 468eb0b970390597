#include "analysis/error/reference_error.hpp"

#include "analysis/torch/draw_weights.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/zeros/zero_networks.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

const std::vector<KinkChoices> both_rules{{.relu = {.value = 0, .rule = Rule::chain_rule}},
                                          {.relu = {.value = 1, .rule = Rule::chain_rule}},
                                          {.relu = {.value = 0, .rule = Rule::published_code}},
                                          {.relu = {.value = 1, .rule = Rule::published_code}}};

/// What is measured on a small network without an exact zero in the reference.
struct Measured {
  Network network = build(Mlp{.input = {2, 3, 2}, .hidden_layers = 2, .width = 9, .classes = 4});
  Weights weights = draw_weights(network, 5);
  Batch batch = test::tied_batch(network, 6, 8);

  [[nodiscard]] ReferenceErrorOutcome compare(const std::vector<Precision>& precisions,
                                              int threads = 1) const {
    ReferenceErrorOptions options{.precisions = precisions, .choices = both_rules};
    options.certify.backprop.product.threads = threads;
    return reference_error(network, weights, batch, options);
  }
};

/// 1 · 1 − 1 → ReLU → logits of weights 3 and 1, label 0: what reaches the ReLU is −½ · 3 + ½ · 1 = −1.
struct OneZero {
  Network network{
      "one zero",
      {{.name = "input", .operation = Input{{1}}, .inputs = {}},
       {.name = "hidden", .operation = Linear{.in_features = 1, .out_features = 1}, .inputs = {0}},
       {.name = "relu", .operation = Relu{}, .inputs = {1}},
       {.name = "logits", .operation = Linear{.in_features = 1, .out_features = 2}, .inputs = {2}},
       {.name = "loss", .operation = SoftmaxCrossEntropy{}, .inputs = {3}}}};
  Weights weights{.parameters = {{"hidden.weight", {1, 1}, {1}},
                                 {"hidden.bias", {1}, {-1}},
                                 {"logits.weight", {2, 1}, {3, 1}},
                                 {"logits.bias", {2}, {0, 0}}}};
  Batch batch{.image_shape = {1}, .inputs = {1}, .labels = {0}};
};

TEST(ReferenceError, IsZeroWhereEveryOperationIsExact) {
  const OneZero example;
  for (const Precision precision : all_precisions) {
    const auto outcome = reference_error(example.network, example.weights, example.batch,
                                         {.precisions = {precision}, .choices = both_rules});
    EXPECT_EQ(outcome.relu_inputs, 1);
    EXPECT_EQ(outcome.true_zeros, ZeroCounts{.exact = 1});
    const PrecisionError& error = outcome.precisions.at(0);
    EXPECT_EQ(error.zeros, 1);
    EXPECT_TRUE(error.deterministic);
    ASSERT_EQ(error.choices.size(), 4U);
    for (const ChoiceError& choice : error.choices) {
      EXPECT_EQ(choice.same_as, std::nullopt) << "the truth itself depends on the choice";
      EXPECT_EQ(overall(choice.tensors).difference_l2, 0) << name(precision);
      // hidden.weight and hidden.bias change by −s under the chain rule, by s under the published code's.
      EXPECT_DOUBLE_EQ(choice.from_first_l2, choice.kinks.relu.value * std::sqrt(2.0));
    }
  }
}

TEST(ReferenceError, WithoutAZeroEveryChoiceIsTheFirst) {
  const auto outcome = Measured().compare({Precision::fp64});
  const PrecisionError& error = outcome.precisions.at(0);
  EXPECT_EQ(error.zeros, 0);
  EXPECT_EQ(outcome.true_zeros, ZeroCounts{});
  EXPECT_FALSE(outcome.capped);
  EXPECT_EQ(error.choices[0].same_as, std::nullopt);
  for (std::size_t i = 1; i < error.choices.size(); ++i) {
    EXPECT_EQ(error.choices[i].same_as, 0U);
    EXPECT_TRUE(error.choices[i].tensors.empty());
    EXPECT_EQ(error.choices[i].from_first_l2, 0);
  }
}

TEST(ReferenceError, AZeroByRoundingMakesLibTorchDependOnTheChoiceButNotTheTruth) {
  const reference::Example example = test::rounding_zero();
  const auto outcome =
      reference_error(example.network, example.weights, example.batch,
                      {.precisions = {Precision::fp32, Precision::fp64}, .choices = both_rules});
  EXPECT_EQ(outcome.true_zeros, ZeroCounts{});
  const PrecisionError& fp32 = outcome.precisions.at(0);
  EXPECT_EQ(fp32.zeros, 1);
  const ChoiceError& published = fp32.choices.at(3);
  EXPECT_EQ(published.same_as, std::nullopt);
  EXPECT_GT(published.from_first_l2, 0.5) << "1 is assigned";
  EXPECT_GT(overall(published.tensors).difference_l2, 0.5) << "and the truth assigns nothing";
  EXPECT_EQ(fp32.choices.at(2).same_as, 0U) << "0 is what the chain rule gives too";
  EXPECT_EQ(outcome.precisions.at(1).zeros, 0);
  EXPECT_EQ(outcome.precisions.at(1).choices.at(3).same_as, 0U);
}

TEST(ReferenceError, ShrinksWithThePrecision) {
  const auto outcome = Measured().compare({Precision::tf32, Precision::fp32, Precision::fp64});
  const auto error = [&](std::size_t i) {
    return overall(outcome.precisions.at(i).choices.at(0).tensors).relative_l2().value();
  };
  // Unit roundoffs 2^-11, 2^-24 and 2^-53; no network of three layers loses ten bits or gains as many.
  EXPECT_LT(error(0), 0x1p-1);
  EXPECT_GT(error(0), 0x1p-21);
  EXPECT_LT(error(1), 0x1p-14);
  EXPECT_GT(error(1), 0x1p-34);
  EXPECT_LT(error(2), 0x1p-43);
  EXPECT_GT(error(2), 0x1p-63);
}

TEST(ReferenceError, IsThatOfLibTorchsGradient) {
  const Measured example;
  const auto outcome = example.compare({Precision::fp32});
  const auto libtorch =
      libtorch_backprop(example.network, example.weights, example.batch, Precision::fp32, both_rules[0]);
  const std::vector<TensorError>& tensors = outcome.precisions.at(0).choices.at(0).tensors;
  ASSERT_EQ(tensors.size(), libtorch.parameters.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ(tensors[i].name, libtorch.parameters[i].name);
    EXPECT_EQ(tensors[i].elements, static_cast<std::int64_t>(libtorch.parameters[i].values.size()));
    const auto& worst = tensors[i].worst;
    if (worst) {
      EXPECT_EQ(worst->value, libtorch.parameters[i].values[static_cast<std::size_t>(worst->index)]);
    }
  }
}

TEST(ReferenceError, OverflowAtFp16IsReported) {
  Measured example;
  for (double& value : example.weights.parameters.front().values.widen()) {
    value = value < 0 ? -60'000 : 60'000;
  }
  const PrecisionError error = example.compare({Precision::fp16}).precisions.at(0);
  EXPECT_GT(error.non_finite, 0);
  const TensorError all = overall(error.choices.at(0).tensors);
  EXPECT_GT(all.non_finite, 0);
  EXPECT_FALSE(std::isfinite(all.difference_l2));
  EXPECT_FALSE(std::isfinite(all.worst.value().ulps));
}

TEST(ReferenceError, DoesNotDependOnThreads) {
  const Measured example;
  const auto one = example.compare({Precision::bf16}, 1);
  const auto three = example.compare({Precision::bf16}, 3);
  const auto& a = one.precisions.at(0).choices.at(0).tensors;
  const auto& b = three.precisions.at(0).choices.at(0).tensors;
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].difference_l2, b[i].difference_l2);
    EXPECT_EQ(a[i].truth_l2, b[i].truth_l2);
    EXPECT_EQ(a[i].ulps, b[i].ulps);
  }
  EXPECT_EQ(one.proven_bits, three.proven_bits);
}

TEST(ReferenceError, SaysHowManyBitsAreProven) {
  const auto outcome = Measured().compare({Precision::fp32});
  EXPECT_EQ(outcome.bits, 128);
  EXPECT_GT(outcome.proven_bits, 90);
  EXPECT_LE(outcome.proven_bits, 128);
  const std::vector<TensorError>& tensors = outcome.precisions[0].choices[0].tensors;
  for (const TensorError& tensor : tensors) {
    EXPECT_GE(tensor.proven_bits, outcome.proven_bits) << tensor.name;
  }
  EXPECT_EQ(overall(tensors).proven_bits, outcome.proven_bits) << "that of the parameter with the fewest";
}

TEST(ReferenceError, BeginsWithTheBitsThatADeepNetworkIsLikelyToTake) {
  const Network deep =
      build(Mlp{.input = {6}, .hidden_layers = 16, .width = 5, .classes = 3, .batch_norm = true});
  EXPECT_EQ(likely_bits(deep, Precision::fp64), 53 + 10 + 4 * 17 + 3 * 16);
  EXPECT_EQ(likely_bits(deep, Precision::bf16), 8 + 10 + 4 * 17 + 3 * 16);

  const Network plain = build(Mlp{.input = {6}, .hidden_layers = 30, .width = 5, .classes = 3});
  const auto outcome = reference_error(plain, draw_weights(plain, 5), test::tied_batch(plain, 6, 8),
                                       {.precisions = {Precision::fp64}});
  EXPECT_EQ(outcome.bits, 192) << "53 + 10 + 4 · 31, up to a multiple of 32, which suffice";
  EXPECT_FALSE(outcome.capped);
  EXPECT_TRUE(outcome.precisions[0].deterministic);
}

TEST(ReferenceError, RefusesPrecisionsThatDoNotShareWeights) {
  const Measured example;
  EXPECT_THROW(example.compare({Precision::fp16, Precision::fp32}), InputError);
  EXPECT_THROW(example.compare({Precision::fp16, Precision::bf16}), InputError);
  EXPECT_THROW(example.compare({}), InputError);
  EXPECT_THROW(reference_error(example.network, example.weights, example.batch, {.choices = {}}), InputError);
}

}  // namespace
}  // namespace relu0
