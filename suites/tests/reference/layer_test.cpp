#include "reference/operations/layer.hpp"

#include "reference/arithmetic/real.hpp"
#include "suites/tests/reference/broken_layers.hpp"
#include "suites/tests/reference/layer_run.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr std::uint64_t layer_seed = 7;
constexpr int bits = 128;

/// The first element of `run` that is not within (1/2 + 2^−20) ulp of the same layer computed with 1,024
/// bits, as layer.hpp promises; empty if there is none.
std::string first_inaccuracy(const LayerRun& run, const LayerRun& exact) {
  const auto values = parts(run);
  const auto truths = parts(exact);
  Real error(1024);
  Real ulps(53);
  for (std::size_t part = 0; part < values.size(); ++part) {
    for (std::int64_t i = 0; i < values[part].second->size(); ++i) {
      const auto value = (*values[part].second)[i];
      const auto truth = (*truths[part].second)[i];
      mpfr_sub(error, value, truth, MPFR_RNDA);
      if (mpfr_zero_p(error) != 0) {
        continue;
      }
      // ulp(truth) = 2^(exponent − bits).
      const bool zero = mpfr_zero_p(truth) != 0;
      mpfr_mul_2si(ulps, error, zero ? 0 : bits - mpfr_get_exp(truth), MPFR_RNDA);
      if (zero || mpfr_cmp_d(ulps, 0.5 + 0x1p-20) > 0 || mpfr_cmp_d(ulps, -0.5 - 0x1p-20) < 0) {
        return values[part].first + ", element " + std::to_string(i);
      }
    }
  }
  return {};
}

class EveryLayer : public testing::TestWithParam<LayerCase> {};

TEST_P(EveryLayer, RoundsOnceWithThePlainProduct) {
  const LayerCase layer_case = drawn(GetParam(), layer_seed, false);
  EXPECT_EQ(
      first_inaccuracy(run(layer_case, bits, ProductKind::plain), run(layer_case, 1024, ProductKind::plain)),
      "");
}

TEST_P(EveryLayer, OneUlpOffIsFound) {
  const LayerCase layer_case = drawn(GetParam(), layer_seed, false);
  const LayerRun exact = run(layer_case, 1024, ProductKind::plain);
  EXPECT_THAT(first_inaccuracy(run(layer_case, bits, ProductKind::plain, one_ulp_off), exact),
              testing::HasSubstr("gradient of "));
  EXPECT_THAT(first_inaccuracy(run(layer_case, bits, ProductKind::plain, output_one_ulp_off), exact),
              testing::HasSubstr("output, "));
}

/// The products of integers are exact whatever the implementation.
TEST_P(EveryLayer, BothProductsAgreeOnIntegers) {
  const LayerCase layer_case = drawn(GetParam(), layer_seed, true);
  const LayerRun plain = run(layer_case, bits, ProductKind::plain);
  const LayerRun fast = run(layer_case, bits, ProductKind::exact_slices);
  for (std::size_t part = 0; part < parts(plain).size(); ++part) {
    const auto [name, values] = parts(plain)[part];
    for (std::int64_t i = 0; i < values->size(); ++i) {
      ASSERT_TRUE(mpfr_equal_p((*values)[i], (*parts(fast)[part].second)[i])) << name << ", element " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, EveryLayer, testing::ValuesIn(layer_cases()),
                         [](const auto& instance) { return instance.param.name; });

/// Layers that are affine in each of their inputs and parameters.
class AffineLayer : public testing::TestWithParam<LayerCase> {};

/// A convolution by its definition, in doubles: exact on small integers.
std::vector<double> convolution_by_definition(const Convolution& convolution, const Shape& in,
                                              const Shape& out, std::int64_t batch,
                                              const std::vector<double>& input,
                                              const std::vector<double>& weight,
                                              const std::vector<double>& bias) {
  const Window& window = convolution.window;
  const std::int64_t channels = in[0] / convolution.groups;
  std::vector<double> result;
  for (std::int64_t n = 0; n < batch; ++n) {
    for (std::int64_t o = 0; o < out[0]; ++o) {
      for (std::int64_t y = 0; y < out[1]; ++y) {
        for (std::int64_t x = 0; x < out[2]; ++x) {
          double sum = bias.empty() ? 0 : bias[static_cast<std::size_t>(o)];
          const std::int64_t first = o / (out[0] / convolution.groups) * channels;
          for (std::int64_t c = 0; c < channels; ++c) {
            for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky) {
              for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
                const std::int64_t row = y * window.stride[0] + ky * window.dilation[0] - window.padding[0];
                const std::int64_t column =
                    x * window.stride[1] + kx * window.dilation[1] - window.padding[1];
                if (row >= 0 && row < in[1] && column >= 0 && column < in[2]) {
                  sum += input[static_cast<std::size_t>(((n * in[0] + first + c) * in[1] + row) * in[2] +
                                                        column)] *
                         weight[static_cast<std::size_t>(
                             ((o * channels + c) * window.kernel[0] + ky) * window.kernel[1] + kx)];
                }
              }
            }
          }
          result.push_back(sum);
        }
      }
    }
  }
  return result;
}

