#include "reference/arithmetic/operator_norm.hpp"

#include "reference/arithmetic/blas.hpp"
#include "reference/arithmetic/exact/integer_shift.hpp"
#include "reference/arithmetic/exact/row_bounds.hpp"
#include "reference/arithmetic/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace relu0::reference {

namespace {

constexpr std::int64_t block_rows = 512;
constexpr int squarings = 3;

/// Integers times 2^exponent, row-major.
struct Integers {
  std::int64_t rows;
  std::int64_t columns;
  std::vector<double> values;
  std::int64_t exponent = 0;
};

/// W Wᵀ, exactly: all integers of W are of row_bound_bits(columns) bits.
Integers gram(const Integers& w, int threads) {
  Integers result{.rows = w.rows,
                  .columns = w.rows,
                  .values = std::vector<double>(static_cast<std::size_t>(w.rows * w.rows)),
                  .exponent = 2 * w.exponent};
  // Not by the BLAS's own threads, which keep a core busy for a while after they have nothing left to do.
  parallel_for(threads, w.rows, (w.rows + threads - 1) / threads, [&](std::int64_t first, std::int64_t last) {
    multiply_transposed(last - first, w.rows, w.columns, w.values.data() + first * w.columns, w.values.data(),
                        result.values.data() + first * w.rows);
  });
  return result;
}

/// A bound of what rounding to integers adds to the 2-norm, in units.
Radius of_rounding(const Integers& w) {
  return Radius::above(static_cast<std::uint64_t>(w.rows * w.columns), -2).square_root();
}

/// Rounds to integers of row_bound_bits(columns) bits. Their factor must be a power of two, so that the
/// rounding to an integer is the only one.
void shorten(Integers& w) {
  double largest = 0;
  for (const double value : w.values) {
    largest = std::max(largest, std::fabs(value));
  }
  if (largest == 0) {
    return;
  }
  const int shift = row_bound_bits(w.columns) - (std::ilogb(largest) + 1);
  const double factor = std::ldexp(1.0, shift);
  for (double& value : w.values) {
    value = (value * factor + integer_shift) - integer_shift;
  }
  w.exponent -= shift;
}

Radius frobenius_norm(const Integers& w) {
  Radius squares;
  for (const double value : w.values) {
    const Radius magnitude = Radius::above_magnitude(value);
    squares += magnitude * magnitude;
  }
  return squares.square_root().times_power_of_two(w.exponent);
}

/// ‖W‖₂ of W rounded to integers: √‖W Wᵀ‖₂.
Radius norm_of_rows(const Integers& w, int threads) {
  std::vector<Radius> roundings;
  Integers power = gram(w, threads);
  for (int i = 0; i < squarings; ++i) {
    shorten(power);
    roundings.push_back(of_rounding(power).times_power_of_two(power.exponent));
    power = gram(power, threads);
  }
  // power = P² of the last rounded P, ‖P‖ = √‖P²‖, and what P was rounded from has ‖P‖ and the rounding.
  Radius result = frobenius_norm(power);
  for (int i = squarings - 1; i >= 0; --i) {
    result = result.square_root() + roundings[static_cast<std::size_t>(i)];
  }
  return result.square_root();
}

/// Rows [first, first + rows) of a matrix, or columns where `transposed`, in units of 2^(largest − q), to
/// which they are truncated towards 0: an element, below 2^largest, is off by less than a unit.
Integers truncated(const Operand& matrix, bool transposed, std::int64_t first, std::int64_t rows, int q,
                   std::int64_t largest, int threads) {
  const Tensor& values = matrix.values;
  const auto columns = static_cast<std::int64_t>((transposed ? matrix.outer : matrix.inner).size());
  Integers block{.rows = rows,
                 .columns = columns,
                 .values = std::vector<double>(static_cast<std::size_t>(rows * columns)),
                 .exponent = largest - q};
  const std::int64_t grain = std::max<std::int64_t>(1, (1 << 15) / columns);
  parallel_for(threads, rows, grain, [&](std::int64_t begin, std::int64_t end) {
    double* to = block.values.data() + begin * columns;
    for (std::int64_t row = first + begin; row < first + end; ++row) {
      for (std::int64_t column = 0; column < columns; ++column) {
        const std::int64_t index = matrix.outer[static_cast<std::size_t>(transposed ? column : row)] +
                                   matrix.inner[static_cast<std::size_t>(transposed ? row : column)];
        const std::int64_t shift = values.is_regular(index) ? 64 - q + largest - values.exponent(index) : 64;
        const auto magnitude = static_cast<double>(
            shift < 64 ? values.significand(index)[values.limbs_per_element() - 1] >> shift : 0);
        *to++ = values.is_negative(index) ? -magnitude : magnitude;
      }
    }
  });
  return block;
}

}  // namespace

Radius operator_norm(const Operand& matrix, int threads) {
  if (!matrix.values.is_exact()) {
    return Radius::unbounded();
  }
  const std::vector<std::int32_t> exponents = row_exponents(matrix, threads);
  const std::int64_t largest =
      exponents.empty() ? no_exponent : *std::max_element(exponents.begin(), exponents.end());
  if (largest == no_exponent) {
    return {};
  }
  const auto rows = static_cast<std::int64_t>(matrix.outer.size());
  const auto columns = static_cast<std::int64_t>(matrix.inner.size());
  const std::int64_t short_side = std::min(rows, columns);
  const int q = row_bound_bits(std::max(rows, columns));
  Radius squares;
  const OneBlasThread one_blas_thread;
  for (std::int64_t first = 0; first < short_side; first += block_rows) {
    const Integers block = truncated(matrix, columns < rows, first, std::min(block_rows, short_side - first),
                                     q, largest, threads);
    // Twice what rounding to nearest may add.
    const Radius norm =
        norm_of_rows(block, threads) + of_rounding(block).times_power_of_two(block.exponent + 1);
    squares += norm * norm;
  }
  return squares.square_root();
}

}  // namespace relu0::reference
