#include "analysis/zeros/law/zero_law.hpp"

#include "analysis/torch/draw_weights.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "analysis/zeros/law/zero_prediction.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "fixtures/network/network_builder.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"
#include "suites/tests/analysis/zeros/zero_networks.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

KernelChoice kernel(const char* text) { return parse_kernel_choice(text); }

TEST(ZeroLaw, CountsTheZerosThatPassesMeet) {
  const Network network = build(Mlp{.input = {6}, .hidden_layers = 2, .width = 64, .classes = 3});
  const Weights weights = test::coarse(draw_weights(network, 3));
  const Dataset data = test::tiny_dataset(40, 6, 3, 11);
  const ZeroLawOptions options{
      .precision = Precision::bf16, .kernel = kernel("bias-last"), .batch_size = 16, .images = 40};
  const ZeroLawOutcome outcome = zero_law(network, weights, data, options);
  EXPECT_EQ(outcome.minibatches, 3);
  EXPECT_EQ(outcome.images, 40);
  EXPECT_TRUE(outcome.deterministic);
  ASSERT_EQ(outcome.layers.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    std::int64_t met = 0;
    for (const std::int64_t first : {0, 16, 32}) {
      const auto pass =
          libtorch_backprop(network, weights, make_batch(data, first, std::min<std::int64_t>(16, 40 - first)),
                            Precision::bf16, {}, Device::cpu, {}, options.kernel);
      met += std::ssize(pass.relus[i].zeros);
    }
    ASSERT_GT(met, 0) << "the example shows nothing";
    EXPECT_EQ(outcome.layers[i].statistics.zeros, met);
    EXPECT_EQ(outcome.layers[i].statistics.inputs, 40 * 64);
  }
}

TEST(ZeroLaw, TellsStructuralZerosApart) {
  const auto statistics_of = [](const reference::Example& example) {
    return zero_law(example.network, example.weights, test::dataset_of(example),
                    {.kernel = kernel("portable:no-fma"), .batch_size = 1, .images = 1})
        .layers.at(0)
        .statistics;
  };
  EXPECT_EQ(statistics_of(test::structural_zero()).zeros, 1);
  EXPECT_EQ(statistics_of(test::structural_zero()).structural, 1);
  EXPECT_EQ(statistics_of(test::exact_zero()).zeros, 1);
  EXPECT_EQ(statistics_of(test::exact_zero()).structural, 0);
}

/// Drawn networks on their data: an interval that misses one layer in a million holds each layer's zeros.
class DrawnNetworks : public ::testing::TestWithParam<const char*> {};

TEST_P(DrawnNetworks, MeetTheirZerosAsTheLawPredicts) {
  constexpr double nearly_always = 0.999999;
  Dataset data = test::training_data();
  data.image_shape = {1, 28, 28};
  // At 16 bits a convolution's bias is added last on a coarse grid by all of these kernels.
  const Network network = NetworkBuilder({1, 28, 28})
                              .convolution(4, square_window(3, 1, 2))
                              .relu()
                              .convolution(8, square_window(3, 1, 2))
                              .relu()
                              .linear(10)
                              .cross_entropy();
  double expected = 0;
  for (const Precision precision : {Precision::fp16, Precision::bf16}) {
    for (const std::uint64_t seed : {1, 2}) {
      const ZeroLawOutcome outcome =
          zero_law(network, draw_weights(network, seed), data,
                   {.precision = precision, .kernel = kernel(GetParam()), .batch_size = 128, .images = 512});
      for (const LayerZeroLaw& layer : outcome.layers) {
        const auto prediction = predict_zeros(layer.statistics, nearly_always);
        ASSERT_TRUE(prediction) << layer.layer;
        expected += prediction->expected;
        const auto counted = static_cast<double>(layer.statistics.counted());
        EXPECT_LE(prediction->counts.low, counted) << name(precision) << ", " << layer.layer;
        EXPECT_GE(prediction->counts.high, counted) << name(precision) << ", " << layer.layer;
      }
    }
  }
  EXPECT_GT(expected, 100) << "too few zeros to show anything";
}

INSTANTIATE_TEST_SUITE_P(Kernels, DrawnNetworks,
                         ::testing::Values("portable", "portable:no-fma", "portable:block=64", "bias-last"),
                         [](const auto& kernel) { return "k" + std::to_string(kernel.index); });

TEST(ZeroLaw, HoldsForSumsWithoutABiasByTheirLastProduct) {
  const Network network = NetworkBuilder({3, 16, 16})
                              .convolution(8, square_window(3, 1, 1), /*bias=*/false)
                              .relu()
                              .linear(3)
                              .cross_entropy();
  Dataset data = test::tiny_dataset(64, 3 * 16 * 16, 3, 4);
  data.image_shape = {3, 16, 16};
  for (const char* text : {"portable:bits=8", "portable:bits=10"}) {
    const ZeroLawOutcome outcome =
        zero_law(network, draw_weights(network, 5), data,
                 {.precision = Precision::fp64, .kernel = kernel(text), .batch_size = 32, .images = 64});
    const ZeroStatistics& statistics = outcome.layers.at(0).statistics;
    const auto prediction = predict_zeros(statistics, 0.999999);
    ASSERT_TRUE(prediction);
    EXPECT_GT(prediction->expected, 5) << text;
    EXPECT_LE(prediction->counts.low, static_cast<double>(statistics.counted())) << text;
    EXPECT_GE(prediction->counts.high, static_cast<double>(statistics.counted())) << text;
  }
}

TEST(ZeroLaw, RefusesWhatHasNone) {
  const Network network = build(Mlp{.input = {6}, .hidden_layers = 1, .width = 4, .classes = 3});
  const Network normed =
      build(Mlp{.input = {6}, .hidden_layers = 1, .width = 4, .classes = 3, .batch_norm = true});
  const Dataset data = test::tiny_dataset(8, 6, 3, 1);
  EXPECT_THROW(zero_law(normed, draw_weights(normed, 1), data, {.batch_size = 4, .images = 8}), InputError);
  for (const ZeroLawOptions& options :
       {ZeroLawOptions{.batch_size = 0, .images = 8}, ZeroLawOptions{.batch_size = 4, .images = 9},
        ZeroLawOptions{.batch_size = 4, .images = 0},
        ZeroLawOptions{.kernel = kernel("portable:bits=9"), .batch_size = 4, .images = 8},
        ZeroLawOptions{.kernel = kernel("portable:block=2+bias-first"), .batch_size = 4, .images = 8}}) {
    EXPECT_THROW(zero_law(network, draw_weights(network, 1), data, options), InputError);
  }
}

}  // namespace
}  // namespace relu0
