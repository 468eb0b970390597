// Forward and backward of every operation: against LibTorch's autograd bit by bit, against central
// differences, and by hand.
#include "analysis/impact/comparison.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/torch/held_values.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"

#include <cmath>
#include <tuple>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::coarse;
using test::lively_weights;
using test::single_operation;
using test::small_networks;
using test::tied_batch;
using ::testing::ElementsAre;

class EveryOperation : public ::testing::TestWithParam<Network> {};

INSTANTIATE_TEST_SUITE_P(Small, EveryOperation, ::testing::ValuesIn(small_networks()),
                         [](const auto& parameters) { return parameters.param.name(); });

TEST_P(EveryOperation, GivesTheBitsOfLibtorchsAutograd) {
  const Network& network = GetParam();
  const Batch batch = tied_batch(network, 6, 1);
  std::int64_t zeros = 0;
  for (const Weights& weights : {lively_weights(network, 3), coarse(lively_weights(network, 4))}) {
    for (const Precision precision : all_precisions) {
      for (const Rule rule : all_rules) {
        for (const double s : {0.0, 1.0, -0.75}) {
          const std::string where = fmt::format("{} {} s={}", name(precision), name(rule), s);
          const GradientWithKinks ours = backprop(network, weights, batch, precision, {.relu = {s, rule}});
          const Gradient autograd =
              autograd_backprop(network, weights, batch, precision, {.relu = {s, rule}});
          zeros += ours.census.total(Kink::relu);
          EXPECT_EQ(ours.gradient.loss, autograd.loss) << where;
          EXPECT_EQ(ours.gradient.input, autograd.input) << where;
          for (const TensorComparison& tensor : compare(ours.gradient, autograd).tensors) {
            EXPECT_EQ(tensor.differing, 0) << tensor.name << " " << where;
          }
        }
      }
    }
  }
  EXPECT_GT(zeros, 0) << "without exact zeros s would do nothing here";
}

TEST_P(EveryOperation, GivesValuesThat16BitsCanHold) {
  const Network& network = GetParam();
  const Weights weights = lively_weights(network, 5);
  const Batch batch = tied_batch(network, 6, 2);
  for (const Precision precision : {Precision::fp16, Precision::bf16}) {
    Gradient gradient =
        backprop(network, weights, batch, precision, {.relu = {1, Rule::chain_rule}}).gradient;
    gradient.parameters.push_back({"input", {}, gradient.input});
    test::expect_values_of_16_bits(precision, gradient.parameters);
  }
}

/// Values in random order no two of which are closer than 1/64: no ties, no kink within the step.
Batch distinct_batch(const Network& network, std::int64_t samples) {
  Batch batch = tied_batch(network, samples, 7);
  const auto count = std::ssize(batch.inputs);
  for (std::int64_t i = 0; i < count; ++i) {
    // 61 is coprime to any count that is not one of its multiples.
    batch.inputs[static_cast<std::size_t>(i)] = static_cast<float>(i * 61 % count - count / 2) / 64;
  }
  return batch;
}

TEST_P(EveryOperation, AgreesWithCentralDifferences) {
  // At fp64, with h = 2^-20 and a loss L whose third derivatives are of order M: truncation h² M / 6,
  // rounding 2^-52 |L| / h = 2^-32 |L|. L is a few units here; 2^-20 leaves M a size of 2^20. A kink within h
  // of a pre-activation or a tie within h would show as a difference of the order of the gradient itself.
  const Network& network = GetParam();
  const Weights weights = lively_weights(network, 11);
  const Batch batch = distinct_batch(network, 4);
  const Gradient gradient = backprop(network, weights, batch, Precision::fp64, {}).gradient;
  const double h = std::ldexp(1.0, -20);
  for (std::size_t p = 0; p < weights.parameters.size(); ++p) {
    for (std::size_t j = 0; j < weights.parameters[p].values.size(); j += 3) {
      const auto loss_at = [&](double step) {
        Weights moved = weights;
        moved.parameters[p].values.widen()[j] += step;
        return backprop(network, moved, batch, Precision::fp64, {}).gradient.loss;
      };
      EXPECT_NEAR((loss_at(h) - loss_at(-h)) / (2 * h), gradient.parameters[p].values[j],
                  std::ldexp(1.0, -20))
          << weights.parameters[p].name << "[" << j << "]";
    }
  }
}

