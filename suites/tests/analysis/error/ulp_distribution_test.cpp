#include "analysis/error/ulp_distribution.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

UlpDistribution of(const std::vector<double>& ulps) {
  UlpDistribution distribution;
  for (const double value : ulps) {
    distribution.count(value);
  }
  return distribution;
}

std::int64_t in_binade(const UlpDistribution& ulps, int binade) {
  return ulps.binades.at(static_cast<std::size_t>(binade - UlpDistribution::lowest));
}

TEST(UlpDistribution, APowerOfTwoBelongsToTheBinadeBelow) {
  for (const int binade : {-9, -1, 0, 1, 30, 63}) {
    const double edge = std::ldexp(1.0, binade);
    const UlpDistribution ulps = of({edge, std::nextafter(edge, 0), std::nextafter(edge, 2 * edge)});
    EXPECT_EQ(in_binade(ulps, binade), 2) << binade;
    EXPECT_EQ(in_binade(ulps, binade + 1), 1) << binade;
  }
}

TEST(UlpDistribution, ErrorsBeyondBothEndsAreCountedThere) {
  const UlpDistribution ulps = of({5e-324, std::ldexp(1.0, -10), std::ldexp(1.5, 64), 1e308});
  EXPECT_EQ(in_binade(ulps, UlpDistribution::lowest), 2);
  EXPECT_EQ(in_binade(ulps, UlpDistribution::highest), 2);
  EXPECT_EQ(ulps.exact, 0);
  EXPECT_EQ(ulps.total(), 4);
}

TEST(UlpDistribution, NothingFiniteHidesWhatIsNotFinite) {
  const UlpDistribution ulps = of({0, std::numeric_limits<double>::infinity(), std::nan("")});
  EXPECT_EQ(ulps.exact, 1);
  EXPECT_EQ(ulps.non_finite, 2);
  EXPECT_EQ(ulps.total(), 3);
  EXPECT_EQ(ulps.within(UlpDistribution::highest), 1);
}

TEST(UlpDistribution, WithinIsCumulative) {
  const UlpDistribution ulps = of({0, 0.5, 1, 3, 1000});
  EXPECT_EQ(ulps.within(-2), 1);
  EXPECT_EQ(ulps.within(-1), 2);
  EXPECT_EQ(ulps.within(0), 3);
  EXPECT_EQ(ulps.within(1), 3);
  EXPECT_EQ(ulps.within(2), 4);
  EXPECT_EQ(ulps.within(10), 5);
}

TEST(UlpDistribution, QuantileBoundIsTheLeastPowerOfTwoThatHoldsTheShare) {
  const UlpDistribution ulps = of({0, 0.5, 1, 3});
  EXPECT_EQ(ulps.quantile_bound(0.25), 0);
  EXPECT_EQ(ulps.quantile_bound(0.5), 0.5);
  EXPECT_EQ(ulps.quantile_bound(0.51), 1);
  EXPECT_EQ(ulps.quantile_bound(1), 4);
  EXPECT_EQ(of({}).quantile_bound(0.5), std::nullopt);
  EXPECT_EQ(of({1, std::nan(""), std::nan("")}).quantile_bound(0.5), std::numeric_limits<double>::infinity());
}

TEST(UlpDistribution, AddsUp) {
  UlpDistribution sum = of({0, 1, std::nan("")});
  sum.add(of({0, 2}));
  EXPECT_EQ(sum, of({0, 0, 1, 2, std::nan("")}));
}

}  // namespace
}  // namespace relu0
