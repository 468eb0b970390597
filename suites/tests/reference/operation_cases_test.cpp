// What the table of operations says of kinks and structural zeros, held against the reference.
#include "suites/tests/operations/operation_cases.hpp"

#include "reference/pass/backprop.hpp"
#include "reference/pass/structural_zeros.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

using cases::KinkSample;
using cases::ZeroSample;

class EveryOperationCase : public testing::TestWithParam<cases::OperationCase> {};

INSTANTIATE_TEST_SUITE_P(Table, EveryOperationCase, testing::ValuesIn(cases::operation_cases()),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(EveryOperationCase, PassesTheChosenGradientAtItsKinks) {
  for (const KinkSample& sample : GetParam().kinks) {
    const Network network = cases::operation_alone(sample.operation, sample.shape);
    for (const KinkChoices& choices : cases::choices_at(sample.operation)) {
      const Backprop result =
          backprop(network, {}, Batch{sample.shape, sample.input, {0}}, {.kinks = choices});
      EXPECT_EQ(to_doubles(result.input), sample.gradient(choices, cases::loss_gradient(sample.output)));
      EXPECT_EQ(result.hits, sample.hits);
    }
  }
}

TEST_P(EveryOperationCase, IsZeroWhereItMustBe) {
  for (const ZeroSample& sample : GetParam().zeros) {
    const Network network = cases::operation_alone(sample.operation, sample.shape);
    const auto named = [](const std::vector<TensorSpec>& specs,
                          const std::vector<std::vector<double>>& values) {
      std::vector<TensorValues> result;
      for (std::size_t i = 0; i < specs.size(); ++i) {
        result.push_back({specs[i].name, specs[i].shape, values.at(i)});
      }
      return result;
    };
    const Weights weights{named(network.parameters(), sample.parameters),
                          named(network.buffers(), sample.buffers)};
    const Batch batch{sample.shape, sample.inputs, {0, 0}};
    const Backprop run = backprop(network, weights, batch, {});
    StructuralZeros structural(network, weights, batch, run);
    std::vector<bool> zeros;
    for (std::int64_t i = 0; i < 2 * element_count(network.output_shapes()[1]); ++i) {
      zeros.push_back(structural(1, i));
    }
    EXPECT_EQ(zeros, sample.zeros);
  }
}

TEST(DropoutInTheReference, IsZeroWhereItDrops) {
  const Dropout dropout;
  const Network network = cases::operation_alone(dropout, {40});
  const Batch batch{{40}, std::vector<float>(80, 3), {0, 0}};
  const DropoutKey key{.seed = 5, .step = 2};
  const Backprop run = backprop(network, {}, batch, {.dropout = key});
  StructuralZeros structural(network, {}, batch, run);
  const DropoutMask mask(dropout, key, 1);
  std::int64_t dropped = 0;
  for (std::int64_t i = 0; i < 80; ++i) {
    EXPECT_EQ(structural(1, i), !mask.keeps(i)) << i;
    dropped += mask.keeps(i) ? 0 : 1;
  }
  // Binomial of 80 and 1/2: fewer than 17 or more than 63 have a probability below 2^-20 together. The mask
  // is the same on every machine, so that the test always passes or never.
  EXPECT_GE(dropped, 17);
  EXPECT_LE(dropped, 63);
}

}  // namespace
}  // namespace relu0::reference
