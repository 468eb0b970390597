// What the table of operations says, held against LibTorch, and LibTorch against the reference.
#include "suites/tests/operations/operation_cases.hpp"

#include "analysis/impact/comparison.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "reference/pass/backprop.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/torch/held_values.hpp"
#include "suites/tests/analysis/torch/rounding_bound.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using cases::KinkSample;
using cases::OperationSample;

class EveryOperationCase : public ::testing::TestWithParam<cases::OperationCase> {};

INSTANTIATE_TEST_SUITE_P(Table, EveryOperationCase, ::testing::ValuesIn(cases::operation_cases()),
                         [](const auto& instance) { return instance.param.name; });

/// All that a choice at a kink can change is exact in every precision.
TEST_P(EveryOperationCase, PassesTheChosenGradientAtItsKinks) {
  for (const KinkSample& sample : GetParam().kinks) {
    const Network network = cases::operation_alone(sample.operation, sample.shape);
    const Batch batch{sample.shape, sample.input, {0}};
    for (const KinkChoices& choices : cases::choices_at(sample.operation)) {
      const std::vector<double> expected = sample.gradient(choices, cases::loss_gradient(sample.output));
      for (const Precision precision : all_precisions) {
        EXPECT_EQ(backprop(network, {}, batch, precision, choices).gradient.input, expected)
            << name(precision);
        EXPECT_EQ(autograd_backprop(network, {}, batch, precision, choices).input, expected)
            << name(precision) << " by autograd";
      }
    }
  }
}

TEST_P(EveryOperationCase, CountsTheHitsOfItsKinks) {
  for (const KinkSample& sample : GetParam().kinks) {
    const Network network = cases::operation_alone(sample.operation, sample.shape);
    for (const Precision precision : all_precisions) {
      const KinkCensus census =
          backprop(network, {}, {sample.shape, sample.input, {0}}, precision, {}).census;
      ASSERT_EQ(census.kinks.size(), sample.hits.size());
      for (std::size_t i = 0; i < sample.hits.size(); ++i) {
        const KinkHits& hits = census.kinks[i];
        EXPECT_EQ(hits.total, sample.hits[i]) << name(precision);
        EXPECT_EQ(hits.per_sample, std::vector{static_cast<std::uint32_t>(sample.hits[i])});
        EXPECT_EQ(hits.layer, "operation");
        ASSERT_EQ(hits.zero_kinds.has_value(), hits.place.point == 0.0);
        if (hits.zero_kinds) {
          EXPECT_EQ(hits.zero_kinds->negative, sample.negative_zeros);
          EXPECT_EQ(hits.zero_kinds->flushed, 0);
        }
      }
    }
  }
}

class EveryOperationSample : public ::testing::TestWithParam<OperationSample> {
 protected:
  Network network = cases::network_around(GetParam());
  Weights weights = cases::short_weights(network, 3);
  Batch batch = cases::short_batch(network, GetParam().batch, 4);
};

INSTANTIATE_TEST_SUITE_P(Table, EveryOperationSample, ::testing::ValuesIn(cases::operation_samples()),
                         [](const auto& instance) { return instance.param.name; });

/// Short fractions, of which binary64 and the reference make the same numbers without rounding. Where an
/// operation must round, the difference is at most what a running error analysis derives.
TEST_P(EveryOperationSample, HasTheGradientOfTheReferenceAtFp64) {
  const Gradient libtorch = backprop(network, weights, batch, Precision::fp64, {}).gradient;
  const reference::Backprop truth = reference::backprop(network, weights, batch, {});
  const auto compare = [](const std::string& name, const std::vector<double>& values,
                          const reference::Tensor& truth_of, const std::vector<double>& bound) {
    const std::vector<double> truths = to_doubles(truth_of);
    ASSERT_EQ(values.size(), truths.size()) << name;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (bound.empty()) {
        EXPECT_EQ(values[i], truths[i]) << name << "[" << i << "]";
      } else {
        // The truth is itself rounded to binary64 here.
        EXPECT_LE(std::abs(values[i] - truths[i]), bound[i] + 0x1p-53 * std::abs(truths[i]))
            << name << "[" << i << "]";
      }
    }
  };
  test::RoundingBound bound{.parameters = std::vector<std::vector<double>>(truth.parameters.size()),
                            .input = {}};
  if (!GetParam().exact) {
    bound = test::rounding_bound(network, weights, batch);
  }
  compare("input", libtorch.input, truth.input, bound.input);
  for (std::size_t i = 0; i < truth.parameters.size(); ++i) {
    compare(libtorch.parameters[i].name, libtorch.parameters[i].values.to_doubles(), truth.parameters[i],
            bound.parameters[i]);
  }
}

