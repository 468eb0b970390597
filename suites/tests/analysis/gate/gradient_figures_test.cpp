// Figures of gradients against the same figures taken element by element in more bits.
#include "analysis/gate/gradient_figures.hpp"

#include "reference/arithmetic/format.hpp"
#include "reference/arithmetic/real.hpp"
#include "suites/tests/numbers.hpp"

#include <cmath>
#include <limits>
#include <random>

#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

namespace relu0::gate {
namespace {

using relu0::test::infinity;

const double nan = std::numeric_limits<double>::quiet_NaN();

/// Numbers of many sizes, rounded to binary32.
std::vector<double> numbers(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i) {
    const double significand = std::ldexp(static_cast<double>(random() >> 11U), -53) - 0.5;
    result.push_back(static_cast<float>(std::ldexp(significand, static_cast<int>(random() % 60) - 30)));
  }
  return result;
}

at::Tensor tensor(const std::vector<double>& values, at::ScalarType type = at::kDouble) {
  return at::tensor(values).to(type);
}

TEST(GradientFigures, HaveTheNormOfLongerArithmetic) {
  for (const std::size_t count : {1U, 15U, 16U, 17U, 1000U}) {
    const std::vector<double> values = numbers(count, count);
    long double squares = 0;
    for (const double value : values) {
      squares += static_cast<long double>(value) * value;
    }
    const double expected = static_cast<double>(std::sqrt(squares));
    // The squares and their sums: count roundings, halved by the root, and its own.
    const double bound = expected * (static_cast<double>(count) + 2) * std::ldexp(1.0, -53);
    EXPECT_NEAR(size_of(tensor(values)).l2_norm, expected, bound) << count;
    EXPECT_EQ(size_of(tensor(values, at::kFloat)).l2_norm, size_of(tensor(values)).l2_norm);
  }
}

TEST(GradientFigures, CountWhatIsNotFinite) {
  std::vector<double> values(40, 1.0);
  values[3] = nan;
  values[17] = -infinity;
  values[39] = infinity;
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const GradientSize size = size_of(tensor(values, type));
    EXPECT_EQ(size.nans, 1);
    EXPECT_EQ(size.infinite, 2);
    EXPECT_TRUE(std::isnan(size.l2_norm));
  }
}

TEST(GradientFigures, TakeDifferencesOfAllPairsOfTypes) {
  const std::vector<double> a = numbers(100, 1);
  const std::vector<double> b = numbers(100, 2);
  long double of_a = 0;
  long double of_difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    of_a += static_cast<long double>(a[i]) * a[i];
    const long double difference = static_cast<long double>(b[i]) - a[i];
    of_difference += difference * difference;
  }
  const double expected = static_cast<double>(std::sqrt(of_difference / of_a));
  // Each sum: 100 roundings and those of its terms (a difference's enters squared), both halved by the roots.
  const double bound = expected * 210 * std::ldexp(1.0, -53);
  for (const at::ScalarType first : {at::kFloat, at::kDouble}) {
    for (const at::ScalarType second : {at::kFloat, at::kDouble}) {
      EXPECT_NEAR(relative_difference(tensor(a, first), tensor(b, second)), expected, bound);
    }
  }
  EXPECT_EQ(relative_difference(tensor(a), tensor(a)), 0);
  EXPECT_EQ(relative_difference(tensor({0, 0}), tensor({0, 1})), infinity);
  EXPECT_EQ(relative_difference(tensor({3, 4}), {}), 1);
  EXPECT_EQ(relative_difference({}, tensor({3, 4})), infinity);
  EXPECT_EQ(relative_difference({}, tensor({0, 0})), 0);
  EXPECT_TRUE(std::isnan(relative_difference(tensor({1, 1}), tensor({1, nan}))));
}

TEST(GradientFigures, CountUlpsAsMpfrDoes) {
  for (const Precision precision : {Precision::fp16, Precision::bf16, Precision::fp32}) {
    const reference::Format format = reference::storage_format(precision);
    std::vector<double> exact = numbers(40, 3);
    exact.insert(exact.end(), {0.0, -0.0, std::ldexp(1.0, format.min_exponent), 1.0, 2 - std::ldexp(1.0, -52),
                               std::ldexp(1.5, format.floor_exponent()), std::ldexp(1.0, -300), 3e38});
    std::mt19937_64 random(4);
    for (const double truth : exact) {
      for (int i = 0; i < 8; ++i) {
        const double factor = 1 + std::ldexp(static_cast<double>(random() % 64) - 32, -format.significand);
        const double value = static_cast<float>(i == 0 ? 0.0 : truth * factor);
        reference::Real as_real(53);
        mpfr_set_d(as_real, truth, MPFR_RNDN);
        // The difference of two binary64 numbers is rounded here, once.
        const double expected = reference::ulps_from(format, as_real, value);
        EXPECT_NEAR(largest_ulps(tensor({truth}), tensor({value}, at::kFloat), precision), expected,
                    expected * std::ldexp(1.0, -52))
            << truth << " " << value;
      }
    }
  }
}

TEST(GradientFigures, TakeTheLargestUlps) {
  std::vector<double> exact(50, 1.0);
  std::vector<double> values(50, 1.0);
  values[30] = 1 + std::ldexp(1.0, -22);
  values[31] = 1 - std::ldexp(1.0, -23);
  const auto ulps = [&] { return largest_ulps(tensor(exact), tensor(values, at::kFloat), Precision::fp32); };
  EXPECT_EQ(ulps(), 2);
  exact[40] = values[40] = infinity;
  EXPECT_EQ(ulps(), 2);
  values[40] = -infinity;
  EXPECT_EQ(ulps(), infinity);
  values[40] = 1;
  EXPECT_EQ(ulps(), infinity);
  values[7] = nan;
  EXPECT_TRUE(std::isnan(ulps()));
  EXPECT_EQ(largest_ulps({}, {}, Precision::fp32), 0);
  EXPECT_EQ(largest_ulps(tensor({1}), {}, Precision::fp32), std::ldexp(1.0, 23));
  EXPECT_EQ(largest_ulps({}, tensor({1}, at::kFloat), Precision::fp32), std::ldexp(1.0, 149));
  EXPECT_THROW(largest_ulps(tensor({1}), tensor({1}), Precision::fp64), std::logic_error);
}

}  // namespace
}  // namespace relu0::gate
