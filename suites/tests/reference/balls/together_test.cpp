// What is known of all distances together: norms of matrices, and products of operands of which it is known.
#include "fixtures/random/split_mix64.hpp"
#include "reference/arithmetic/operator_norm.hpp"
#include "reference/arithmetic/real.hpp"
#include "suites/tests/reference/balls/effort.hpp"
#include "suites/tests/reference/matrices.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr int bits_of_matrices = 128;

std::vector<std::int64_t> steps(std::int64_t count, std::int64_t step) {
  std::vector<std::int64_t> result;
  for (std::int64_t i = 0; i < count; ++i) {
    result.push_back(i * step);
  }
  return result;
}

Radius norm_of(const Tensor& matrix) {
  const std::int64_t columns = matrix.shape()[1];
  const std::vector<std::int64_t> rows = steps(matrix.shape()[0], columns);
  const std::vector<std::int64_t> inner = steps(columns, 1);
  return operator_norm({matrix, rows, inner}, 1);
}

double uniform(SplitMix64& random) { return std::ldexp(static_cast<double>(random.next() >> 11), -52) - 1; }

Tensor random_matrix(std::int64_t rows, std::int64_t columns, SplitMix64& random) {
  return filled(bits_of_matrices, {rows, columns},
                [&](mpfr_ptr to, std::int64_t) { mpfr_set_d(to, uniform(random), MPFR_RNDN); });
}

/// Entries ±1, rows orthogonal (Sylvester): ‖H‖₂ = √n.
Tensor hadamard(std::int64_t n) {
  return filled(bits_of_matrices, {n, n}, [n](mpfr_ptr to, std::int64_t i) {
    mpfr_set_si(to, std::popcount(static_cast<std::uint64_t>(i / n & i % n)) % 2 == 0 ? 1 : -1, MPFR_RNDN);
  });
}

TEST(OperatorNorm, IsThatOfMatricesWhoseNormIsKnown) {
  for (const std::int64_t n : {1, 4, 64, 256}) {
    const double found = norm_of(hadamard(n)).to_double();
    EXPECT_GE(found, std::sqrt(n));
    // All singular values are the same: the bound's worst case, n^(1/16).
    EXPECT_LE(found, std::sqrt(n) * std::pow(n, 1.0 / 16) * (1 + 1e-5));
  }
  // u vᵀ has ‖u‖₂ ‖v‖₂ alone, in as many blocks as its shorter side takes.
  for (const auto& [rows, columns] : {std::pair<std::int64_t, std::int64_t>{3, 5}, {700, 2}, {600, 700}}) {
    const Tensor matrix =
        filled(bits_of_matrices, {rows, columns}, [columns = columns](mpfr_ptr to, std::int64_t i) {
          mpfr_set_si_2exp(to, (1 + i / columns) * (1 + i % columns), -300, MPFR_RNDN);
        });
    const auto squares = [](double n) { return n * (n + 1) * (2 * n + 1) / 6; };
    const double norm = std::sqrt(squares(static_cast<double>(rows)) * squares(static_cast<double>(columns)));
    const double found = norm_of(matrix).times_power_of_two(300).to_double();
    EXPECT_GE(found, norm * (1 - 1e-12)) << rows << " x " << columns;
    EXPECT_LE(found, norm * (1 + 1e-3)) << rows << " x " << columns;
  }
  EXPECT_TRUE(norm_of(Tensor(bits_of_matrices, {3, 4})).is_zero());
  Tensor unsure(bits_of_matrices, {1, 1});
  unsure.set_radius(0, Radius::above(1, -100));
  EXPECT_FALSE(norm_of(unsure).is_bounded());
}

