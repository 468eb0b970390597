#include "reference/arithmetic/product.hpp"

#include "fixtures/random/split_mix64.hpp"
#include "reference/arithmetic/real.hpp"
#include "suites/tests/reference/matrices.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr std::uint64_t product_seed = 20261124;

/// Uniform in (−2, 2) with all bits of the significand random, times 2^e for e uniform in ±spread.
void set_random(mpfr_ptr number, SplitMix64& random, int spread) {
  const auto bits = static_cast<int>(mpfr_get_prec(number));
  mpfr_set_ui(number, 1, MPFR_RNDN);
  Real part(64);
  for (int bit = 0; bit < bits; bit += 60) {
    mpfr_set_ui(part, random.next() >> 4, MPFR_RNDN);
    mpfr_mul_2si(part, part, -bit - 60, MPFR_RNDN);
    mpfr_add(number, number, part, MPFR_RNDZ);
  }
  if ((random.next() & 1) != 0) {
    mpfr_neg(number, number, MPFR_RNDN);
  }
  if (spread > 0) {
    const auto range = static_cast<std::uint64_t>(2 * spread + 1);
    mpfr_mul_2si(number, number, static_cast<long>(random.next() % range) - spread, MPFR_RNDN);
  }
}

Tensor random_tensor(int bits, Shape shape, std::uint64_t stream, int spread = 0) {
  SplitMix64 random(product_seed + stream);
  return filled(bits, std::move(shape),
                [&](mpfr_ptr number, std::int64_t /*i*/) { set_random(number, random, spread); });
}

/// max |x| over row i.
void row_maximum(mpfr_ptr result, const Tensor& x, std::int64_t row) {
  const std::int64_t inner = x.shape()[1];
  mpfr_set_zero(result, 1);
  for (std::int64_t k = 0; k < inner; ++k) {
    if (mpfr_cmpabs(x[row * inner + k], result) > 0) {
      mpfr_abs(result, x[row * inner + k], MPFR_RNDN);
    }
  }
}

/// Checks the fast product against the bound of its header, where the sum itself is taken from the plain
/// product with so many bits that it is exact; and the plain one against correct rounding.
void check_bounds(const MatrixProduct& product, const Tensor* addend = nullptr) {
  const int bits = product.x.bits();
  // Exact: exponents of products differ by up to 2 · 2 · 600, each is 2p bits long, and K sums carry 17 more.
  const int wide = 2 * bits + 2500;
  const auto widened = [wide](const Tensor& tensor) {
    return filled(wide, tensor.shape(),
                  [&](mpfr_ptr number, std::int64_t i) { mpfr_set(number, tensor[i], MPFR_RNDN); });
  };
  const Tensor wide_addend = addend == nullptr ? Tensor() : widened(*addend);
  bool sums_exact = false;
  const Tensor sums = MatrixProduct(widened(product.x), widened(product.y))
                          .multiply(wide, {.kind = ProductKind::plain, .threads = 2},
                                    addend == nullptr ? nullptr : &wide_addend, &sums_exact);
  ASSERT_TRUE(sums_exact) << "the test's own sums are rounded";

  bool fast_exact = false;
  const Tensor fast =
      product.multiply(bits, {.kind = ProductKind::exact_slices, .threads = 2}, addend, &fast_exact);
  bool plain_exact = false;
  const Tensor plain =
      product.multiply(bits, {.kind = ProductKind::plain, .threads = 2}, addend, &plain_exact);

  Real error(wide);
  Real bound(wide);
  Real maximum(bits);
  Real rounded(bits);
  for (std::int64_t i = 0; i < product.rows; ++i) {
    for (std::int64_t j = 0; j < product.columns; ++j) {
      const std::int64_t index = i * product.columns + j;
      mpfr_set(rounded, sums[index], MPFR_RNDN);
      ASSERT_TRUE(mpfr_equal_p(plain[index], rounded)) << "plain, row " << i << ", column " << j;

      mpfr_sub(error, fast[index], sums[index], MPFR_RNDA);
      row_maximum(maximum, product.x, i);
      mpfr_set_si_2exp(bound, product.inner, product_error_exponent(bits), MPFR_RNDU);
      mpfr_mul(bound, bound, maximum, MPFR_RNDU);
      row_maximum(maximum, product.y, j);
      mpfr_mul(bound, bound, maximum, MPFR_RNDU);
      mpfr_abs(rounded, sums[index], MPFR_RNDU);
      mpfr_div_2ui(rounded, rounded, static_cast<unsigned long>(bits), MPFR_RNDU);
      mpfr_add(bound, bound, rounded, MPFR_RNDU);
      ASSERT_LE(mpfr_cmpabs(error, bound), 0) << "exact slices, row " << i << ", column " << j;
      if (fast_exact) {
        ASSERT_TRUE(mpfr_zero_p(error)) << "said to be exact, row " << i << ", column " << j;
      }
    }
  }
  bool all_fit = true;
  for (std::int64_t i = 0; i < sums.size(); ++i) {
    all_fit = all_fit && mpfr_equal_p(plain[i], sums[i]) != 0;
  }
  EXPECT_EQ(plain_exact, all_fit);
}