TEST(ConvolutionLayer, ForwardIsTheDefinition) {
  for (const LayerCase& described : layer_cases()) {
    if (const auto* convolution = std::get_if<Convolution>(&described.operation)) {
      const LayerCase layer_case = drawn(described, layer_seed, true);
      const LayerRun result = run(layer_case, bits, ProductKind::exact_slices);
      const Shape& batched = result.output.shape();
      EXPECT_EQ(to_doubles(result.output),
                convolution_by_definition(
                    *convolution, layer_case.input_shapes[0], {batched.begin() + 1, batched.end()},
                    layer_case.batch, layer_case.inputs[0], layer_case.parameters[0],
                    convolution->bias ? layer_case.parameters[1] : std::vector<double>{}))
          << described.name;
    }
  }
}

/// ⟨g, f(x + e_i) − f(x)⟩, which is the gradient of a function that is affine in each element of its input
/// and parameters; exact on small integers.
std::vector<double> gradient_by_steps(const LayerCase& layer_case,
                                      const std::function<std::vector<double>&(LayerCase&)>& variable) {
  LayerCase stepped = layer_case;
  const std::vector<double> at = to_doubles(run(layer_case, bits, ProductKind::plain).output);
  std::vector<double> result;
  for (std::size_t i = 0; i < variable(stepped).size(); ++i) {
    variable(stepped)[i] += 1;
    const std::vector<double> moved = to_doubles(run(stepped, bits, ProductKind::plain).output);
    variable(stepped)[i] -= 1;
    double sum = 0;
    for (std::size_t k = 0; k < at.size(); ++k) {
      sum += layer_case.output_gradient[k] * (moved[k] - at[k]);
    }
    result.push_back(sum);
  }
  return result;
}

TEST_P(AffineLayer, BackwardIsTheTransposeOfForward) {
  const LayerCase layer_case = drawn(GetParam(), layer_seed, true);
  const LayerRun result = run(layer_case, bits, ProductKind::exact_slices);
  for (std::size_t i = 0; i < layer_case.inputs.size(); ++i) {
    EXPECT_EQ(to_doubles(result.gradients.inputs[i]),
              gradient_by_steps(
                  layer_case, [i](LayerCase & c) -> auto& { return c.inputs[i]; }))
        << "input " << i;
  }
  for (std::size_t i = 0; i < layer_case.parameters.size(); ++i) {
    EXPECT_EQ(to_doubles(result.gradients.parameters[i]),
              gradient_by_steps(
                  layer_case, [i](LayerCase & c) -> auto& { return c.parameters[i]; }))
        << "parameter " << i;
  }
}

