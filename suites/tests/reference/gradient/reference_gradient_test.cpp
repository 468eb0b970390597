#include "reference/gradient/reference_gradient.hpp"

#include "fixtures/error.hpp"
#include "fixtures/network/network_builder.hpp"
#include "fixtures/network/weights/weights_builder.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/reference/networks.hpp"

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t gradient_seed = 3;

/// x − 1 → ReLU → logits 3 h and h: at x = 1 the ReLU meets an exact zero; −1 reaches it.
struct BuiltOneZero {
  Network network = NetworkBuilder({1}).linear(1).relu().linear(2).cross_entropy();
  Weights weights = WeightsBuilder(network)
                        .set("linear1.weight", {1})
                        .set("linear1.bias", {-1})
                        .set("linear2.weight", {3, 1})
                        .set("linear2.bias", {0, 0})
                        .build();

  [[nodiscard]] ReferenceGradient at(const GradientOptions& options) const {
    return gradient(network, weights, {1}, {0}, options);
  }
};

mpfr_prec_t bits_of(const Number& number) { return mpfr_get_prec(number.backend().data()); }

/// Bits of one run of the small convolutional network, with the batch's floats as doubles.
ReferenceGradient of_network(const Network& network, const GradientOptions& options) {
  const Batch batch = draw_batch(network, 3, gradient_seed);
  return gradient(network, draw_weights(network, gradient_seed), batch.inputs, batch.labels, options);
}

TEST(ReferenceGradient, IsThatOfTheChoiceOfReluAtZero) {
  for (const double s : {0.0, 0.5, 1.0}) {
    const ReferenceGradient result = BuiltOneZero().at({.kinks = {.relu = {.value = s}}});
    EXPECT_EQ(result.parameter("linear1.weight")(0, 0), -s);
    EXPECT_EQ(result.input()(0, 0), -s);
    EXPECT_EQ(result.parameter_as_double("linear2.bias")(1, 0), 0.5);
    EXPECT_TRUE(result.is_conclusive());
  }
}

TEST(ReferenceGradient, HasTheBitsAskedForWhateverTheDefaultPrecision) {
  const unsigned before = Number::default_precision();
  std::vector<NumberMatrix> results;
  for (const unsigned digits : {3U, 20U, 1000U}) {
    Number::default_precision(digits);
    const ReferenceGradient result = of_network(small_mlp(), {.bits = 200});
    results.push_back(result.parameter("linear1.weight"));
    EXPECT_EQ(bits_of(result.loss()), 200);
    for (Eigen::Index i = 0; i < results.back().size(); ++i) {
      ASSERT_EQ(bits_of(results.back().data()[i]), 200);
    }
  }
  Number::default_precision(before);
  EXPECT_TRUE(results[0] == results[1]);
  EXPECT_TRUE(results[0] == results[2]);
}

TEST(ReferenceGradient, IsWithinItsBoundOfOneOfFarMoreBits) {
  for (const Network& network : small_networks()) {
    for (const int bits : {24, 53, 128}) {
      const ReferenceGradient result = of_network(network, {.bits = bits});
      const ReferenceGradient truth = of_network(network, {.bits = 800});
      EXPECT_TRUE(result.is_conclusive()) << network.name();
      EXPECT_GE(result.working_bits(), bits + 64);
      for (const TensorSpec& parameter : network.parameters()) {
        const NumberMatrix distance =
            (result.parameter(parameter.name) - truth.parameter(parameter.name)).cwiseAbs();
        EXPECT_LE(distance.maxCoeff(), result.error_bound(parameter.name))
            << network.name() << ", " << parameter.name << " at " << bits;
      }
    }
  }
}

TEST(ReferenceGradient, RoundsOnceToDoubles) {
  const Network network = small_mlp();
  const ReferenceGradient few = of_network(network, {.bits = 60});
  const ReferenceGradient many = of_network(network, {.bits = 800});
  // 60 bits hold a double's neighbourhood, yet rounding twice would show where they end in a tie.
  const DoubleMatrix doubles = few.parameter_as_double("linear2.weight");
  const NumberMatrix truth = many.parameter("linear2.weight");
  for (Eigen::Index i = 0; i < doubles.size(); ++i) {
    EXPECT_EQ(doubles.data()[i], mpfr_get_d(truth.data()[i].backend().data(), MPFR_RNDN));
  }
  const Batch batch = draw_batch(network, 3, gradient_seed);
  EXPECT_EQ(few.input_as_double().rows(), batch.size());
  EXPECT_EQ(few.input_as_double().size(), std::ssize(batch.inputs));
}