class ProductAtBits : public testing::TestWithParam<int> {};

TEST_P(ProductAtBits, RandomOperands) {
  const int bits = GetParam();
  const Tensor addend = random_tensor(bits, {7}, 3);
  const MatrixProduct product(random_tensor(bits, {13, 50}, 1), random_tensor(bits, {7, 50}, 2));
  check_bounds(product);
  check_bounds(product, &addend);
}

TEST_P(ProductAtBits, ExponentsSpreadOver300) {
  const int bits = GetParam();
  check_bounds({random_tensor(bits, {5, 40}, 4, 300), random_tensor(bits, {6, 40}, 5, 300)});
}

TEST_P(ProductAtBits, CancellationToTheLastBit) {
  // Pairs a·b − a·b, and one product of the last places that remains: ulp(x)·ulp(y) is all there is.
  const int bits = GetParam();
  constexpr std::int64_t inner = 41;
  SplitMix64 random(product_seed);
  std::vector<double> unused;
  Tensor x = random_tensor(bits, {3, inner}, 6);
  Tensor y = random_tensor(bits, {3, inner}, 7);
  for (std::int64_t row = 0; row < 3; ++row) {
    for (std::int64_t k = 0; k + 1 < inner; k += 2) {
      x.copy_element(row * inner + k + 1, x, row * inner + k);
      y.copy_element(row * inner + k + 1, y, row * inner + k);
      Tensor::Slot slot = y.slot(row * inner + k + 1);
      mpfr_neg(slot, slot, MPFR_RNDN);
    }
    mpfr_set_ui_2exp(x.slot(row * inner + inner - 1), 1, -bits, MPFR_RNDN);
    mpfr_set_ui_2exp(y.slot(row * inner + inner - 1), 1, -bits, MPFR_RNDN);
  }
  check_bounds({std::move(x), std::move(y)});
}

TEST_P(ProductAtBits, OneProduct) {
  const int bits = GetParam();
  check_bounds({random_tensor(bits, {17, 1}, 8, 300), random_tensor(bits, {9, 1}, 9, 300)});
}

TEST_P(ProductAtBits, ZeroRowsAndColumns) {
  const int bits = GetParam();
  Tensor x = random_tensor(bits, {4, 10}, 10);
  Tensor y = random_tensor(bits, {3, 10}, 11);
  for (std::int64_t k = 0; k < 10; ++k) {
    mpfr_set_zero(x.slot(2 * 10 + k), 1);
    mpfr_set_zero(y.slot(1 * 10 + k), -1);
  }
  const Tensor addend = random_tensor(bits, {3}, 12);
  const MatrixProduct product(std::move(x), std::move(y));
  check_bounds(product);
  check_bounds(product, &addend);
}

TEST_P(ProductAtBits, AlternatingSignsOfEqualMagnitude) {
  const int bits = GetParam();
  const auto alternate = [](mpfr_ptr number, std::int64_t i) {
    mpfr_set_si(number, i % 2 == 0 ? 3 : -3, MPFR_RNDN);
    mpfr_div_ui(number, number, 7, MPFR_RNDN);
  };
  Tensor ones =
      filled(bits, {2, 64}, [](mpfr_ptr number, std::int64_t) { mpfr_set_ui(number, 5, MPFR_RNDN); });
  check_bounds({filled(bits, {3, 64}, alternate), std::move(ones)});
}

INSTANTIATE_TEST_SUITE_P(Bits, ProductAtBits, testing::Values(24, 53, 64, 65, 128, 192, 256, 1000, 4096),
                         [](const auto& instance) { return std::to_string(instance.param); });

TEST(Product, HundredThousandTerms) {
  check_bounds({random_tensor(128, {2, 100000}, 20), random_tensor(128, {2, 100000}, 21)});
}

TEST(Product, Subnormals) {
  // Subnormals of binary64 and binary16 stand beside ordinary numbers: below 2^−1022 the fixed point has no
  // digit left for them.
  SplitMix64 random(product_seed);
  const auto mixed = [&](mpfr_ptr number, std::int64_t i) {
    const double ordinary = std::ldexp(static_cast<double>(random.next() >> 11), -53);
    const double tiny[] = {0x1p-1074, 0x1.8p-1070, -0x1p-24, 0x1p-1022};
    mpfr_set_d(number, i % 3 == 0 ? ordinary : tiny[i % 4], MPFR_RNDN);
  };
  Tensor x = filled(128, {4, 30}, mixed);
  Tensor y = filled(128, {4, 30}, mixed);
  for (std::int64_t k = 0; k < 30; ++k) {
    mpfr_set_d(x.slot(k), 0x1p-1074 * static_cast<double>(k + 1), MPFR_RNDN);
  }
  check_bounds({std::move(x), std::move(y)});
}

