#include "analysis/torch/libtorch_backprop.hpp"

#include "analysis/impact/comparison.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/torch/architecture_name.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Two neurons see x0 − x1 and x0 + x1, each through a ReLU.
struct TwoNeurons {
  Network network = build({.input = {2}, .hidden_layers = 1, .width = 2, .classes = 2});
  Weights weights{{{"linear1.weight", {2, 2}, {1, -1, 1, 1}},
                   {"linear1.bias", {2}, {0, 0}},
                   {"linear2.weight", {2, 2}, {1, 2, 3, 2}},
                   {"linear2.bias", {2}, {0, 0}}}};
};

TEST(LibtorchBackprop, ListsTheExactZerosOfEachRelu) {
  const TwoNeurons given;
  const Batch batch{{2}, {0.5F, 0.5F, 1, 0.25F, 0, 0}, {0, 1, 1}};
  for (const Precision precision : all_precisions) {
    const LibtorchGradient gradient = libtorch_backprop(given.network, given.weights, batch, precision, {});
    ASSERT_EQ(gradient.relus.size(), 1U);
    EXPECT_EQ(gradient.relus[0].node, 2U);
    EXPECT_EQ(gradient.relus[0].name, "relu1");
    EXPECT_THAT(gradient.relus[0].zeros, ElementsAre(0, 4, 5)) << name(precision);
    EXPECT_EQ(gradient.relus[0].largest_magnitude, 1.25);
    EXPECT_EQ(gradient.relus[0].non_finite, 0);
    EXPECT_EQ(gradient.emulated, precision != Precision::fp32 && precision != Precision::fp64);
  }
}

TEST(LibtorchBackprop, GivesWhatBackpropGives) {
  for (const Network& network : test::small_networks()) {
    const Weights weights = test::lively_weights(network, 8);
    const Batch batch = test::tied_batch(network, 5, 9);
    const LibtorchGradient all =
        libtorch_backprop(network, weights, batch, Precision::fp32, {.relu = {2, Rule::chain_rule}});
    const GradientWithKinks expected =
        backprop(network, weights, batch, Precision::fp32, {.relu = {2, Rule::chain_rule}});
    EXPECT_EQ(all.loss, expected.gradient.loss);
    EXPECT_EQ(all.input, expected.gradient.input);
    EXPECT_FALSE(compare({all.loss, all.parameters}, expected.gradient).differs()) << network.name();
    std::vector<std::int64_t> counted;
    for (const KinkHits& hits : expected.census.kinks) {
      if (hits.place.kink == Kink::relu) {
        counted.push_back(hits.total);
      }
    }
    ASSERT_EQ(all.relus.size(), counted.size());
    for (std::size_t k = 0; k < all.relus.size(); ++k) {
      EXPECT_EQ(std::ssize(all.relus[k].zeros), counted[k]);
    }
  }
}

TEST(LibtorchBackprop, ReportsOverflowToInfinityAtFp16) {
  // 256 · 255 + 240 = 65520 is the smallest value that rounds to infinity; 65519 to the largest finite one.
  const TwoNeurons given;
  const auto at_fp16 = [&](double bias) {
    Weights weights = given.weights;
    weights.parameters[0].values = {256, 0, 0, 1};
    weights.parameters[1].values = {bias, 0};
    return libtorch_backprop(given.network, weights, {{2}, {255, 3}, {0}}, Precision::fp16, {});
  };
  const LibtorchGradient finite = at_fp16(239);
  EXPECT_EQ(finite.relus[0].non_finite, 0);
  EXPECT_EQ(finite.relus[0].largest_magnitude, 65504);
  const LibtorchGradient infinite = at_fp16(240);
  EXPECT_EQ(infinite.relus[0].non_finite, 1);
  EXPECT_EQ(infinite.relus[0].largest_magnitude, 3);
  // Both logits are infinite, and so their difference, the loss and its gradient are not numbers.
  EXPECT_TRUE(std::isnan(infinite.loss));
  EXPECT_TRUE(std::isnan(infinite.parameters[0].values[0]));
}

TEST(LibtorchBackprop, ReportsNotANumberAmongTheInputs) {
  const TwoNeurons given;
  const Batch batch{{2}, {std::numeric_limits<float>::quiet_NaN(), 1, 2, 1}, {0, 1}};
  for (const Precision precision : all_precisions) {
    const LibtorchGradient gradient = libtorch_backprop(given.network, given.weights, batch, precision, {});
    EXPECT_EQ(gradient.relus[0].non_finite, 2) << name(precision);
    EXPECT_EQ(gradient.relus[0].largest_magnitude, 3);
    EXPECT_THAT(gradient.relus[0].zeros, IsEmpty());
    EXPECT_TRUE(std::isnan(gradient.loss));
  }
}

TEST(RoundedWeights, CarryTheBuffers) {
  const Network network = test::single_operation({1, 1, 2}, BatchNorm{1, 1.0, BatchStatistics::running});
  const double third = 1.0 / 3;
  const Weights weights{{{"operation.weight", {1}, {1}}, {"operation.bias", {1}, {third}}},
                        {{"operation.running_mean", {1}, {third}}, {"operation.running_var", {1}, {1}}}};
  const Weights rounded = rounded_weights(weights, Precision::fp16);
  EXPECT_NO_THROW(check_fits(rounded, network));
  EXPECT_EQ(rounded.buffers[0].values[0], 0x1.554p-2);  // 1/3 in 11 bits
  EXPECT_EQ(rounded.parameters[1].values[0], 0x1.554p-2);
}

class WholeArchitecture : public ::testing::TestWithParam<ConvolutionalNetwork> {};

INSTANTIATE_TEST_SUITE_P(Paper, WholeArchitecture,
                         ::testing::Values(ConvolutionalNetwork{Architecture::lenet5},
                                           ConvolutionalNetwork{Architecture::vgg11, true},
                                           ConvolutionalNetwork{Architecture::vgg11, true,
                                                                BatchStatistics::running},
                                           ConvolutionalNetwork{Architecture::resnet18},
                                           ConvolutionalNetwork{Architecture::resnet18, true}),
                         test::architecture_name);

TEST_P(WholeArchitecture, GivesTheBitsOfAutograd) {
  const Network network = build(GetParam());
  const Weights weights = draw_weights(network, 1);
  const Batch batch = test::tied_batch(network, 2, 1);
  for (const Precision precision : {Precision::fp16, Precision::fp32}) {
    const LibtorchGradient ours =
        libtorch_backprop(network, weights, batch, precision, {.relu = {1, Rule::chain_rule}});
    const Gradient autograd =
        autograd_backprop(network, weights, batch, precision, {.relu = {1, Rule::chain_rule}});
    EXPECT_EQ(ours.loss, autograd.loss);
    EXPECT_EQ(ours.input, autograd.input);
    for (const TensorComparison& tensor : compare({ours.loss, ours.parameters}, autograd).tensors) {
      EXPECT_EQ(tensor.differing, 0) << tensor.name << " " << name(precision);
    }
  }
}

}  // namespace
}  // namespace relu0
