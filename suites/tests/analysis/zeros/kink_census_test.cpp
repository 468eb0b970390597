#include "analysis/zeros/kink_census.hpp"

#include "analysis/torch/backprop.hpp"
#include "fixtures/network/architectures/mlp.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

template <typename Real>
class CountingRelu : public ::testing::Test {};
using Reals = ::testing::Types<float, double>;
TYPED_TEST_SUITE(CountingRelu, Reals);

TYPED_TEST(CountingRelu, CountsZerosOfBothSignsAndNothingElse) {
  using Limits = std::numeric_limits<TypeParam>;
  const std::vector<TypeParam> in{TypeParam{0},          -TypeParam{0},       Limits::denorm_min(),
                                  -Limits::denorm_min(), Limits::quiet_NaN(), Limits::infinity(),
                                  -Limits::infinity(),   TypeParam{1},        TypeParam{-1}};
  std::vector<TypeParam> out(in.size());
  EXPECT_EQ(relu_counting_zeros(in.data(), out.data(), std::ssize(in)), 2);
  EXPECT_EQ(out[2], Limits::denorm_min());
  EXPECT_EQ(out[3], 0);
  EXPECT_TRUE(std::isnan(out[4]));
  EXPECT_EQ(out[5], Limits::infinity());
  EXPECT_EQ(out[6], 0);
  EXPECT_EQ(out[7], 1);
  EXPECT_EQ(out[8], 0);
}

TYPED_TEST(CountingRelu, CountsInEveryPlaceOfRowsOfEveryLength) {
  for (std::size_t length = 1; length < 70; ++length) {
    for (std::size_t place = 0; place < length; ++place) {
      std::vector<TypeParam> in(length, TypeParam{-1});
      in[place] = 0;
      std::vector<TypeParam> out(length, TypeParam{7});
      ASSERT_EQ(relu_counting_zeros(in.data(), out.data(), std::ssize(in)), 1) << length << " " << place;
      ASSERT_EQ(out, std::vector<TypeParam>(length, TypeParam{0}));
    }
  }
}

TEST(KinkCensus, NamesLayersAndSamplesOfAHandMadeNetwork) {
  // Two inputs, two neurons, one hidden layer: neuron 0 sees x0 − x1, neuron 1 sees x0 + x1 + 1.
  const Network network = build({.input = {2}, .hidden_layers = 1, .width = 2, .classes = 2});
  const Weights weights{{{"linear1.weight", {2, 2}, {1, -1, 1, 1}},
                         {"linear1.bias", {2}, {0, 1}},
                         {"linear2.weight", {2, 2}, {1, 2, 3, 4}},
                         {"linear2.bias", {2}, {0, 0}}}};
  const Batch batch{{2}, {0.5F, 0.5F, 0.5F, 0.25F, 0.125F, 0.125F}, {0, 1, 1}};
  for (const Precision precision : all_precisions) {
    const KinkCensus census = backprop(network, weights, batch, precision, {}).census;
    ASSERT_EQ(census.kinks.size(), 1U);
    EXPECT_EQ(census.kinks[0].layer, "relu1");
    EXPECT_EQ(census.kinks[0].node, 2U);
    EXPECT_EQ(census.kinks[0].place, (KinkPlace{Kink::relu, 0.0}));
    EXPECT_EQ(census.kinks[0].per_sample, (std::vector<std::uint32_t>{1, 0, 1})) << name(precision);
    EXPECT_EQ(census.kinks[0].zero_kinds, ZeroKinds{});
    EXPECT_EQ(census.total(), 2);
    EXPECT_EQ(census.total(Kink::relu), 2);
    EXPECT_EQ(census.total(Kink::max_pool_tie), 0);
  }
}

}  // namespace
}  // namespace relu0
