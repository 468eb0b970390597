#include "analysis/impact/comparison.hpp"

#include "fixtures/error.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

Gradient gradient(std::vector<double> first, std::vector<double> second) {
  const auto length = [](const std::vector<double>& v) { return static_cast<std::int64_t>(v.size()); };
  return {
      .loss = 0,
      .parameters = {{"linear1.weight", {length(first)}, first}, {"linear1.bias", {length(second)}, second}}};
}

TEST(Comparison, FindsNoDifferenceBetweenEqualBits) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Comparison same = compare(gradient({1, nan}, {0.0}), gradient({1, nan}, {0.0}));
  EXPECT_FALSE(same.differs());
}

TEST(Comparison, SeesTheLastBitAndTheSignOfZero) {
  EXPECT_TRUE(compare(gradient({1}, {0.0}), gradient({std::nextafter(1, 2)}, {0.0})).first_layer_differs());
  const Comparison zeros = compare(gradient({1}, {0.0}), gradient({1}, {-0.0}));
  EXPECT_TRUE(zeros.differs());
  EXPECT_FALSE(zeros.first_layer_differs());
  EXPECT_EQ(zeros.relative_l2(), 0.0);
}

TEST(Comparison, MeasuresTheRelativeNormOverAllParameters) {
  // ‖a‖ = 5, ‖a − b‖ = √(1 + 4 + 4) = 3
  const Comparison comparison = compare(gradient({3, 0}, {4}), gradient({2, 2}, {2}));
  ASSERT_TRUE(comparison.relative_l2());
  EXPECT_DOUBLE_EQ(*comparison.relative_l2(), 0.6);
  EXPECT_EQ(comparison.tensors[0].differing, 2);
  EXPECT_EQ(comparison.tensors[1].differing, 1);
}

TEST(Comparison, LeavesTheRelativeNormOfAZeroGradientUndefined) {
  EXPECT_EQ(compare(gradient({0}, {0}), gradient({1}, {0})).relative_l2(), std::nullopt);
}

TEST(Comparison, PropagatesNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(compare(gradient({1}, {1}), gradient({nan}, {1})).relative_l2().value()));
}

TEST(Comparison, RefusesGradientsOfDifferentParameters) {
  EXPECT_THROW(compare(gradient({1}, {1}), gradient({1, 2}, {1})), InputError);
  EXPECT_THROW(compare(gradient({1}, {1}), {}), InputError);
}

}  // namespace
}  // namespace relu0
