#include "analysis/error/gradient_error.hpp"

#include "fixtures/error.hpp"
#include "reference/arithmetic/format.hpp"
#include "reference/arithmetic/real.hpp"
#include "suites/tests/numbers.hpp"

#include <cmath>
#include <random>
#include <span>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::infinity;

reference::Tensor reference_of(int bits, const std::vector<double>& values) {
  return {bits, {static_cast<std::int64_t>(values.size())}, std::span<const double>(values)};
}

/// LibTorch's values against a truth that is known exactly.
TensorError error_of(const std::vector<double>& values, const std::vector<double>& truth, Precision precision,
                     int threads = 1) {
  return tensor_error({.name = "w", .shape = {std::ssize(values)}, .values = values},
                      reference_of(128, truth), precision, threads);
}

class EveryPrecision : public ::testing::TestWithParam<Precision> {};

TEST_P(EveryPrecision, AGradientMovedByKUlpsIsWrongByExactlyK) {
  const reference::Format format = reference::storage_format(GetParam());
  // Values in each binade's upper half, so that a few ulps do not leave it; the last is a subnormal.
  for (const int exponent :
       {format.max_exponent - 1, 3, 0, -5, format.min_exponent, format.floor_exponent() + 3}) {
    const double ulp = std::ldexp(1.0, std::max(exponent - format.significand + 1, format.floor_exponent()));
    for (const double sign : {1.0, -1.0}) {
      const double truth = sign * std::ldexp(1.5, exponent);
      for (const int k : {-3, -1, 0, 1, 2}) {
        const TensorError error = error_of({truth, truth + k * ulp}, {truth, truth}, GetParam());
        EXPECT_EQ(error.max_error, std::abs(k) * ulp);
        EXPECT_EQ(error.ulps.exact, k == 0 ? 2 : 1);
        ASSERT_EQ(error.worst.has_value(), k != 0);
        if (k != 0) {
          EXPECT_EQ(error.worst->ulps, std::abs(k)) << exponent;
          EXPECT_EQ(error.worst->index, 1);
          EXPECT_EQ(error.worst->value, truth + k * ulp);
          EXPECT_EQ(error.worst->truth, truth);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryPrecision, ::testing::ValuesIn(all_precisions),
                         [](const auto& parameters) { return std::string(name(parameters.param)); });

TEST(TensorError, NormsAndProductsAreTheirDefinitions) {
  const TensorError error = error_of({3, 4, 0}, {3, 0, 4}, Precision::fp32);
  EXPECT_EQ(error.libtorch_l2, 5);
  EXPECT_EQ(error.truth_l2, 5);
  EXPECT_EQ(error.inner_product, 9);
  EXPECT_DOUBLE_EQ(error.difference_l2, std::sqrt(32.0));
  EXPECT_DOUBLE_EQ(error.relative_l2().value(), std::sqrt(32.0) / 5);
  EXPECT_DOUBLE_EQ(error.cosine().value(), 9.0 / 25);
}

TEST(TensorError, NormsNeitherOverflowNorVanish) {
  for (const double size : {0x1p1000, 0x1p-1000}) {
    const TensorError error = error_of({3 * size, 4 * size}, {3 * size, 2 * size}, Precision::fp64);
    EXPECT_EQ(error.libtorch_l2, 5 * size);
    EXPECT_EQ(error.difference_l2, 2 * size);
  }
}

TEST(TensorError, CountsFlippedSignsAndWhatVanished) {
  // −0 and 0 have no sign to flip; the smallest truth rounds to 0 in binary16, where 0 is right.
  const TensorError error =
      error_of({-1, 1, 1, 0, 0, -0.0, 0}, {1, -1, 1, 0.5, 0, 0, 0x1p-26}, Precision::fp16);
  EXPECT_EQ(error.sign_flips, 2);
  EXPECT_EQ(error.vanished, 1);
  EXPECT_EQ(error.non_finite, 0);
}

TEST(TensorError, ReportsWhatIsNotFiniteAndLetsItPropagate) {
  const TensorError infinite = error_of({1, -infinity}, {1, 2}, Precision::fp16);
  EXPECT_EQ(infinite.non_finite, 1);
  EXPECT_EQ(infinite.difference_l2, infinity);
  EXPECT_EQ(infinite.max_error, infinity);
  EXPECT_EQ(infinite.worst.value().index, 1);
  EXPECT_EQ(infinite.ulps.non_finite, 1);
  const TensorError undefined = error_of({std::nan(""), 5, infinity}, {1, 2, 3}, Precision::fp32);
  EXPECT_EQ(undefined.non_finite, 2);
  EXPECT_TRUE(std::isnan(undefined.difference_l2));
  EXPECT_TRUE(std::isnan(undefined.max_error));
  EXPECT_TRUE(std::isnan(undefined.relative_l2().value()));
  EXPECT_TRUE(std::isnan(undefined.worst.value().ulps)) << "no infinity after it takes its place";
}

TEST(TensorError, IsAbsentWhereTheTruthIsZero) {
  const TensorError error = error_of({1, 0}, {0, 0}, Precision::fp32);
  EXPECT_EQ(error.relative_l2(), std::nullopt);
  EXPECT_EQ(error.cosine(), std::nullopt);
  EXPECT_EQ(error.worst.value().ulps, 0x1p149) << "in units of the smallest subnormal";
}

TEST(TensorError, LeavesOutWhatTheReferenceIsNotSureOf) {
  // 2^−10 ulp of binary32 at 1 is 2^−33.
  for (const auto& [exponent, undecided] : {std::pair{-34, 0}, std::pair{-32, 1}}) {
    reference::Tensor truth(128, {2});
    mpfr_set_ui(truth.slot(0), 1, MPFR_RNDN);
    mpfr_set_ui(truth.slot(1), 2, MPFR_RNDN);
    truth.set_radius(0, reference::Radius::above(1, exponent));
    const TensorError error =
        tensor_error({.name = "w", .shape = {2}, .values = {5, 2}}, truth, Precision::fp32);
    if (undecided == 0) {
      EXPECT_EQ(error.worst.value().ulps, 0x1p25);
      EXPECT_EQ(error.worst.value().radius, std::ldexp(1.0, exponent + 23)) << "in ulps of 1";
    }
    EXPECT_EQ(error.uncertainty_l2, std::ldexp(1.0, exponent));
    EXPECT_EQ(error.undecided, undecided);
    EXPECT_EQ(error.max_error, undecided == 1 ? 0 : 4);
    EXPECT_EQ(error.ulps.total(), 2 - undecided);
  }
}

TEST(TensorError, IsTheSameWhateverTheThreads) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  std::vector<double> truth;
  std::vector<double> values;
  for (int i = 0; i < 100'000; ++i) {
    truth.push_back(normal(random));
    values.push_back(static_cast<float>(truth.back() * (1 + 1e-6 * normal(random))));
  }
  const TensorError one = error_of(values, truth, Precision::fp32, 1);
  for (const int threads : {2, 3}) {
    const TensorError more = error_of(values, truth, Precision::fp32, threads);
    EXPECT_EQ(one.difference_l2, more.difference_l2);
    EXPECT_EQ(one.inner_product, more.inner_product);
    EXPECT_EQ(one.worst.value().index, more.worst.value().index);
    EXPECT_EQ(one.ulps, more.ulps);
  }
}

TEST(TensorError, RefusesTensorsOfOtherSizes) {
  EXPECT_THROW(error_of({1, 2}, {1}, Precision::fp32), InputError);
}

TEST(Overall, IsTheTensorsAsOneVector) {
  const TensorError a = error_of({3, 1}, {0, 1}, Precision::fp32);
  const TensorError b = error_of({4, -1}, {1, 1}, Precision::fp32);
  const TensorError both = overall({a, b});
  const TensorError joined = error_of({3, 1, 4, -1}, {0, 1, 1, 1}, Precision::fp32);
  EXPECT_EQ(both.elements, 4);
  EXPECT_EQ(both.sign_flips, 1);
  EXPECT_DOUBLE_EQ(both.difference_l2, joined.difference_l2);
  EXPECT_DOUBLE_EQ(both.truth_l2, joined.truth_l2);
  EXPECT_DOUBLE_EQ(both.inner_product, joined.inner_product);
  EXPECT_EQ(both.max_error, 3);
  EXPECT_EQ(both.worst.value().ulps, joined.worst.value().ulps);
  EXPECT_EQ(both.ulps, joined.ulps);
}

}  // namespace
}  // namespace relu0
