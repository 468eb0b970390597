#include "analysis/kernels/p_bit.hpp"

#include "analysis/kernels/product.hpp"
#include "suites/tests/analysis/kernels/ordered_sum.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <mpfr.h>

namespace relu0::kernels {
namespace {

/// MPFR with p bits and the exponents of binary64, subnormal numbers included.
class PBitMpfr {
 public:
  explicit PBitMpfr(int bits) : bits_(bits), emin_(mpfr_get_emin()), emax_(mpfr_get_emax()) {
    mpfr_set_emin(-1020 - bits);  // the smallest number is 0.5 · 2^emin = 2^(−1021−p)
    mpfr_set_emax(1024);
    mpfr_inits2(bits, a_, b_, static_cast<mpfr_ptr>(nullptr));
  }
  ~PBitMpfr() {
    mpfr_clears(a_, b_, static_cast<mpfr_ptr>(nullptr));
    mpfr_set_emin(emin_);
    mpfr_set_emax(emax_);
  }
  PBitMpfr(const PBitMpfr&) = delete;
  PBitMpfr& operator=(const PBitMpfr&) = delete;

  double rounded(double x) { return result(mpfr_set_d(a_, x, MPFR_RNDN)); }
  double sum(double x, double y) {
    load(x, y);
    return result(mpfr_add(a_, a_, b_, MPFR_RNDN));
  }
  double product(double x, double y) {
    load(x, y);
    return result(mpfr_mul(a_, a_, b_, MPFR_RNDN));
  }
  [[nodiscard]] int bits() const { return bits_; }

 private:
  void load(double x, double y) {
    EXPECT_EQ(mpfr_set_d(a_, x, MPFR_RNDN), 0) << x << " has more than " << bits_ << " bits";
    EXPECT_EQ(mpfr_set_d(b_, y, MPFR_RNDN), 0) << y << " has more than " << bits_ << " bits";
  }
  double result(int ternary) {
    mpfr_subnormalize(a_, ternary, MPFR_RNDN);
    const double value = mpfr_get_d(a_, MPFR_RNDN);
    return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
  }

