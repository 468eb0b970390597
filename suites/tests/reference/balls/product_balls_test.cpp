// Products of balls hold the products of all of their numbers: perturbed operands, and Arb's own balls.
#include "fixtures/random/split_mix64.hpp"
#include "reference/arithmetic/exact/row_bounds.hpp"
#include "reference/arithmetic/product.hpp"
#include "suites/tests/reference/balls/effort.hpp"
#include "suites/tests/reference/matrices.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <arb_mat.h>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr int exact_sum_bits = 4000;

/// What operands look like.
struct Hostile {
  const char* name;
  int spread;             ///< exponents of elements within ± this of one another
  int radius_exponent;    ///< of radii, relative to the element's, ± 8; 1 stands for no radii
  bool cancels = false;   ///< the second half of a row of x is the first, and of y its negative
  bool positive = false;  ///< all numbers are
  bool sparse = false;    ///< two elements of three are 0, exactly
};

Tensor draw_balls(int bits, std::int64_t rows, std::int64_t inner, const Hostile& hostile, SplitMix64& random,
                  bool negates) {
  Tensor result(bits, {rows, inner});
  const auto within = [&random](int most) {
    return static_cast<long>(random.next() % static_cast<std::uint64_t>(2 * most + 1)) - most;
  };
  for (std::int64_t i = 0; i < result.size(); ++i) {
    if (hostile.sparse && random.next() % 3 != 0) {
      continue;
    }
    Tensor::Slot slot = result.slot(i);
    mpfr_set_ui(slot, random.next() | 1, MPFR_RNDN);
    for (int more = 64; more < bits; more += 64) {
      mpfr_mul_2ui(slot, slot, 64, MPFR_RNDN);
      mpfr_add_ui(slot, slot, random.next() | 1, MPFR_RNDN);
    }
    mpfr_mul_2si(slot, slot, within(hostile.spread) - mpfr_get_exp(slot), MPFR_RNDN);
    if (!hostile.positive && (random.next() & 1) != 0) {
      mpfr_neg(slot, slot, MPFR_RNDN);
    }
    if (hostile.radius_exponent != 1 && random.next() % 4 != 0) {
      result.set_radius(i, Radius::above(random.next() >> 32 | 1,
                                         mpfr_get_exp(slot) - 32 + hostile.radius_exponent + within(8)));
    }
  }
  if (hostile.cancels) {
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t k = 0; k < inner / 2; ++k) {
        const std::int64_t from = row * inner + k;
        const std::int64_t to = from + inner / 2;
        result.copy_element(to, result, from);
        if (negates) {
          Tensor::Slot slot = result.slot(to);
          mpfr_neg(slot, slot, MPFR_RNDN);
        }
      }
    }
  }
  return result;
}

/// Every element moved within its radius, exactly: to an end for at = ±1. `random` decides on which side.
Tensor moved_within(const Tensor& tensor, double at, SplitMix64* random) {
  Tensor result(exact_sum_bits, tensor.shape());
  Real step(40);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    tensor.radius(i).get(step);
    mpfr_mul_d(step, step, random != nullptr && (random->next() & 1) != 0 ? -at : at, MPFR_RNDZ);
    EXPECT_EQ(mpfr_add(result.slot(i), tensor[i], step, MPFR_RNDN), 0) << "the test's own number is rounded";
  }
  return result;
}

/// The product of exact operands, with so many bits that it is exact.
Tensor exact_sums(Tensor x, Tensor y) {
  const MatrixProduct product(std::move(x), std::move(y));
  return product.multiply(exact_sum_bits, {.kind = ProductKind::plain});
}

int outside(const Tensor& balls, const Tensor& truth) {
  int count = 0;
  for (std::int64_t i = 0; i < truth.size(); ++i) {
    EXPECT_TRUE(truth.radius(i).is_zero()) << "the test's own sums are rounded";
    count += contains(balls[i], truth[i]) ? 0 : 1;
  }
  return count;
}

const std::vector<Hostile> hostiles{
    {.name = "ordinary", .spread = 4, .radius_exponent = -100},
    {.name = "exact, truncated", .spread = 300, .radius_exponent = 1},
    {.name = "wide radii", .spread = 10, .radius_exponent = 2},
    {.name = "cancelling", .spread = 20, .radius_exponent = -120, .cancels = true},
    {.name = "cancelling, truncated", .spread = 200, .radius_exponent = 1, .cancels = true},
    {.name = "positive", .spread = 2, .radius_exponent = -60, .positive = true},
    {.name = "sparse", .spread = 300, .radius_exponent = -40, .sparse = true},
    {.name = "exponents", .spread = 300, .radius_exponent = -120},
};