/// d loss / d output of the operation of single_operation() for one sample whose logits are all 0 but for
/// `logits`, in fp64 as LibTorch computes it: found by running the loss alone.
std::vector<double> loss_gradient(const std::vector<float>& logits, std::int64_t label) {
  const auto count = static_cast<std::int64_t>(logits.size());
  const Network network = single_operation({count}, Flatten{});
  return backprop(network, {}, {{count}, logits, {label}}, Precision::fp64, {}).gradient.input;
}

TEST(MaxPoolByHand, GivesTheGradientOfATieToTheFirstInRowMajorOrder) {
  // Two windows: in the left one all four are equal, in the right one the second column is.
  const Network network = single_operation({1, 2, 4}, MaxPool{square_window(2, 2)});
  const Batch batch{{1, 2, 4},
                    {3, 3, 0, 1,  //
                     3, 3, 0, 1},
                    {0}};
  const std::vector<double> g = loss_gradient({3, 1}, 0);
  for (const Precision precision : {Precision::fp64}) {
    EXPECT_THAT(backprop(network, {}, batch, precision, {}).gradient.input, ElementsAre(g[0], 0, 0, g[1],  //
                                                                                        0, 0, 0, 0));
  }
}

TEST(MaxPoolByHand, AddsWhatOverlappingWindowsHandBack) {
  // Windows of 2 columns with stride 1 over 1 5 2: both have the 5 as maximum. Padding never wins, even over
  // negative values.
  const Network overlapping =
      single_operation({1, 1, 3}, MaxPool{{.kernel = {1, 2}, .stride = {1, 1}, .padding = {0, 0}}});
  const std::vector<double> g = loss_gradient({5, 5}, 0);
  EXPECT_THAT(backprop(overlapping, {}, {{1, 1, 3}, {1, 5, 2}, {0}}, Precision::fp64, {}).gradient.input,
              ElementsAre(0, g[0] + g[1], 0));
  const Network padded = single_operation({1, 2, 2}, MaxPool{square_window(2, 2, 1)});
  const std::vector<double> of_padded = loss_gradient({-1, -2, -3, -4}, 2);
  EXPECT_EQ(backprop(padded, {}, {{1, 2, 2}, {-1, -2, -3, -4}, {2}}, Precision::fp64, {}).gradient.input,
            of_padded);
}

TEST(AveragePoolByHand, CountsPaddingAsZeros) {
  // One window of 2 × 2 per corner pixel: each output is pixel / 4, each gradient a quarter.
  const Network network = single_operation({1, 2, 2}, AveragePool{square_window(2, 2, 1)});
  std::vector<double> expected = loss_gradient({1, 2, 3, 4}, 1);
  for (double& value : expected) {
    value /= 4;
  }
  EXPECT_EQ(backprop(network, {}, {{1, 2, 2}, {4, 8, 12, 16}, {1}}, Precision::fp64, {}).gradient.input,
            expected);
}

TEST(AdaptiveAveragePoolByHand, SharesRowsBetweenUnevenWindows) {
  // 3 columns to 2: windows 0 … 1 and 1 … 2, so that the middle one belongs to both.
  const Network network = single_operation({1, 1, 3}, AdaptiveAveragePool{1, 2});
  const std::vector<double> g = loss_gradient({1.5, 3}, 0);
  EXPECT_THAT(backprop(network, {}, {{1, 1, 3}, {1, 2, 4}, {0}}, Precision::fp64, {}).gradient.input,
              ElementsAre(g[0] / 2, g[0] / 2 + g[1] / 2, g[1] / 2));
}