  int bits_;
  mpfr_exp_t emin_;
  mpfr_exp_t emax_;
  mpfr_t a_;
  mpfr_t b_;
};

/// p-bit numbers of which many make ties: few bits set, and exponents near one another.
std::vector<double> p_bit_numbers(int bits, std::size_t count, std::uint64_t seed, int exponents) {
  std::mt19937_64 random(seed);
  std::vector<double> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t significand = (random() >> (64 - bits)) | (std::uint64_t{1} << (bits - 1));
    switch (random() % 4) {
      case 0:  // few bits at the top
        significand &= ~std::uint64_t{0} << (bits - 3);
        break;
      case 1:  // all ones but the last few
        significand |= ((std::uint64_t{1} << bits) - 1) & (~std::uint64_t{0} << 3);
        break;
      default:
        break;
    }
    const int exponent = static_cast<int>(random() % static_cast<std::uint64_t>(exponents)) - exponents / 2;
    const double sign = random() % 2 == 0 ? 1 : -1;
    numbers.push_back(std::ldexp(sign * static_cast<double>(significand), exponent - bits));
  }
  return numbers;
}

/// Values at the ends of the format.
std::vector<double> extreme_numbers(int bits) {
  std::vector<double> numbers;
  for (const int exponent : {-1021 - bits, -1020 - bits, -1022, -600, -500, 500, 600, 1024 - bits}) {
    for (const double significand : {1.0, 3.0, std::ldexp(1.0, bits - 1) + 1, std::ldexp(1.0, bits) - 1}) {
      const double number = std::ldexp(significand, exponent);
      if (std::isfinite(number) && p_bit_rounded(number, bits) == number) {
        numbers.push_back(number);
        numbers.push_back(-number);
      }
    }
  }
  for (const double number :
       {0.0, -0.0, 1.0, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN()}) {
    numbers.push_back(number);
  }
  return numbers;
}

double canonical(double x) { return std::isnan(x) ? std::numeric_limits<double>::quiet_NaN() : x; }

void expect_same(double value, double truth, const char* what, int bits) {
  EXPECT_EQ(std::bit_cast<std::uint64_t>(canonical(value)), std::bit_cast<std::uint64_t>(canonical(truth)))
      << what << " at " << bits << " bits: " << value << " instead of " << truth;
}

TEST(PBitNumbers, AreRoundedAsMpfrRoundsThem) {
  for (int bits = SummationOrder::min_bits; bits <= SummationOrder::max_bits; ++bits) {
    PBitMpfr mpfr(bits);
    std::vector<double> numbers = extreme_numbers(bits);
    for (const double number : p_bit_numbers(bits, 200, 7, 8)) {
      // The number, the tie above it and what lies next to the tie.
      const double tie = number + std::ldexp(1.0, std::ilogb(number) - bits);
      numbers.insert(numbers.end(), {number, tie, std::nextafter(tie, 0), std::nextafter(tie, 2 * tie)});
    }
    for (const double number : {std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min(),
                                std::ldexp(1.0, -1022 - bits), std::ldexp(1.5, -1022 - bits)}) {
      numbers.push_back(number);
    }
    std::vector<double> together = numbers;
    round_to_bits(together, bits);
    std::vector<double> finite;
    std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(finite),
                 [](double number) { return std::isfinite(number); });
    std::vector<double> finite_together = finite;
    round_to_bits(finite_together, bits);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      expect_same(p_bit_rounded(numbers[i], bits), mpfr.rounded(numbers[i]), "rounding", bits);
      expect_same(together[i], p_bit_rounded(numbers[i], bits), "rounding of all", bits);
    }
    for (std::size_t i = 0; i < finite.size(); ++i) {
      expect_same(finite_together[i], p_bit_rounded(finite[i], bits), "rounding of all", bits);
    }
  }
}

TEST(PBitNumbers, AreAddedAndMultipliedAsMpfrDoes) {
  for (int bits = SummationOrder::min_bits; bits <= SummationOrder::max_bits; ++bits) {
    PBitMpfr mpfr(bits);
    std::vector<double> numbers = extreme_numbers(bits);
    const std::vector<double> usual = p_bit_numbers(bits, 100, 11, 60);
    numbers.insert(numbers.end(), usual.begin(), usual.end());
    for (const double x : numbers) {
      for (const double y : numbers) {
        expect_same(p_bit_sum(x, y, bits), mpfr.sum(x, y), "sum", bits);
        expect_same(p_bit_product(x, y, bits), mpfr.product(x, y), "product", bits);
      }
    }
  }
}

/// A product by MPFR, in the stated order.
std::vector<double> by_mpfr(const std::vector<double>& a, const std::vector<double>& b,
                            const std::vector<double>& bias, const ProductShape& shape,
                            const SummationOrder& order) {
  PBitMpfr mpfr(order.bits);
  std::vector<double> result;
  for (std::int64_t i = 0; i < shape.rows; ++i) {
    for (std::int64_t j = 0; j < shape.columns; ++j) {
      const double of_bias = bias[static_cast<std::size_t>(j)];
      const double start = order.bias == BiasPlace::first ? of_bias : 0;
      double total = order.block == 0 ? 0 : start;
      double chain = order.block == 0 ? start : 0;
      for (std::int64_t k = 0; k < shape.terms; ++k) {
        chain = mpfr.sum(chain, mpfr.product(a[static_cast<std::size_t>(i * shape.terms + k)],
                                             b[static_cast<std::size_t>(k * shape.columns + j)]));
        if (order.block != 0 && ((k + 1) % order.block == 0 || k + 1 == shape.terms)) {
          total = mpfr.sum(total, chain);
          chain = 0;
        }
      }
      const double sum = order.block == 0 ? chain : total;
      result.push_back(order.bias == BiasPlace::last ? mpfr.sum(sum, of_bias) : sum);
    }
  }
  return result;
}