TEST_P(EveryOperationSample, HasTheBitsOfLibtorchsAutograd) {
  const Weights drawn = test::lively_weights(network, 6);
  const Batch tied = test::tied_batch(network, GetParam().batch, 5);
  for (const auto& [theta, images] : {std::pair(weights, batch), std::pair(drawn, tied)}) {
    for (const Precision precision : all_precisions) {
      for (const KinkChoices& choices : cases::choices_at(GetParam().operation)) {
        const Gradient ours = backprop(network, theta, images, precision, choices).gradient;
        const Gradient autograd = autograd_backprop(network, theta, images, precision, choices);
        EXPECT_EQ(ours.loss, autograd.loss) << name(precision);
        EXPECT_EQ(ours.input, autograd.input) << name(precision);
        EXPECT_FALSE(compare(ours, autograd).differs()) << name(precision);
      }
    }
  }
}

TEST_P(EveryOperationSample, GivesValuesThat16BitsCanHold) {
  const Weights drawn = test::lively_weights(network, 6);
  for (const Precision precision : {Precision::fp16, Precision::bf16}) {
    Gradient gradient = backprop(network, drawn, batch, precision, {}).gradient;
    gradient.parameters.push_back({"input", {}, gradient.input});
    test::expect_values_of_16_bits(precision, gradient.parameters);
  }
}

TEST(ZeroKinds, AreSignedAndFlushedZerosOfTheStorageFormat) {
  // 2^-15 is subnormal in binary16 only, 2^-130 in all 32-bit formats and bfloat16; −0 is a hit of its own.
  const Network network = cases::operation_alone(Relu{}, {4});
  const Batch batch{{4}, {0x1p-15F, -0x1p-130F, -0.0F, 1}, {0}};
  const auto met = [&](Precision precision) {
    return backprop(network, {}, batch, precision, {}).census.kinks.front();
  };
  EXPECT_EQ(met(Precision::fp64).zero_kinds, (ZeroKinds{.negative = 1, .flushed = 0}));
  EXPECT_EQ(met(Precision::fp32).zero_kinds, (ZeroKinds{.negative = 1, .flushed = 1}));
  EXPECT_EQ(met(Precision::tf32).zero_kinds, (ZeroKinds{.negative = 1, .flushed = 1}));
  EXPECT_EQ(met(Precision::bf16).zero_kinds, (ZeroKinds{.negative = 1, .flushed = 1}));
  // Binary16 rounds −2^-130 to −0.
  EXPECT_EQ(met(Precision::fp16).zero_kinds, (ZeroKinds{.negative = 2, .flushed = 1}));
  EXPECT_EQ(met(Precision::fp16).total, 2);
}

TEST(DropoutMasks, AreTheSameInBothEnginesAndChangeWithTheStep) {
  const Network network =
      cases::network_around({.name = "dropout", .operation = Dropout{}, .inputs = {{40}}, .output = {40}});
  const Weights weights = cases::short_weights(network, 3);
  const Batch batch = cases::short_batch(network, 2, 4);
  std::vector<std::vector<double>> inputs;
  for (const DropoutKey key : {DropoutKey{1, 0}, DropoutKey{1, 1}, DropoutKey{2, 0}}) {
    const Gradient gradient =
        backprop(network, weights, batch, Precision::fp64, {}, Device::cpu, key).gradient;
    EXPECT_EQ(gradient.input,
              autograd_backprop(network, weights, batch, Precision::fp64, {}, Device::cpu, key).input);
    EXPECT_EQ(gradient.input,
              to_doubles(reference::backprop(network, weights, batch, {.dropout = key}).input));
    EXPECT_THAT(inputs, ::testing::Not(::testing::Contains(gradient.input)));
    inputs.push_back(gradient.input);
  }
}

}  // namespace
}  // namespace relu0