class ProductOfBalls : public testing::TestWithParam<Hostile> {};

TEST_P(ProductOfBalls, HoldsTheProductsOfAllOfTheirNumbers) {
  const Hostile& hostile = GetParam();
  SplitMix64 random(51);
  for (int round = 0; round < 2 * test::effort(); ++round) {
    for (const int bits : {64, 128, 192}) {
      for (const std::int64_t inner : {1, 2, 40}) {
        const MatrixProduct product(draw_balls(bits, 5, inner, hostile, random, false),
                                    draw_balls(bits, 4, inner, hostile, random, true));
        for (const ProductKind kind : {ProductKind::exact_slices, ProductKind::plain}) {
          const Tensor balls = product.multiply(bits, {.kind = kind});
          for (const double at : {-1.0, 0.0, 0.5, 1.0}) {
            EXPECT_EQ(outside(balls, exact_sums(moved_within(product.x, at, nullptr),
                                                moved_within(product.y, at, nullptr))),
                      0)
                << name(kind) << ", " << bits << " bits, K = " << inner << ", all at " << at;
            EXPECT_EQ(outside(balls, exact_sums(moved_within(product.x, at, &random),
                                                moved_within(product.y, at, &random))),
                      0)
                << name(kind) << ", " << bits << " bits, K = " << inner;
          }
        }
      }
    }
  }
}

/// Arb's product of the same balls, with its own formulas, in far more bits: our ball holds its midpoint, and
/// its upper end too where all numbers are positive, since there the upper ends of all balls are attained
/// together.
TEST_P(ProductOfBalls, HoldsArbs) {
  const Hostile& hostile = GetParam();
  SplitMix64 random(52);
  constexpr int bits = 128;
  constexpr slong inner = 30;
  const MatrixProduct product(draw_balls(bits, 4, inner, hostile, random, false),
                              draw_balls(bits, 3, inner, hostile, random, true));
  const Tensor balls = product.multiply(bits, {});
  arb_mat_t x;
  arb_mat_t y;
  arb_mat_t sums;
  arb_mat_init(x, 4, inner);
  arb_mat_init(y, inner, 3);
  arb_mat_init(sums, 4, 3);
  Real radius(32);
  const auto put = [&radius](arb_ptr to, const Tensor& from, std::int64_t i) {
    arf_set_mpfr(arb_midref(to), from[i]);
    from.radius(i).get(radius);
    arf_t bound;
    arf_init(bound);
    arf_set_mpfr(bound, radius);
    arf_get_mag(arb_radref(to), bound);
    arf_clear(bound);
  };
  for (slong i = 0; i < 4; ++i) {
    for (slong k = 0; k < inner; ++k) {
      put(arb_mat_entry(x, i, k), product.x, i * inner + k);
    }
  }
  for (slong j = 0; j < 3; ++j) {
    for (slong k = 0; k < inner; ++k) {
      put(arb_mat_entry(y, k, j), product.y, j * inner + k);
    }
  }
  arb_mat_mul(sums, x, y, exact_sum_bits);
  Real midpoint(exact_sum_bits);
  for (slong i = 0; i < 4; ++i) {
    for (slong j = 0; j < 3; ++j) {
      // The midpoint is the sum of the midpoints' products: one of the numbers that must be held.
      EXPECT_EQ(arf_get_mpfr(midpoint, arb_midref(arb_mat_entry(sums, i, j)), MPFR_RNDN), 0);
      EXPECT_TRUE(contains(balls[i * 3 + j], midpoint)) << i << ", " << j;
      if (hostile.positive) {
        // Arb's radius is an upper bound itself, of 30 bits in each of its steps.
        Real end(exact_sum_bits);
        arf_t bound;
        arf_init(bound);
        arf_set_mag(bound, arb_radref(arb_mat_entry(sums, i, j)));
        arf_get_mpfr(end, bound, MPFR_RNDD);
        arf_clear(bound);
        mpfr_mul_d(end, end, 1 - 0x1p-20, MPFR_RNDZ);
        mpfr_add(end, end, midpoint, MPFR_RNDZ);
        EXPECT_TRUE(contains(balls[i * 3 + j], end)) << i << ", " << j;
      }
    }
  }
  arb_mat_clear(x);
  arb_mat_clear(y);
  arb_mat_clear(sums);
}

