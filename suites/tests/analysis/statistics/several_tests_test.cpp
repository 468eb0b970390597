#include "analysis/statistics/several_tests.hpp"

#include "analysis/statistics/statistics.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(SeveralTests, CountOnlyThoseThatCanReject) {
  std::vector<DiscreteTest> tests(1000, {.p = 1, .smallest_p = 1});
  EXPECT_EQ(tarone_factor(tests, 0.01), 1);
  tests[0].smallest_p = tests[1].smallest_p = tests[2].smallest_p = 1e-6;
  EXPECT_EQ(tarone_factor(tests, 0.01), 3);
  EXPECT_EQ(tarone_factor({}, 0.01), 1);
}

TEST(SeveralTests, AreBonferronisWhereAllCanReject) {
  EXPECT_EQ(tarone_factor(std::vector<DiscreteTest>(7, {.p = 1, .smallest_p = 1e-9}), 0.01), 7);
}

TEST(SeveralTests, DropTestsThatTheCorrectionSilences) {
  // With a factor of 2 the second test could not reject any more: p = 0.006 · 2 > 0.01.
  EXPECT_EQ(tarone_factor({{1, 1e-9}, {1, 0.006}, {1, 0.006}}, 0.01), 2);
}

TEST(SignTest, IsTheBinomialTail) {
  EXPECT_EQ(sign_test(0, 0), 1);
  EXPECT_EQ(sign_test(1, 1), 1);
  EXPECT_DOUBLE_EQ(sign_test(7, 0), std::pow(0.5, 6));
  EXPECT_DOUBLE_EQ(sign_test(0, 7), std::pow(0.5, 6));
  EXPECT_DOUBLE_EQ(sign_test(6, 1), 2 * 8 * std::pow(0.5, 7));
}

TEST(FisherExact, HasASmallestPWithGivenMargins) {
  EXPECT_EQ(smallest_fisher_exact({3, 10}, {2, 10}), fisher_exact({0, 10}, {5, 10}));
  EXPECT_EQ(smallest_fisher_exact({0, 10}, {0, 10}), 1);
  EXPECT_LE(smallest_fisher_exact({3, 9}, {5, 7}), fisher_exact({3, 9}, {5, 7}));
}

}  // namespace
}  // namespace relu0
