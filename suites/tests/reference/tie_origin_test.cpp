// Which numbers are equal over the reals, and what ties and kinks away from 0 are.
#include "reference/pass/tie_origin.hpp"

#include "suites/tests/reference/networks.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

Backprop forward(const Example& example) {
  return backprop(example.network, example.weights, example.batch, {.gradients = false});
}

EqualNumbers equal_numbers(const Example& example, const Backprop& run) {
  return {example.network, example.batch, [&run](std::size_t node, std::int64_t element) {
            return certain_sign(run.kink_input(node).values[element]);
          }};
}

/// A 1×1 convolution of two channels to one, a ReLU and a pool over the two places of a row.
Example two_places(std::vector<float> pixels, std::vector<double> weights, bool bias = false,
                   std::vector<double> biases = {}) {
  std::vector<std::vector<double>> parameters{std::move(weights)};
  if (bias) {
    parameters.push_back(std::move(biases));
  }
  return chain({2, 1, 2},
               {Convolution{.in_channels = 2, .out_channels = 1, .window = square_window(1), .bias = bias},
                Relu{}, MaxPool{{.kernel = {1, 2}, .stride = {1, 2}}}, Flatten{}},
               std::move(pixels), std::move(parameters));
}

constexpr std::size_t convolution_node = 1;
constexpr std::size_t relu_node = 2;
constexpr std::size_t pool_node = 3;

ZeroOrigin origin_of(const Example& example) {
  const Backprop run = forward(example);
  EqualNumbers equal = equal_numbers(example, run);
  return explain_tie(run, equal, example.network, pool_node, 0);
}

TEST(TieOrigin, EqualPatchesTieWhateverTheWeightsAre) {
  EXPECT_EQ(origin_of(two_places({0.5, 0.5, 0.25, 0.25}, {1.0 / 3, 0.7})), ZeroOrigin::structural);
}

TEST(TieOrigin, DeadReLUsTieAtZero) {
  EXPECT_EQ(origin_of(two_places({0.5, 0.75, 0.25, 0.5}, {-1, -1})), ZeroOrigin::structural);
}

TEST(TieOrigin, ANumberReachedTwiceWithoutRoundingIsExact) {
  EXPECT_EQ(origin_of(two_places({1, 0, 0, 1}, {1, 1})), ZeroOrigin::exact);
}

TEST(TieOrigin, APlaceThatIsLargerMakesItARoundingTie) {
  EXPECT_EQ(origin_of(two_places({1, 1, 0, 1}, {1, 0x1p-60})), ZeroOrigin::rounding);
  EXPECT_EQ(origin_of(two_places({1, 0.5, 0, 0}, {1, 1})), ZeroOrigin::rounding);
  // The one is dead and the other is not.
  EXPECT_EQ(origin_of(two_places({1, 0, 0, 1}, {1, -1})), ZeroOrigin::rounding);
}

TEST(TieOrigin, EqualNumbersThatNothingProvesAreUndecided) {
  // The normalisation takes an irrational power: the same number twice, but rounded, and not labelled.
  const Example example = chain({1, 1, 2},
                                {LocalResponseNorm{.size = 1, .alpha = 0.3, .beta = 0.75, .bias = 1.1},
                                 Relu{}, MaxPool{{.kernel = {1, 2}, .stride = {1, 2}}}, Flatten{}},
                                {1, 1}, {});
  EXPECT_EQ(origin_of(example), ZeroOrigin::undecided);
}

TEST(TieOrigin, EqualNumbersOfOneFeatureTieBehindABatchNorm) {
  // It divides by an irrational root, so that both are rounded, alike.
  const Example example =
      chain({1, 1, 2},
            {BatchNorm{.features = 1, .epsilon = 1e-5, .statistics = BatchStatistics::running}, Relu{},
             MaxPool{{.kernel = {1, 2}, .stride = {1, 2}}}, Flatten{}},
            {1, 1}, {{1}, {0}}, {{0.25}, {1}});
  EXPECT_EQ(origin_of(example), ZeroOrigin::structural);
}

TEST(TieOrigin, OfAPoolWithoutReluBeforeItIsUndecided) {
  const Example example =
      chain({1, 1, 2}, {MaxPool{{.kernel = {1, 2}, .stride = {1, 2}}}, Flatten{}, Relu{}}, {1, 1}, {});
  const Backprop run = forward(example);
  EqualNumbers equal = equal_numbers(example, run);
  EXPECT_EQ(explain_tie(run, equal, example.network, 1, 0), ZeroOrigin::undecided);
}