/// The value of a finite binary16 number, by its definition.
double binary16_value(unsigned bits) {
  const unsigned exponent = (bits >> 10) & 31;
  const unsigned fraction = bits & 1023;
  const double magnitude = exponent == 0 ? std::ldexp(fraction, -24)
                                         : std::ldexp(1024 + fraction, static_cast<int>(exponent) - 25);
  return (bits >> 15) != 0 ? -magnitude : magnitude;
}

TEST(Product, EveryPairOfBinary16SignificandsIsExact) {
  // The first 2,048 values hold every significand; the 31,744 finite non-negative ones every exponent too. An
  // outer product of K = 1; 22 bits suffice for each.
  constexpr std::int64_t all = 31744;
  constexpr std::int64_t strip = 512;
  std::vector<double> values(all);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = binary16_value(static_cast<unsigned>(i));
  }
  const std::span<const double> view(values);
  for (std::int64_t first = 0; first < 2048; first += strip) {
    const MatrixProduct product(Tensor(24, {strip, 1}, view.subspan(static_cast<std::size_t>(first), strip)),
                                Tensor(24, {all, 1}, view));
    bool exact = false;
    const Tensor result = product.multiply(24, {.threads = 2}, nullptr, &exact);
    EXPECT_TRUE(exact);
    for (std::int64_t i = 0; i < strip; ++i) {
      for (std::int64_t j = 0; j < all; ++j) {
        const double expected =
            values[static_cast<std::size_t>(first + i)] * values[static_cast<std::size_t>(j)];
        ASSERT_EQ(mpfr_cmp_d(result[i * all + j], expected), 0) << first + i << " × " << j;
      }
    }
  }
}

std::vector<mp_limb_t> bits_of(const Tensor& tensor) {
  std::vector<mp_limb_t> result;
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    result.push_back(tensor.is_zero(i) ? 0 : static_cast<mp_limb_t>(tensor.exponent(i)));
    result.push_back(tensor.is_negative(i) ? 1 : 0);
    result.insert(result.end(), tensor.significand(i), tensor.significand(i) + tensor.limbs_per_element());
  }
  return result;
}

TEST(Product, SameBitsWhateverTheThreads) {
  const MatrixProduct product(random_tensor(128, {90, 300}, 30, 20), random_tensor(128, {40, 300}, 31, 20));
  const auto one = bits_of(product.multiply(128, {.threads = 1}));
  EXPECT_EQ(one, bits_of(product.multiply(128, {.threads = 2})));
  EXPECT_EQ(one, bits_of(product.multiply(128, {.threads = 5})));
}

TEST(Product, SameBitsInAnyOrderOfTheTerms) {
  const Tensor x = random_tensor(128, {9, 200}, 32, 20);
  const Tensor y = random_tensor(128, {8, 200}, 33, 20);
  const auto reversed = [](const Tensor& tensor) {
    Tensor result = tensor.copy();
    for (std::int64_t i = 0; i < tensor.size(); ++i) {
      result.copy_element(i / 200 * 200 + 199 - i % 200, tensor, i);
    }
    return result;
  };
  const MatrixProduct backward(reversed(x), reversed(y));
  const MatrixProduct forward(x.copy(), y.copy());
  EXPECT_EQ(bits_of(forward.multiply(128, {})), bits_of(backward.multiply(128, {})));
}

TEST(Product, RefusesNonFiniteOperands) {
  for (const ProductKind kind : {ProductKind::exact_slices, ProductKind::plain}) {
    for (const bool nan : {true, false}) {
      Tensor x = random_tensor(128, {2, 3}, 40);
      if (nan) {
        mpfr_set_nan(x.slot(4));
      } else {
        mpfr_set_inf(x.slot(4), -1);
      }
      const MatrixProduct product(std::move(x), random_tensor(128, {2, 3}, 41));
      EXPECT_THROW((void)product.multiply(128, {.kind = kind}), std::logic_error);
    }
  }
}

TEST(Product, NumberOfDgemmsGrowsLinearlyWithBits) {
  // 2 (p + 11) + log2 K + 2 bits, and log2 m bits of them per dgemm, m just below 2 sqrt(2^53 / K).
  for (const std::int64_t inner : {576, 784, 4608}) {
    for (const int bits : {64, 128, 256, 512, 1024}) {
      const double needed = 2 * (bits + 11) + std::log2(inner) + 2;
      const double each = std::min(23.0, 1 + (53 - std::log2(inner)) / 2);
      EXPECT_THAT(product_dgemms(inner, bits), testing::AllOf(testing::Ge(std::ceil(needed / each)),
                                                              testing::Le(std::ceil(needed / each) + 1)));
    }
  }
}

}  // namespace
}  // namespace relu0::reference
