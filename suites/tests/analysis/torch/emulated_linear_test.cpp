// What "fp16", "bf16" and "tf32" mean where LibTorch has no kernels for them: binary32 accumulation and one
// rounding per operation; for tf32, rounded operands.
#include "analysis/impact/comparison.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "analysis/torch/rounding.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/torch/held_values.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

/// Zeros met by one neuron with weights `w`, bias `b` on an input of ones.
std::int64_t zeros_of_neuron(const std::vector<double>& w, double b, Precision precision) {
  const auto inputs = static_cast<std::int64_t>(w.size());
  const Network network = build({.input = {inputs}, .hidden_layers = 1, .width = 1, .classes = 2});
  const Weights weights{{{"linear1.weight", {1, inputs}, w},
                         {"linear1.bias", {1}, {b}},
                         {"linear2.weight", {2, 1}, {1, 2}},
                         {"linear2.bias", {2}, {0, 0}}}};
  const Batch batch{{inputs}, std::vector<float>(w.size(), 1.0F), {0}};
  return backprop(network, weights, batch, precision, {}).census.total();
}

TEST(EmulatedFp16, AccumulatesInBinary32) {
  // 1 + 2^-12 − 1: a 16-bit accumulator would lose the small term, binary32 keeps it and binary16 can hold
  // it.
  EXPECT_EQ(zeros_of_neuron({1, std::ldexp(1, -12)}, -1, Precision::fp16), 0);
}

TEST(EmulatedFp16, RoundsTheResultToBinary16) {
  // Half the smallest subnormal is a tie and goes to 0; the next binary32 above it does not.
  const double half_smallest = std::ldexp(1, -25);
  EXPECT_EQ(zeros_of_neuron({std::ldexp(1, -12), std::ldexp(1, -12)}, -std::ldexp(1, -11), Precision::fp16),
            1);
  EXPECT_EQ(zeros_of_neuron({1, -1}, half_smallest, Precision::fp32), 0);
  EXPECT_EQ(zeros_of_neuron({1, -1}, half_smallest, Precision::fp16), 1) << "θ itself is rounded to binary16";
}

TEST(EmulatedBf16, AccumulatesInBinary32AndKeepsItsExponents) {
  EXPECT_EQ(zeros_of_neuron({1, std::ldexp(1, -9)}, -1, Precision::bf16), 0);
  EXPECT_EQ(zeros_of_neuron({1, -1}, std::ldexp(1, -25), Precision::bf16), 0);
}

TEST(EmulatedTf32, RoundsOperandsAndNothingElse) {
  // The weight 1 + 2^-12 is 1 as an operand, so that the sum with the bias −1 is 0; at fp32 it is 2^-12.
  const double weight = 1 + std::ldexp(1, -12);
  EXPECT_EQ(zeros_of_neuron({weight}, -1, Precision::tf32), 1);
  EXPECT_EQ(zeros_of_neuron({weight}, -1, Precision::fp32), 0);
  // The bias is no operand of the product and keeps its 24 bits.
  EXPECT_EQ(zeros_of_neuron({1}, -weight, Precision::tf32), 0);
}

TEST(Emulated16Bits, GiveGradientsThatTheFormatCanHold) {
  const Network network = build({.hidden_layers = 2, .width = 24});
  const Weights weights = draw_weights(network, 4);
  const Batch batch = make_batch(test::training_data(), 0, 32);
  for (const Precision precision : {Precision::fp16, Precision::bf16}) {
    test::expect_values_of_16_bits(
        precision,
        backprop(network, weights, batch, precision, {.relu = {1, Rule::chain_rule}}).gradient.parameters);
  }
}

TEST(Emulated, GivesTheGradientOfTheRoundedWeights) {
  const Network network = build({.hidden_layers = 2, .width = 24});
  const Weights weights = draw_weights(network, 4);
  const Batch batch = make_batch(test::training_data(), 0, 32);
  for (const Precision precision : {Precision::fp16, Precision::bf16}) {
    const Weights rounded = rounded_weights(weights, precision);
    EXPECT_NE(rounded.parameters[0].values.to_doubles(), weights.parameters[0].values.to_doubles());
    EXPECT_FALSE(compare(backprop(network, weights, batch, precision, {}).gradient,
                         backprop(network, rounded, batch, precision, {}).gradient)
                     .differs());
  }
}

}  // namespace
}  // namespace relu0
