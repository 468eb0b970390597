// LibTorch's gradients in binary64 are those of the reference, element by element, within what rounding can
// do.
#include "analysis/torch/draw_weights.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "fixtures/data/embedded/embedded_digits.hpp"
#include "fixtures/data/embedded/embedded_images.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "reference/arithmetic/real.hpp"
#include "reference/pass/backprop.hpp"
#include "suites/tests/analysis/torch/rounding_bound.hpp"
#include "suites/tests/reference/networks.hpp"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

/// Elements of `values` that are further from the truth than the bound; the first of them as a message.
struct Beyond {
  std::int64_t count = 0;
  std::string first;

  void look(const std::string& name, const std::vector<double>& values, const reference::Tensor& truth,
            const std::vector<double>& bound) {
    ASSERT_EQ(std::ssize(values), truth.size()) << name;
    ASSERT_EQ(std::ssize(bound), truth.size()) << name;
    reference::Real error(64);
    for (std::size_t i = 0; i < values.size(); ++i) {
      mpfr_sub_d(error, truth[static_cast<std::int64_t>(i)], values[i], MPFR_RNDA);
      mpfr_abs(error, error, MPFR_RNDA);
      if (mpfr_cmp_d(error, bound[i]) > 0 && ++count == 1) {
        first = name + "[" + std::to_string(i) + "]: " + std::to_string(values[i]) + " is off by " +
                std::to_string(mpfr_get_d(error, MPFR_RNDU)) + ", beyond " + std::to_string(bound[i]);
      }
    }
  }
};

struct ReferenceCase {
  std::string name;
  Network network;
  Weights weights;
  Batch batch;

  ReferenceCase(Network described, const Dataset& images, std::int64_t size)
      : name{described.name()},
        network{std::move(described)},
        weights{draw_weights(network, 1)},
        batch{make_batch(images, 0, size)} {}
  ReferenceCase(Network described, std::int64_t size)
      : name{described.name()},
        network{std::move(described)},
        weights{reference::draw_weights(network, 3)},
        batch{reference::draw_batch(network, size, 3)} {}
};

/// Deeper networks are left to the identities and differences of the reference's own tests: a bound for the
/// worst case grows with the product of the layers' norms; in VGG11 it is a hundredth of a gradient, which
/// would let faults pass.
ReferenceCase made(const std::string& name) {
  if (name == "SmallMlp") {
    return {reference::small_mlp(), 5};
  }
  if (name == "SmallResidual") {
    return {reference::small_residual(), 3};
  }
  if (name == "Mlp3x256") {
    return {build(Mlp{}), embedded_digits(Split::train), 32};
  }
  // Not digits, whose background makes ties in max-pools.
  return {build(ConvolutionalNetwork{.architecture = Architecture::lenet5}),
          embedded_images({.image_shape = {1, 28, 28}, .count = 8}), 8};
}

class Fp64AgainstReference : public ::testing::TestWithParam<std::string> {};

TEST_P(Fp64AgainstReference, IsWithinTheRoundingBound) {
  const ReferenceCase at = made(GetParam());
  const LibtorchGradient libtorch = libtorch_backprop(at.network, at.weights, at.batch, Precision::fp64, {});
  const reference::Backprop truth =
      reference::backprop(at.network, at.weights, at.batch, {.product = {.threads = 2}});
  const test::RoundingBound bound = test::rounding_bound(at.network, at.weights, at.batch);
  Beyond beyond;
  beyond.look("input", libtorch.input, truth.input, bound.input);
  for (std::size_t i = 0; i < truth.parameters.size(); ++i) {
    const TensorValues& values = libtorch.parameters[i];
    beyond.look(values.name, values.values.to_doubles(), truth.parameters[i], bound.parameters[i]);
    // The bound says something: it is far below the gradient that it is about.
    double of_bound = 0;
    double of_gradient = 0;
    for (std::size_t j = 0; j < values.values.size(); ++j) {
      of_bound += bound.parameters[i][j] * bound.parameters[i][j];
      of_gradient += values.values[j] * values.values[j];
    }
    EXPECT_LT(std::sqrt(of_bound), 0x1p-20 * std::sqrt(of_gradient)) << values.name;
  }
  EXPECT_EQ(beyond.count, 0) << beyond.first;
}

TEST(Fp64AgainstReferenceCheck, SeesAnElementBeyondTheBound) {
  const ReferenceCase at = made("SmallMlp");
  const reference::Backprop truth = reference::backprop(at.network, at.weights, at.batch, {});
  const test::RoundingBound bound = test::rounding_bound(at.network, at.weights, at.batch);
  std::vector<double> values = to_doubles(truth.parameters[0]);
  values[7] += 1.5 * bound.parameters[0][7];
  Beyond beyond;
  beyond.look("moved", values, truth.parameters[0], bound.parameters[0]);
  EXPECT_EQ(beyond.count, 1);
}

INSTANTIATE_TEST_SUITE_P(Networks, Fp64AgainstReference,
                         ::testing::Values("SmallMlp", "SmallResidual", "Mlp3x256", "LeNet5"),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace relu0