std::vector<LayerCase> affine_cases() {
  std::vector<LayerCase> result = layer_cases();
  std::erase_if(result, [](const LayerCase& layer_case) {
    const Operation& operation = layer_case.operation;
    // Averages of nine are no doubles; those of one, two and four are.
    return !(
        std::holds_alternative<Linear>(operation) || std::holds_alternative<Convolution>(operation) ||
        std::holds_alternative<Scale>(operation) || std::holds_alternative<Shift>(operation) ||
        std::holds_alternative<Add>(operation) || std::holds_alternative<Multiply>(operation) ||
        std::holds_alternative<Flatten>(operation) || std::holds_alternative<Reshape>(operation) ||
        std::holds_alternative<Transpose>(operation) || std::holds_alternative<Concatenate>(operation) ||
        std::holds_alternative<Narrow>(operation) || std::holds_alternative<Dropout>(operation) ||
        (std::holds_alternative<AveragePool>(operation) && layer_case.name != "average_pool_overlapping"));
  });
  return result;
}

INSTANTIATE_TEST_SUITE_P(Operations, AffineLayer, testing::ValuesIn(affine_cases()),
                         [](const auto& instance) { return instance.param.name; });

LayerCase case_named(const std::string& name) {
  const auto cases = layer_cases();
  return *std::find_if(cases.begin(), cases.end(), [&](const LayerCase& c) { return c.name == name; });
}

TEST(MaxPoolLayer, TheFirstOfEqualMaximaGetsTheGradient) {
  const LayerCase layer_case{.name = "",
                             .operation = MaxPool{square_window(2, 2)},
                             .input_shapes = {{1, 2, 4}},
                             .batch = 1,
                             .inputs = {{1, 3, 2, 2, 3, 3, 2, 2}},
                             .output_gradient = {5, 7}};
  const auto expected = testing::ElementsAre(0, 5, 7, 0, 0, 0, 0, 0);
  EXPECT_THAT(to_doubles(run(layer_case, bits, ProductKind::plain).gradients.inputs[0]), expected);
  EXPECT_THAT(to_doubles(run(layer_case, bits, ProductKind::plain, last_maximum_wins).gradients.inputs[0]),
              testing::Not(expected));
}