TEST(ReferenceGradient, HasTheParametersShape) {
  const ReferenceGradient result = of_network(small_convolutional(), {});
  const NumberMatrix matrix = result.parameter("conv1.weight");
  EXPECT_EQ(matrix.rows(), 3);
  EXPECT_EQ(matrix.cols(), 2 * 3 * 3);
  const NumberTensor tensor = result.parameter_tensor("conv1.weight");
  EXPECT_THAT(tensor.shape, ElementsAre(3, 2, 3, 3));
  EXPECT_EQ(tensor.values[static_cast<std::size_t>(matrix.cols()) + 1], matrix(1, 1));
  EXPECT_EQ(result.parameter("conv1.bias").cols(), 1);
}

TEST(ReferenceGradient, CountsABiasBeforeBatchNormAsZero) {
  // Its gradient is 0 in the real numbers and not in the runs.
  const ReferenceGradient result = of_network(small_convolutional(), {});
  EXPECT_TRUE(result.is_conclusive());
  EXPECT_EQ(result.proven_bits("conv1.bias"), 0);
  EXPECT_EQ(result.proven_bits(), result.proven_bits("conv1.bias"));
  EXPECT_GT(result.proven_bits("conv2.weight"), 128);
}

/// Σ g_k (2^52 + d_k) over the classes, whose gradients g_k add up to 0, loses 52 bits twice; the sum of the
/// two, of weights 2^52 and −3/2 2^52, loses about as many again and more.
TEST(ReferenceGradient, RaisesItsPrecisionUntilConclusiveOrTheCap) {
  const Network network =
      NetworkBuilder({1}).linear(1, false).linear(2, false).linear(3, false).cross_entropy();
  constexpr double large = 0x1p52;
  const Weights weights =
      WeightsBuilder(network)
          .set("linear1.weight", {1})
          .set("linear2.weight", {large, -1.5 * large})
          .set("linear3.weight", {large, large, large + 1, large - 1, large + 2, large + 3})
          .build();
  const auto at = [&](int max_bits) {
    return gradient(network, weights, {0x1p-140}, {0}, {.bits = 128, .max_bits = max_bits});
  };
  EXPECT_FALSE(at(256).is_conclusive());
  EXPECT_LE(at(256).proven_bits("linear1.weight"), 128);
  EXPECT_TRUE(at(0).is_conclusive());
  EXPECT_GT(at(0).proven_bits("linear1.weight"), 128);
  EXPECT_GT(at(0).working_bits(), 256);
}

TEST(ReferenceGradient, TakesDoublesExactly) {
  // d loss / d linear1.weight = −½ x for the first of two equal logits.
  const Network network = NetworkBuilder({1}).linear(2, false).cross_entropy();
  const Weights weights = WeightsBuilder(network).set("linear1.weight", {0, 0}).build();
  const double tenth = 0.1;
  EXPECT_EQ(gradient(network, weights, {tenth}, {0}).parameter("linear1.weight")(0, 0), -tenth / 2);
  const float as_float = 0.1F;
  EXPECT_EQ(gradient(network, weights, std::vector<float>{as_float}, {0}).parameter("linear1.weight")(0, 0),
            -static_cast<double>(as_float) / 2);
}

/// The logits of one sample → softmax − one-hot of class 0.
NumberMatrix cross_entropy_gradient(const NumberMatrix& logits) {
  NumberMatrix result = logits;
  for (Eigen::Index sample = 0; sample < logits.rows(); ++sample) {
    Number sum = 0 * logits(sample, 0);
    for (Eigen::Index k = 0; k < logits.cols(); ++k) {
      sum += exp(logits(sample, k));
    }
    for (Eigen::Index k = 0; k < logits.cols(); ++k) {
      result(sample, k) = exp(logits(sample, k)) / sum / static_cast<int>(logits.rows());
    }
    result(sample, 0) -= Number(1) / static_cast<int>(logits.rows());
  }
  return result;
}