void expect_products_of_mpfr(const std::vector<double>& a, const std::vector<double>& b,
                             const std::vector<double>& bias, const ProductShape& shape,
                             const SummationOrder& order) {
  const std::vector<double> truth = by_mpfr(a, b, bias, shape, order);
  for (const InstructionSet set : available_instruction_sets()) {
    std::vector<double> result(truth.size());
    product<double>({a.data(), shape.terms, 1}, {b.data(), shape.columns, 1}, shape, bias.data(),
                    result.data(), order, {.instruction_set = set, .threads = 1});
    const auto different = first_difference(result, truth);
    EXPECT_FALSE(different) << order.bits << " bits, " << name(set) << ", element " << *different << ": "
                            << result[*different] << " instead of " << truth[*different];
  }
}

TEST(PBitProducts, AreThoseOfMpfrInEveryOrder) {
  const ProductShape shape{9, 20, 40};
  for (int bits = SummationOrder::min_bits; bits <= SummationOrder::max_bits; ++bits) {
    // Few exponents: sums cancel and end in ties. Many: terms lie far below the sum.
    for (const int exponents : {4, 60}) {
      const std::vector<double> a = p_bit_numbers(bits, 9 * 40, 21, exponents);
      const std::vector<double> b = p_bit_numbers(bits, 40 * 20, 22, exponents);
      const std::vector<double> bias = p_bit_numbers(bits, 20, 23, exponents);
      expect_products_of_mpfr(a, b, bias, shape, {.fma = false, .bits = bits});
      expect_products_of_mpfr(a, b, bias, shape,
                              {.fma = false, .block = 16, .bias = BiasPlace::first, .bits = bits});
    }
  }
}

TEST(PBitProducts, KeepTheSignOfZero) {
  // −0 alone is −0 only where the sum starts from a bias of −0.
  const ProductShape shape{1, 2, 2};
  for (const int bits : {20, 30}) {
    for (const BiasPlace place : {BiasPlace::first, BiasPlace::last}) {
      expect_products_of_mpfr({-1, 0}, {0, 0, 1, -1}, {-0.0, -0.0}, shape,
                              {.fma = false, .bias = place, .bits = bits});
    }
  }
}

TEST(PBitProducts, AreThoseOfMpfrAtTheEndsOfTheSafeRange) {
  // Factors of one size: within the range, around its ends, and where products leave the normal numbers.
  const ProductShape shape{3, 9, 8};
  for (const int bits : {8, 25, 26, 40}) {
    for (const int exponent : {-537, -520, -500, -410, -401, -400, -390, 390, 399, 400, 401, 500, 512}) {
      const auto scaled = [&](std::size_t count, std::uint64_t seed, int by) {
        std::vector<double> numbers = p_bit_numbers(bits, count, seed, 4);
        for (double& number : numbers) {
          number = std::ldexp(number, by);
        }
        return numbers;
      };
      // Without a bias, next to which small products would not show.
      expect_products_of_mpfr(scaled(24, 31, exponent), scaled(72, 32, exponent), std::vector<double>(9),
                              shape, {.fma = false, .bits = bits});
    }
  }
}

TEST(PBitProducts, AreThoseOfMpfrBeyondTheSafeRange) {
  const ProductShape shape{5, 12, 6};
  for (const int bits : {8, 13, 24, 25, 26, 40}) {
    std::vector<double> numbers = extreme_numbers(bits);
    const auto take = [&](std::size_t count, std::size_t step) {
      std::vector<double> taken = p_bit_numbers(bits, count, step, 10);
      for (std::size_t i = 0; i < count; i += 2) {
        taken[i] = numbers[i * step % numbers.size()];
      }
      return taken;
    };
    expect_products_of_mpfr(take(30, 5), take(72, 7), take(12, 11), shape, {.fma = false, .bits = bits});
  }
}

}  // namespace
}  // namespace relu0::kernels
