#include "analysis/zeros/zero_origins.hpp"

#include "analysis/torch/draw_weights.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"
#include "suites/tests/analysis/zeros/zero_networks.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::dataset_of;

ZeroOriginsOutcome outcome_of(const reference::Example& example, Precision precision = Precision::fp32) {
  return zero_origins(example.network, example.weights, dataset_of(example),
                      {.precision = precision, .batch_size = 1, .images = 1});
}

TEST(ZeroOrigins, AStructuralZero) {
  const ZeroOriginsOutcome outcome = outcome_of(test::structural_zero());
  EXPECT_EQ(outcome.zeros(), ZeroCounts{.structural = 1});
  EXPECT_EQ(outcome.true_zeros, ZeroCounts{.structural = 1});
  EXPECT_TRUE(outcome.magnitudes.empty());
}

TEST(ZeroOrigins, AnExactZero) {
  for (const Precision precision : all_precisions) {
    const ZeroOriginsOutcome outcome = outcome_of(test::exact_zero(), precision);
    EXPECT_EQ(outcome.zeros(), ZeroCounts{.exact = 1}) << name(precision);
    EXPECT_EQ(outcome.true_zeros, ZeroCounts{.exact = 1});
    EXPECT_EQ(outcome.most_bits, 128) << "needs no more bits";
  }
}

TEST(ZeroOrigins, ARoundingZeroAndItsSize) {
  const ZeroOriginsOutcome outcome = outcome_of(test::rounding_zero());
  EXPECT_EQ(outcome.zeros(), ZeroCounts{.rounding = 1});
  EXPECT_EQ(outcome.true_zeros, ZeroCounts{});
  EXPECT_EQ(outcome.surveyed, 2);
  EXPECT_THAT(outcome.magnitudes, ::testing::ElementsAre(0x1p-46 / 0x1p-23)) << "an ulp of 1 is 2^-23";
  EXPECT_EQ(outcome_of(test::rounding_zero(), Precision::fp64).zeros(), ZeroCounts{})
      << "binary64 holds the difference";
}

TEST(ZeroOrigins, AZeroThatNoBitsDecideStaysUndecidedAtTheCap) {
  const ZeroOriginsOutcome outcome = outcome_of(test::undecidable_zero());
  EXPECT_EQ(outcome.zeros(), ZeroCounts{.undecided = 1});
  EXPECT_EQ(outcome.true_zeros, ZeroCounts{.undecided = 1});
  EXPECT_EQ(outcome.most_bits, 512);
}

TEST(ZeroOrigins, TheSurveyFindsATrueZeroThatLibTorchMisses) {
  const ZeroOriginsOutcome outcome = outcome_of(test::missed_zero());
  EXPECT_EQ(outcome.zeros(), ZeroCounts{});
  EXPECT_EQ(outcome.true_zeros, ZeroCounts{.exact = 1});
}

/// A network whose weights cancel often, in mini-batches of which not every image has a zero.
class OnDigits : public ::testing::Test {
 protected:
  Network network_ = build(Mlp{.input = {6}, .hidden_layers = 2, .width = 64, .classes = 3});
  Weights weights_ = test::coarse(draw_weights(network_, 3));
  Dataset data_ = test::tiny_dataset(300, 6, 3, 11);
  ZeroOriginsOptions options_{.precision = Precision::bf16, .batch_size = 16, .images = 300};

  [[nodiscard]] ZeroOriginsOutcome look() const { return zero_origins(network_, weights_, data_, options_); }
};

TEST_F(OnDigits, ExplainsEveryZeroThatLibTorchMeets) {
  options_.enough_zeros = 1'000'000;
  const ZeroOriginsOutcome outcome = look();
  std::vector<std::int64_t> met(2, 0);
  for (std::int64_t first = 0; first < 300; first += 16) {
    const auto pass = libtorch_backprop(network_, weights_,
                                        make_batch(data_, first, std::min<std::int64_t>(16, 300 - first)),
                                        Precision::bf16, {});
    for (std::size_t i = 0; i < met.size(); ++i) {
      met[i] += std::ssize(pass.relus[i].zeros);
    }
  }
  ASSERT_GT(met[0] + met[1], 0) << "the example shows nothing";
  EXPECT_EQ(outcome.layers.at(0).zeros.total(), met[0]);
  EXPECT_EQ(outcome.layers.at(1).zeros.total(), met[1]);
  EXPECT_EQ(outcome.minibatches, 19);
  EXPECT_EQ(outcome.images, 300);
  EXPECT_EQ(outcome.relu_inputs, 300 * 128);
  EXPECT_EQ(outcome.surveyed, 16 * 128);
  EXPECT_EQ(std::ssize(outcome.magnitudes), outcome.zeros().rounding);
  EXPECT_TRUE(outcome.deterministic);
}

TEST_F(OnDigits, StopsAfterTheMiniBatchWithEnoughZeros) {
  options_.enough_zeros = 1;
  const ZeroOriginsOutcome outcome = look();
  EXPECT_GE(outcome.zeros().total(), 1);
  EXPECT_LT(outcome.minibatches, 19);
}

TEST_F(OnDigits, DoesNotDependOnThreads) {
  const ZeroOriginsOutcome one = look();
  options_.certify.backprop.product.threads = 3;
  const ZeroOriginsOutcome three = look();
  EXPECT_EQ(one.zeros(), three.zeros());
  EXPECT_EQ(one.magnitudes, three.magnitudes);
}

TEST_F(OnDigits, RefusesWhatCannotBeLookedAt) {
  options_.images = 301;
  EXPECT_THROW(look(), InputError);
  options_.images = 0;
  EXPECT_THROW(look(), InputError);
  options_.images = 300;
  options_.batch_size = 0;
  EXPECT_THROW(look(), InputError);
}

TEST(ZeroCounts, CountsEachOriginAndAddsUp) {
  ZeroCounts counts;
  for (const auto origin :
       {reference::ZeroOrigin::structural, reference::ZeroOrigin::exact, reference::ZeroOrigin::exact,
        reference::ZeroOrigin::rounding, reference::ZeroOrigin::undecided}) {
    counts.count(origin);
  }
  EXPECT_EQ(counts, (ZeroCounts{.structural = 1, .exact = 2, .rounding = 1, .undecided = 1}));
  counts.add({.structural = 10, .exact = 20, .rounding = 30, .undecided = 40});
  EXPECT_EQ(counts, (ZeroCounts{.structural = 11, .exact = 22, .rounding = 31, .undecided = 41}));
  EXPECT_EQ(counts.total(), 105);
}

}  // namespace
}  // namespace relu0