TEST(AveragePoolLayer, PaddingCountsAndUnevenWindowsDoNotOverlapByAccident) {
  const LayerCase padded{.name = "",
                         .operation = AveragePool{square_window(2, 2, 1)},
                         .input_shapes = {{1, 2, 2}},
                         .batch = 1,
                         .inputs = {{4, 8, 12, 16}},
                         .output_gradient = {1, 2, 3, 4}};
  const LayerRun of_padded = run(padded, bits, ProductKind::plain);
  EXPECT_THAT(to_doubles(of_padded.output), testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(to_doubles(of_padded.gradients.inputs[0]), testing::ElementsAre(0.25, 0.5, 0.75, 1));
  // Rows of 3 into 2: {0, 1} and {1, 2}.
  const LayerCase uneven{.name = "",
                         .operation = AdaptiveAveragePool{.height = 2, .width = 1},
                         .input_shapes = {{1, 3, 1}},
                         .batch = 1,
                         .inputs = {{2, 4, 8}},
                         .output_gradient = {1, 4}};
  const LayerRun of_uneven = run(uneven, bits, ProductKind::plain);
  EXPECT_THAT(to_doubles(of_uneven.output), testing::ElementsAre(3, 6));
  EXPECT_THAT(to_doubles(of_uneven.gradients.inputs[0]), testing::ElementsAre(0.5, 2.5, 2));
}

/// Mean 3, variance 4, ε = 5: the deviation is 3.
LayerCase batch_norm_by_hand() {
  return {.name = "",
          .operation = BatchNorm{.features = 1, .epsilon = 5},
          .input_shapes = {{1}},
          .batch = 2,
          .inputs = {{1, 5}},
          .parameters = {{6}, {0.5}},
          .output_gradient = {1, 3}};
}

TEST(BatchNormLayer, ExactValuesByHand) {
  const LayerRun result = run(batch_norm_by_hand(), bits, ProductKind::plain);
  const auto near = [](double value) { return testing::DoubleEq(value); };
  EXPECT_THAT(to_doubles(result.output), testing::ElementsAre(near(-3.5), near(4.5)));
  EXPECT_THAT(to_doubles(result.gradients.parameters[0]), testing::ElementsAre(near(4.0 / 3)));
  EXPECT_THAT(to_doubles(result.gradients.parameters[1]), testing::ElementsAre(4));
  // 6/3 · (dy − 2 − (x − 3) · Σ dy (x − 3) / (2 · 9)), with Σ dy (x − 3) = 4.
  EXPECT_THAT(to_doubles(result.gradients.inputs[0]), testing::ElementsAre(near(-10.0 / 9), near(10.0 / 9)));
}

TEST(LossLayer, KeepsItsRelativeAccuracyWhenTheNetworkIsSure) {
  // One sample, logits 1000 and 0: the loss is log1p(e^−1000), its gradient ∓ e^−1000 / (1 + e^−1000).
  LayerCase layer_case{.name = "",
                       .operation = SoftmaxCrossEntropy{},
                       .input_shapes = {{2}},
                       .batch = 1,
                       .inputs = {{1000, 0}},
                       .output_gradient = {1},
                       .labels = {0}};
  const LayerRun sure = run(layer_case, bits, ProductKind::plain);
  Real expected(4096);
  mpfr_set_si(expected, -1000, MPFR_RNDN);
  mpfr_exp(expected, expected, MPFR_RNDN);
  mpfr_log1p(expected, expected, MPFR_RNDN);
  Real rounded(bits);
  mpfr_set(rounded, expected, MPFR_RNDN);
  EXPECT_TRUE(mpfr_equal_p(sure.output[0], rounded));
  EXPECT_LT(mpfr_sgn(sure.gradients.inputs[0][0]), 0);
  EXPECT_EQ(mpfr_cmpabs(sure.gradients.inputs[0][0], sure.gradients.inputs[0][1]), 0);
  layer_case.labels = {1};
  EXPECT_THAT(to_doubles(run(layer_case, bits, ProductKind::plain).output), testing::ElementsAre(1000));
}

TEST(BrokenLayers, WrongPaddingIsFoundByTheDefinition) {
  const LayerCase layer_case = drawn(case_named("convolution_3x3_padded"), layer_seed, true);
  EXPECT_NE(to_doubles(run(layer_case, bits, ProductKind::plain, wrong_padding).output),
            to_doubles(run(layer_case, bits, ProductKind::plain).output));
}

TEST(BrokenLayers, DroppedBiasIsFoundByTheDefinition) {
  const LayerCase layer_case = drawn(case_named("convolution_3x3_padded"), layer_seed, true);
  EXPECT_NE(to_doubles(run(layer_case, bits, ProductKind::plain, dropped_bias).output),
            to_doubles(run(layer_case, bits, ProductKind::plain).output));
}

TEST(BrokenLayers, TheUnbiasedVarianceIsFoundByHand) {
  // The variance of 1 and 5 would be 8: 6 (x − 3) / √13 + 0.5.
  const LayerRun wrong = run(batch_norm_by_hand(), bits, ProductKind::plain, unbiased_variance);
  EXPECT_THAT(to_doubles(wrong.output), testing::ElementsAre(testing::DoubleEq(0.5 - 12 / std::sqrt(13.0)),
                                                             testing::DoubleEq(0.5 + 12 / std::sqrt(13.0))));
  EXPECT_THAT(to_doubles(wrong.output),
              testing::Not(testing::ElementsAre(testing::DoubleEq(-3.5), testing::_)));
}

}  // namespace
}  // namespace relu0::reference
