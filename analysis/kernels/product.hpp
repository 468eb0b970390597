#pragma once
#include "analysis/kernels/instruction_set.hpp"
#include "analysis/kernels/kernel_choice.hpp"

#include <cstdint>

namespace relu0::kernels {

/// Extents of C = A · B: C is rows × columns, A rows × terms, B terms × columns.
struct ProductShape {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t terms;
};

/// Element (i, j) is data[i · row_stride + j · column_stride].
template <typename T>
struct MatrixView {
  const T* data;
  std::int64_t row_stride;
  std::int64_t column_stride;

  [[nodiscard]] MatrixView transposed() const { return {data, column_stride, row_stride}; }
};

/// C = A · B + bias, with T float or double. `bias`: one number for each column, or null. C is written
/// row-major, without gaps, and overlaps nothing.
///
/// Element (i, j) is a sum over the terms 0, 1, … in the order that `order` states. Its bits depend on row i,
/// column j, the bias and the order only: on no other row or column, nor on `execution`. NaNs are
/// all written as the one quiet NaN of std::numeric_limits. With `order.bits`, T is double and every operand
/// and bias a number of so many bits, else std::invalid_argument is thrown; so it is for an instruction set
/// that this processor lacks.
template <typename T>
void product(const MatrixView<T>& a, const MatrixView<T>& b, const ProductShape& shape, const T* bias, T* c,
             const SummationOrder& order, const Execution& execution = {});

}  // namespace relu0::kernels