/// ‖Wx‖₂ / ‖x‖₂ after power iteration is at most the norm, and near it.
TEST(OperatorNorm, IsNoLessThanPowerIterationFinds) {
  SplitMix64 random(61);
  for (const auto& [rows, columns] :
       {std::pair<std::int64_t, std::int64_t>{1, 1}, {7, 3}, {40, 200}, {520, 30}, {530, 540}}) {
    const Tensor matrix = random_matrix(rows, columns, random);
    const std::vector<double> w = to_doubles(matrix);
    std::vector<double> x(static_cast<std::size_t>(columns), 1.0);
    double found = 0;
    for (int iteration = 0; iteration < 60; ++iteration) {
      std::vector<double> next(x.size());
      double image = 0;
      for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
        double sum = 0;
        for (std::size_t k = 0; k < x.size(); ++k) {
          sum += w[row * x.size() + k] * x[k];
        }
        image += sum * sum;
        for (std::size_t k = 0; k < x.size(); ++k) {
          next[k] += w[row * x.size() + k] * sum;
        }
      }
      double before = 0;
      double after = 0;
      for (std::size_t k = 0; k < x.size(); ++k) {
        before += x[k] * x[k];
        after += next[k] * next[k];
      }
      found = std::sqrt(image / before);
      for (std::size_t k = 0; k < x.size(); ++k) {
        x[k] = next[k] / std::sqrt(after);
      }
    }
    const double bound = norm_of(matrix).to_double();
    EXPECT_GE(bound, found * (1 - 1e-12)) << rows << " x " << columns;
    // n^(1/16) ≤ 1.5, and two blocks count √2 at most.
    EXPECT_LE(bound, found * 1.5 * std::sqrt(2.0)) << rows << " x " << columns;
  }
}

/// The true x is off its midpoints by J in the direction of a row of y: all that Cauchy and Schwarz's
/// inequality allows.
TEST(ProductOfBallsKnownTogether, HoldsWhatTheWorstDirectionGives) {
  SplitMix64 random(62);
  constexpr std::int64_t inner = 60;
  for (int round = 0; round < 4 * test::effort(); ++round) {
    for (const int joint_exponent : {-20, -70, -130}) {
      MatrixProduct product(random_matrix(3, inner, random), random_matrix(4, inner, random));
      const Radius joint = Radius::above(1, joint_exponent);
      const Tensor without = product.multiply(bits_of_matrices, {});
      for (std::int64_t i = 0; i < product.x.size(); ++i) {
        product.x.set_radius(i, joint);
      }
      const Tensor by_radii = product.multiply(bits_of_matrices, {});
      product.x.set_joint_radius(joint);
      const Tensor balls = product.multiply(bits_of_matrices, {});
      for (std::int64_t row = 0; row < product.rows; ++row) {
        for (std::int64_t column = 0; column < product.columns; ++column) {
          const std::int64_t to = row * product.columns + column;
          Real squares(200);
          for (std::int64_t k = 0; k < inner; ++k) {
            const Tensor::View y = product.y[column * inner + k];
            mpfr_fma(squares, y, y, squares, MPFR_RNDZ);
          }
          // Σ (x + e) y with e = J y / ‖y‖: Σ x y + J ‖y‖.
          mpfr_sqrt(squares, squares, MPFR_RNDZ);
          mpfr_mul_2si(squares, squares, joint_exponent, MPFR_RNDZ);
          Real truth(600);
          mpfr_add(truth, without[to], squares, MPFR_RNDZ);
          // `without` is rounded itself, by what its radius says.
          EXPECT_TRUE(contains({balls[to], balls.radius(to) + without.radius(to)}, truth))
              << joint_exponent << ": " << row << ", " << column;
          EXPECT_LE(balls.radius(to), by_radii.radius(to));
          // Not even a hundredth more holds as much: the radius is no wider than the inequality.
          if (joint_exponent > -100) {
            mpfr_mul_d(squares, squares, 1.01, MPFR_RNDA);
            mpfr_add(truth, without[to], squares, MPFR_RNDA);
            EXPECT_FALSE(contains(balls[to], truth));
            EXPECT_LT(balls.radius(to), by_radii.radius(to));
          }
        }
      }
    }
  }
}

TEST(Radius, HasARootAboveItsOwn) {
  SplitMix64 random(63);
  for (int round = 0; round < 20'000; ++round) {
    const Radius square =
        Radius::above(random.next() >> 32 | 1, static_cast<std::int64_t>(random.next() % 2001) - 1000);
    const Radius root = square.square_root();
    EXPECT_GE(root * root, square);
    EXPECT_LE(root.times_power_of_two(-1) * root.times_power_of_two(-1), square.times_power_of_two(-1));
    Real x(96);
    Real y(96);
    square.get(x);
    root.get(y);
    mpfr_sqrt(x, x, MPFR_RNDN);
    mpfr_mul_d(x, x, 1 + 0x1p-28, MPFR_RNDA);
    EXPECT_TRUE(mpfr_lessequal_p(y, x) != 0);
  }
  EXPECT_TRUE(Radius{}.square_root().is_zero());
  EXPECT_FALSE(Radius::unbounded().square_root().is_bounded());
}

}  // namespace
}  // namespace relu0::reference