TEST(EqualNumbers, LabelPatchesPaddingAndDeadReLUs) {
  const Example example = two_places({0, 1, 0, 1}, {-1, -2});
  const Backprop run = forward(example);
  EqualNumbers equal = equal_numbers(example, run);
  EXPECT_EQ(equal.labels(convolution_node)[0], EqualNumbers::zero) << "no bias on a patch of zeros";
  EXPECT_NE(equal.labels(convolution_node)[1], EqualNumbers::zero);
  EXPECT_EQ(equal.labels(relu_node)[1], EqualNumbers::zero) << "dead";
  const Example with_bias = two_places({0, 0, 0, 0}, {-1, -2}, true, {0.5});
  const Backprop other = forward(with_bias);
  EqualNumbers of_bias = equal_numbers(with_bias, other);
  EXPECT_NE(of_bias.labels(convolution_node)[0], EqualNumbers::zero);
  EXPECT_EQ(of_bias.labels(relu_node)[0], of_bias.labels(relu_node)[1]);
}

/// Two convolutions with ReLUs and max-pools between them, on images of few pixel values.
Example coarse_images(std::uint64_t seed) {
  const Network network("coarse", {{"input", Input{{1, 10, 10}}, {}},
                                   {"conv1", Convolution{1, 3, square_window(3, 1, 1)}, {0}},
                                   {"relu1", Relu{}, {1}},
                                   {"pool1", MaxPool{square_window(2, 2)}, {2}},
                                   {"conv2", Convolution{3, 4, square_window(3, 1, 1), false}, {3}},
                                   {"relu2", Relu{}, {4}},
                                   {"pool2", MaxPool{square_window(2, 2)}, {5}},
                                   {"flatten", Flatten{}, {6}},
                                   {"linear", Linear{16, 2}, {7}},
                                   {"loss", SoftmaxCrossEntropy{}, {8}}});
  Example example{network, draw_weights(network, seed), draw_batch(network, 3, seed)};
  for (float& pixel : example.batch.inputs) {
    pixel = pixel < 0.75F ? 0.0F : 1.0F;
  }
  return example;
}

TEST(EqualNumbers, HaveTheSameBitsInEveryRun) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Example example = coarse_images(seed);
    const Backprop run = forward(example);
    EqualNumbers equal = equal_numbers(example, run);
    std::int64_t alike = 0;
    for (const std::size_t relu : example.network.nodes_with(Kink::relu)) {
      const Tensor& values = run.kink_input(relu).values;
      const std::vector<std::int64_t>& labels = equal.labels(relu - 1);
      ASSERT_EQ(std::ssize(labels), values.size());
      std::map<std::int64_t, std::int64_t> first;
      for (std::int64_t i = 0; i < values.size(); ++i) {
        const auto [at, is_new] = first.try_emplace(labels[static_cast<std::size_t>(i)], i);
        EXPECT_TRUE(is_new || mpfr_equal_p(values[i], values[at->second]) != 0) << relu << ", " << i;
      }
      alike += values.size() - std::ssize(first);
    }
    EXPECT_GT(alike, 0) << "the example shows nothing";
  }
}

TEST(EqualNumbers, ExplainEveryTieThatTheReferenceMeetsInCoarseImages) {
  const Example example = coarse_images(4);
  const Backprop run = forward(example);
  EqualNumbers equal = equal_numbers(example, run);
  std::size_t kink = 0;
  for (const NodeKink& of : example.network.kinks()) {
    if (of.place.kink == Kink::max_pool_tie) {
      std::int64_t over_reals = 0;
      const std::int64_t windows =
          example.batch.size() * element_count(example.network.output_shapes()[of.node]);
      for (std::int64_t i = 0; i < windows; ++i) {
        const ZeroOrigin origin = explain_tie(run, equal, example.network, of.node, i);
        over_reals += origin == ZeroOrigin::structural || origin == ZeroOrigin::exact ? 1 : 0;
      }
      EXPECT_EQ(over_reals, run.hits[kink]);
      EXPECT_GT(over_reals, 0);
    }
    ++kink;
  }
}

TEST(HitOrigin, AwayFromZeroIsAskedOfThePoint) {
  // 0.5 + 0.5 at the upper end of a hardtanh; 2^−60 beside it in the second network.
  const auto upper = [](double second) {
    return chain({2}, {Linear{.in_features = 2, .out_features = 1, .bias = false}, hardtanh()}, {1, 1},
                 {{0.5, second}});
  };
  const auto origin = [](const Example& example) {
    const Backprop run = forward(example);
    StructuralZeros structural(example.network, example.weights, example.batch, run);
    return explain_hit(1, run, structural, example.network, 2, 0);
  };
  EXPECT_EQ(origin(upper(0.5)), ZeroOrigin::exact);
  EXPECT_EQ(origin(upper(0.5 + 0x1p-53)), ZeroOrigin::rounding);
}

}  // namespace
}  // namespace relu0::reference
