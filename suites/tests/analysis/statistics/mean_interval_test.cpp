#include "analysis/statistics/mean_interval.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(MeanInterval, IsStudents) {
  // Mean 2, standard deviation 1, and t = 4.302653 for two degrees of freedom (tables, 7 digits).
  const auto interval = mean_interval({1, 2, 3}, 0.95);
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 2 - 4.302653 / std::sqrt(3.0), 1e-6);
  EXPECT_NEAR(interval->high, 2 + 4.302653 / std::sqrt(3.0), 1e-6);
}

TEST(MeanInterval, IsAbsentForOneValue) {
  EXPECT_FALSE(mean_interval({}, 0.95));
  EXPECT_FALSE(mean_interval({7}, 0.95));
}

}  // namespace
}  // namespace relu0