TEST(ReferenceGradient, OfAnOwnLossIsThatOfTheBuiltInOne) {
  const NetworkBuilder builder = NetworkBuilder({4}).linear(5).relu().linear(3);
  const Network with_loss = builder.cross_entropy();
  const Network without_loss = builder.without_loss();
  const Weights weights = draw_weights(with_loss, gradient_seed);
  const Batch batch = draw_batch(with_loss, 2, gradient_seed);
  const ReferenceGradient built_in = gradient(with_loss, weights, batch.inputs, {0, 0}, {.bits = 150});
  const ReferenceGradient own =
      gradient_of_own_loss(without_loss, weights, batch.inputs, cross_entropy_gradient, {.bits = 150});
  EXPECT_TRUE(own.is_conclusive());
  EXPECT_EQ(own.output().rows(), 2);
  EXPECT_EQ(own.output().cols(), 3);
  for (const TensorSpec& parameter : with_loss.parameters()) {
    const NumberMatrix distance =
        (own.parameter(parameter.name) - built_in.parameter(parameter.name)).cwiseAbs();
    EXPECT_LE(distance.maxCoeff(), own.error_bound(parameter.name) + built_in.error_bound(parameter.name))
        << parameter.name;
  }
}

TEST(ReferenceGradient, OfGivenOutputGradients) {
  // y = W x: d (v · y) / d W = v xᵀ.
  const Network network = NetworkBuilder({2}).linear(2).without_loss();
  const Weights weights =
      WeightsBuilder(network).set("linear1.weight", {1, 2, 3, 4}).set("linear1.bias", {0, 0}).build();
  const ReferenceGradient result = vector_jacobian_product(network, weights, {5, 7}, {2, -1});
  EXPECT_TRUE(result.parameter_as_double("linear1.weight") ==
              (Eigen::MatrixXd(2, 2) << 10, 14, -5, -7).finished());
  EXPECT_TRUE(result.input_as_double() == (Eigen::MatrixXd(1, 2) << -1, 0).finished());
  EXPECT_TRUE(result.output() == (Eigen::MatrixXd(1, 2) << 19, 43).finished().cast<Number>());
  EXPECT_THROW((void)result.loss(), std::logic_error);
  EXPECT_THROW((void)BuiltOneZero().at({}).output(), std::logic_error);
}

TEST(ReferenceGradient, RefusesWhatDoesNotFit) {
  const BuiltOneZero one;
  const Network open = NetworkBuilder({1}).linear(1).relu().linear(2).without_loss();
  const auto with = [&](const RowMajor& inputs, const std::vector<std::int64_t>& labels,
                        GradientOptions options) {
    return test::input_error_of([&] { (void)gradient(one.network, one.weights, inputs, labels, options); });
  };
  EXPECT_THAT(with({1}, {2}, {}), AllOf(HasSubstr("sample 0"), HasSubstr("label 2")));
  EXPECT_THAT(with({1, 2}, {0}, {}), HasSubstr("1 labels for a mini-batch of 2 samples"));
  EXPECT_THAT(with({}, {}, {}), HasSubstr("no whole number of samples"));
  EXPECT_THAT(with({std::nan("")}, {0}, {}), HasSubstr("nan at index 0"));
  EXPECT_THAT(with({1}, {0}, {.bits = 23}), HasSubstr("24 to 3968 bits, not 23"));
  EXPECT_THAT(with({1}, {0}, {.bits = 3969}), HasSubstr("not 3969"));
  EXPECT_THAT(with({1}, {0}, {.bits = 128, .max_bits = 255}), HasSubstr("allow 256 to 4096"));
  EXPECT_THAT(test::input_error_of([&] { (void)one.at({}).parameter("linear3.weight"); }),
              AllOf(HasSubstr("linear3.weight"), HasSubstr("linear1.weight, linear1.bias")));
  EXPECT_THAT(test::input_error_of([&] { (void)gradient(open, one.weights, {1}, {0}); }),
              HasSubstr("without a loss"));
  EXPECT_THAT(test::input_error_of([&] {
                (void)vector_jacobian_product(one.network, one.weights, {1}, {1, 1});
              }),
              HasSubstr("a loss of its own"));
  EXPECT_THAT(test::input_error_of([&] { (void)vector_jacobian_product(open, one.weights, {1}, {1}); }),
              HasSubstr("1 values for an output of 2"));
  EXPECT_THAT(test::input_error_of([&] {
                (void)vector_jacobian_product(open, one.weights, {1}, {1, std::nan("")});
              }),
              HasSubstr("not finite at index 1"));
  EXPECT_THAT(test::input_error_of([&] {
                (void)gradient_of_own_loss(open, one.weights, {1}, [](const NumberMatrix& output) {
                  return NumberMatrix(output.leftCols(1));
                });
              }),
              HasSubstr("1 x 1 for an output of [1x2]"));
}

}  // namespace
}  // namespace relu0::reference