TEST(ConvolutionByHand, CrossCorrelatesWithPaddingAndStride) {
  // 1×3 image 1 2 4, kernel 1×2 of (10, 1), padding 1, stride 2, bias 1: windows (0 1) and (2 4) give 2 and
  // 25.
  const Network network =
      single_operation({1, 1, 3}, Convolution{1, 1, {.kernel = {1, 2}, .stride = {1, 2}, .padding = {0, 1}}});
  const Weights weights{{{"operation.weight", {1, 1, 1, 2}, {10, 1}}, {"operation.bias", {1}, {1}}}};
  const Batch batch{{1, 1, 3}, {1, 2, 4}, {0}};
  const std::vector<double> g = loss_gradient({2, 25}, 0);
  const Gradient gradient = backprop(network, weights, batch, Precision::fp64, {}).gradient;
  EXPECT_THAT(gradient.parameters[0].values.to_doubles(), ElementsAre(2 * g[1], g[0] + 4 * g[1]));
  EXPECT_THAT(gradient.parameters[1].values.to_doubles(), ElementsAre(g[0] + g[1]));
  EXPECT_THAT(gradient.input, ElementsAre(g[0], 10 * g[1], g[1]));
}

TEST(BatchNormByHand, UsesTheRunningStatisticsInEvaluationMode) {
  // (x − 3) / sqrt(3 + 1) · 4 + 1: the slope is 2, and is constant in the mini-batch.
  const Network network = single_operation({1, 1, 2}, BatchNorm{1, 1.0, BatchStatistics::running});
  const Weights weights{{{"operation.weight", {1}, {4}}, {"operation.bias", {1}, {1}}},
                        {{"operation.running_mean", {1}, {3}}, {"operation.running_var", {1}, {3}}}};
  const Gradient gradient =
      backprop(network, weights, {{1, 1, 2}, {3, 5}, {0}}, Precision::fp64, {}).gradient;
  const std::vector<double> g = loss_gradient({1, 5}, 0);
  EXPECT_THAT(gradient.input, ElementsAre(2 * g[0], 2 * g[1]));
  EXPECT_THAT(gradient.parameters[0].values.to_doubles(),
              ElementsAre(g[1]));  // (x − mean) / deviation is 0 and 1
  EXPECT_THAT(gradient.parameters[1].values.to_doubles(), ElementsAre(g[0] + g[1]));
}

TEST(BatchNormByHand, NormalisesByTheBiasedVarianceOfTheMiniBatchInTrainingMode) {
  // 1 and 7: mean 4, biased variance 9 (unbiased 18); with epsilon 16 the deviation is 5 and the output ±
  // 3/5.
  const Network network = single_operation({1, 1, 2}, BatchNorm{1, 16.0});
  const Weights weights{{{"operation.weight", {1}, {5}}, {"operation.bias", {1}, {0}}}};
  const Gradient gradient =
      backprop(network, weights, {{1, 1, 2}, {1, 7}, {0}}, Precision::fp64, {}).gradient;
  // Logits −3 and 3, labels 0: g = (p − 1, p₁) with p₁ = 1 / (1 + e^-6); γ's gradient Σ g x̂ = 2 · 3/5 · p₁,
  // and β's is 0. Each is a handful of operations on values below 2, each with a relative error below 2^-52.
  const double p = 1 / (1 + std::exp(-6.0));
  EXPECT_NEAR(gradient.loss, std::log1p(std::exp(6.0)), std::ldexp(1, -47));
  EXPECT_NEAR(gradient.parameters[0].values[0], 1.2 * p, std::ldexp(1, -48));
  EXPECT_NEAR(gradient.parameters[1].values[0], 0, std::ldexp(1, -48));
}

TEST(AddByHand, SumsItsInputsAndHandsTheGradientToBoth) {
  const Network network(
      "twice", {{"input", Input{{3}}, {}}, {"add", Add{}, {0, 0}}, {"loss", SoftmaxCrossEntropy{}, {1}}});
  const std::vector<double> g = loss_gradient({2, 4, 8}, 1);
  EXPECT_THAT(backprop(network, {}, {{3}, {1, 2, 4}, {1}}, Precision::fp64, {}).gradient.input,
              ElementsAre(2 * g[0], 2 * g[1], 2 * g[2]));
}

}  // namespace
}  // namespace relu0
