// `multiply` against Eigen's own product of matrices of MPFR numbers.
#include "fixtures/random/split_mix64.hpp"
#include "reference/arithmetic/product.hpp"
#include "suites/tests/reference/matrices.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <Eigen/Core>
#include <boost/multiprecision/eigen.hpp>
#include <boost/multiprecision/mpfr.hpp>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr std::uint64_t oracle_product_seed = 20261126;
constexpr std::int64_t rows = 4;
constexpr std::int64_t columns = 5;
constexpr std::int64_t inner = 33;

/// 1,500 digits: 4,982 bits, beyond the reference's most.
using Wide = boost::multiprecision::number<boost::multiprecision::mpfr_float_backend<1500>,
                                           boost::multiprecision::et_off>;
using WideMatrix = Eigen::Matrix<Wide, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr int wide_bits = 4980;

/// ± a significand of random bits, times 2^e for e uniform in ±spread.
Tensor random_tensor(int bits, Shape shape, SplitMix64& random, int spread) {
  return filled(bits, std::move(shape), [&](mpfr_ptr number, std::int64_t /*i*/) {
    mpfr_set_zero(number, 1);
    for (int done = 0; done < bits; done += 32) {
      mpfr_mul_2ui(number, number, 32, MPFR_RNDZ);
      mpfr_add_ui(number, number, static_cast<unsigned long>(random.next() >> 32), MPFR_RNDZ);
    }
    const auto shift = static_cast<long>(random.next() % static_cast<std::uint64_t>(2 * spread + 1));
    mpfr_mul_2si(number, number, shift - spread - bits, MPFR_RNDN);
    if ((random.next() & 1) != 0) {
      mpfr_neg(number, number, MPFR_RNDN);
    }
  });
}

WideMatrix widened(const Tensor& tensor) {
  WideMatrix result(tensor.shape()[0], tensor.shape()[1]);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    EXPECT_EQ(mpfr_set(result.data()[i].backend().data(), tensor[i], MPFR_RNDN), 0);
  }
  return result;
}

class ProductOracle : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(ProductOracle, HoldsBothProducts) {
  const auto [bits, spread] = GetParam();
  SplitMix64 random(oracle_product_seed);
  const MatrixProduct product(random_tensor(bits, {rows, inner}, random, spread),
                              random_tensor(bits, {columns, inner}, random, spread));
  const WideMatrix x = widened(product.x);
  const WideMatrix y = widened(product.y);
  const WideMatrix sums = x * y.transpose();
  const WideMatrix magnitudes = x.cwiseAbs() * y.cwiseAbs().transpose();
  const auto power = [](int exponent) { return ldexp(Wide(1), exponent); };
  for (const ProductKind kind : {ProductKind::exact_slices, ProductKind::plain}) {
    const WideMatrix results = widened(product.multiply(bits, {.kind = kind}));
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        // The bound of product.hpp, and K + 1 roundings of the oracle itself.
        Wide bound = power(-bits) * abs(sums(i, j)) + (inner + 1) * power(-wide_bits) * magnitudes(i, j);
        if (kind == ProductKind::exact_slices) {
          bound += inner * power(product_error_exponent(bits)) * x.row(i).cwiseAbs().maxCoeff() *
                   y.row(j).cwiseAbs().maxCoeff();
        }
        EXPECT_LE(abs(results(i, j) - sums(i, j)), bound) << name(kind) << ", row " << i << ", column " << j;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(BitsAndSpreads, ProductOracle,
                         testing::Values(std::pair(24, 0), std::pair(53, 0), std::pair(64, 20),
                                         std::pair(128, 0), std::pair(128, 100), std::pair(192, 0),
                                         std::pair(512, 300), std::pair(4096, 10)),
                         [](const auto& instance) {
                           return std::to_string(instance.param.first) + "BitsSpread" +
                                  std::to_string(instance.param.second);
                         });

}  // namespace
}  // namespace relu0::reference
