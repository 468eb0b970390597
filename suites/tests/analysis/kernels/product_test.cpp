#include "analysis/kernels/product.hpp"

#include "suites/tests/analysis/kernels/ordered_sum.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace relu0::kernels {
namespace {

/// Row-major A: rows × terms, B: terms × columns.
template <typename T>
struct Factors {
  ProductShape shape;
  std::vector<T> a;
  std::vector<T> b;
  std::vector<T> bias;
};

template <typename T>
Factors<T> clean_factors(const ProductShape& shape) {
  const auto [rows, columns, terms] = shape;
  return {shape, clean_numbers<T>(static_cast<std::size_t>(rows * terms), 1),
          clean_numbers<T>(static_cast<std::size_t>(terms * columns), 2),
          clean_numbers<T>(static_cast<std::size_t>(columns), 3)};
}

template <typename T>
Factors<T> dirty_factors(const ProductShape& shape) {
  const auto [rows, columns, terms] = shape;
  // So rare that some sums stay finite.
  const auto rare = static_cast<std::uint64_t>(4 * terms);
  return {shape, dirty_numbers<T>(static_cast<std::size_t>(rows * terms), 4, rare),
          dirty_numbers<T>(static_cast<std::size_t>(terms * columns), 5, rare),
          dirty_numbers<T>(static_cast<std::size_t>(columns), 6, 3)};
}

template <typename T>
std::vector<T> expected(const Factors<T>& f, bool bias, const SummationOrder& order) {
  std::vector<T> result;
  for (std::int64_t i = 0; i < f.shape.rows; ++i) {
    for (std::int64_t j = 0; j < f.shape.columns; ++j) {
      std::vector<Term<T>> terms;
      for (std::int64_t k = 0; k < f.shape.terms; ++k) {
        terms.push_back({f.a[static_cast<std::size_t>(i * f.shape.terms + k)],
                         f.b[static_cast<std::size_t>(k * f.shape.columns + j)]});
      }
      result.push_back(ordered_sum(
          terms, bias ? std::optional(f.bias[static_cast<std::size_t>(j)]) : std::nullopt, order));
    }
  }
  return result;
}

template <typename T>
std::vector<T> computed(const Factors<T>& f, bool bias, const SummationOrder& order,
                        const Execution& execution) {
  std::vector<T> result(static_cast<std::size_t>(f.shape.rows * f.shape.columns));
  product<T>({f.a.data(), f.shape.terms, 1}, {f.b.data(), f.shape.columns, 1}, f.shape,
             bias ? f.bias.data() : nullptr, result.data(), order, execution);
  return result;
}

template <typename T>
void expect_stated_order(const Factors<T>& factors, const SummationOrder& order) {
  for (const bool bias : {true, false}) {
    const std::vector<T> truth = expected(factors, bias, order);
    for (const Execution& execution : executions()) {
      const auto different = first_difference(computed(factors, bias, order, execution), truth);
      EXPECT_FALSE(different) << text_of(execution, order) << ", " << factors.shape.rows << " x "
                              << factors.shape.columns << " x " << factors.shape.terms << ", element "
                              << *different;
    }
  }
}

template <typename T>
class PortableProduct : public testing::Test {};
using Formats = testing::Types<float, double>;
TYPED_TEST_SUITE(PortableProduct, Formats);

TYPED_TEST(PortableProduct, HasTheBitsOfItsDefinitionInEveryOrderAndWithEveryInstructionSet) {
  // No multiples of a tile, and more terms than are packed at once.
  for (const ProductShape shape : {ProductShape{1, 1, 1}, {5, 3, 65}, {9, 50, 20}, {3, 35, 1100}}) {
    for (const SummationOrder& order : summation_orders()) {
      expect_stated_order(clean_factors<TypeParam>(shape), order);
    }
  }
}

TYPED_TEST(PortableProduct, HasTheBitsOfItsDefinitionForDirtyNumbers) {
  const Factors<TypeParam> factors = dirty_factors<TypeParam>({17, 50, 70});
  for (const SummationOrder& order : summation_orders()) {
    expect_stated_order(factors, order);
  }
}

TYPED_TEST(PortableProduct, OfNoTermsIsTheBias) {
  const Factors<TypeParam> factors = clean_factors<TypeParam>({2, 3, 0});
  expect_stated_order(factors, {});
  expect_stated_order(factors, {.block = 4, .bias = BiasPlace::first});
}

TYPED_TEST(PortableProduct, HasTheBitsOfEachRowWhateverTheOtherRowsAre) {
  const Factors<TypeParam> all = dirty_factors<TypeParam>({256, 37, 90});
  for (const SummationOrder& order : {SummationOrder{}, {.fma = false, .block = 16}}) {
    const std::vector<TypeParam> of_all = computed(all, true, order, {});
    for (const std::int64_t rows : {1, 100}) {
      Factors<TypeParam> fewer = all;
      fewer.shape.rows = rows;
      const std::vector<TypeParam> first(of_all.begin(), of_all.begin() + rows * all.shape.columns);
      EXPECT_FALSE(first_difference(computed(fewer, true, order, {}), first)) << rows;
    }
  }
}

TYPED_TEST(PortableProduct, ReadsItsFactorsWhateverTheirStrides) {
  const Factors<TypeParam> f = clean_factors<TypeParam>({6, 40, 30});
  const auto [rows, columns, terms] = f.shape;
  std::vector<TypeParam> a(f.a.size());
  std::vector<TypeParam> b(f.b.size());
  for (std::int64_t k = 0; k < terms; ++k) {
    for (std::int64_t i = 0; i < rows; ++i) {
      a[static_cast<std::size_t>(k * rows + i)] = f.a[static_cast<std::size_t>(i * terms + k)];
    }
    for (std::int64_t j = 0; j < columns; ++j) {
      b[static_cast<std::size_t>(j * terms + k)] = f.b[static_cast<std::size_t>(k * columns + j)];
    }
  }
  std::vector<TypeParam> result(static_cast<std::size_t>(rows * columns));
  const MatrixView<TypeParam> stored_by_columns{a.data(), rows, 1};
  product<TypeParam>(stored_by_columns.transposed(), {b.data(), 1, terms}, f.shape, f.bias.data(),
                     result.data(), {});
  EXPECT_FALSE(first_difference(result, expected(f, true, {})));
}

TEST(PortableProductErrors, AreBitsOfFloatsAndOperandsOfMoreBits) {
  const Factors<float> floats = clean_factors<float>({2, 2, 2});
  EXPECT_THROW((void)computed(floats, true, {.fma = false, .bits = 20}, {}), std::invalid_argument);
  const Factors<double> doubles = clean_factors<double>({2, 2, 2});
  EXPECT_THROW((void)computed(doubles, true, {.fma = false, .bits = 20}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace relu0::kernels