INSTANTIATE_TEST_SUITE_P(Operands, ProductOfBalls, testing::ValuesIn(hostiles), [](const auto& instance) {
  std::string name = instance.param.name;
  std::erase_if(name, [](char c) { return c == ' ' || c == ','; });
  return name;
});

TEST(ProductsOfBalls, IsAsTightAsTheSumOfItsTerms) {
  SplitMix64 random(53);
  const Hostile ordinary{.name = "", .spread = 1, .radius_exponent = -60};
  constexpr std::int64_t inner = 100;
  const MatrixProduct product(draw_balls(128, 6, inner, ordinary, random, false),
                              draw_balls(128, 7, inner, ordinary, random, false));
  const Tensor fast = product.multiply(128, {});
  const Tensor plain = product.multiply(128, {.kind = ProductKind::plain});
  // K 2^(2 − q) of the largest terms, which are at most 2^(2 · 8 + 6) of a row's mean one here.
  const double slack = 1 + std::ldexp(1.0, 2 - row_bound_bits(inner) + 22) + 0x1p-20;
  for (std::int64_t i = 0; i < fast.size(); ++i) {
    EXPECT_LE(fast.radius(i).to_double(), slack * plain.radius(i).to_double()) << i;
  }
}

TEST(ProductsOfBalls, IsExactlyZeroWhereEveryTermHasAFactorZero) {
  // What the other elements of the rows make of truncation and radii does not matter.
  Tensor x(128, {1, 3});
  mpfr_set_d(x.slot(0), 0x1p-300, MPFR_RNDN);
  mpfr_set_d(x.slot(1), 1, MPFR_RNDN);
  x.set_radius(1, Radius::above(1, -100));
  Tensor y(128, {1, 3});
  mpfr_set_d(y.slot(2), 0x1p-300, MPFR_RNDN);
  y.set_radius(2, Radius::above(1, 5));
  const Tensor result = MatrixProduct(std::move(x), std::move(y)).multiply(128, {});
  EXPECT_TRUE(result.is_zero(0));
  EXPECT_TRUE(result.radius(0).is_zero());
}

TEST(ProductsOfBalls, IsUnboundedWhereARadiusIs) {
  Tensor x(128, {2, 1});
  x.set_radius(0, Radius::unbounded());
  mpfr_set_d(x.slot(1), 1, MPFR_RNDN);
  Tensor y(128, {1, 1});
  mpfr_set_d(y.slot(0), 1, MPFR_RNDN);
  const MatrixProduct product(std::move(x), std::move(y));
  for (const ProductKind kind : {ProductKind::exact_slices, ProductKind::plain}) {
    const Tensor result = product.multiply(128, {.kind = kind});
    EXPECT_FALSE(result.radius(0).is_bounded());
    EXPECT_TRUE(result.radius(1).is_zero());
  }
}

TEST(RowBounds, LeaveSumsExactInDoubles) {
  for (std::int64_t inner = 1; inner <= max_inner; inner = 2 * inner + 1) {
    const int q = row_bound_bits(inner);
    EXPECT_LE(static_cast<double>(inner) * std::ldexp(1.0, 2 * q), 0x1p53) << inner;
    EXPECT_GE(q, 14) << inner;
  }
  EXPECT_LE(static_cast<double>(max_inner) * std::ldexp(1.0, 2 * row_bound_bits(max_inner)), 0x1p53);
}

TEST(ProductsOfBalls, DoesNotDependOnThreads) {
  SplitMix64 random(54);
  const Hostile ordinary{.name = "", .spread = 30, .radius_exponent = -60};
  const MatrixProduct product(draw_balls(128, 300, 70, ordinary, random, false),
                              draw_balls(128, 90, 70, ordinary, random, false));
  const Tensor one = product.multiply(128, {.threads = 1});
  const Tensor five = product.multiply(128, {.threads = 5});
  for (std::int64_t i = 0; i < one.size(); ++i) {
    ASSERT_EQ(one.radius(i), five.radius(i));
    ASSERT_TRUE(mpfr_equal_p(one[i], five[i]));
  }
}

}  // namespace
}  // namespace relu0::reference
