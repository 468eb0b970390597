#pragma once
// Private to analysis.
#include "analysis/kernels/instruction_set.hpp"
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/kernels/tiles/aligned_array.hpp"
#include "analysis/kernels/tiles/packing.hpp"
#include "analysis/kernels/tiles/tile_functions.hpp"

#include <cstdint>
#include <span>

namespace relu0::kernels {

/// The tile functions that carry out one order of operations with one instruction set.
template <typename T>
class TileArithmetic {
 public:
  /// Throws std::invalid_argument for an instruction set that the processor lacks, and `bits` of floats.
  TileArithmetic(const SummationOrder& order, InstructionSet set);

  [[nodiscard]] const SummationOrder& order() const { return order_; }
  [[nodiscard]] int rows() const { return functions_->rows; }
  [[nodiscard]] int columns() const { return functions_->columns; }

  /// Chooses the code for operands out of the safe range of p-bit arithmetic, where one of them is; every
  /// operand of the products to come has to be given.
  void look_at(std::span<const T> operands);
  void look_at_bias(std::span<const T> bias);

  /// Continues the chains of a tile by one term after the other.
  void add_terms(const T* rows, const T* columns, std::int64_t terms, T* sums) const;
  /// x + y in this arithmetic.
  [[nodiscard]] T sum(T x, T y) const;

 private:
  SummationOrder order_;
  const TileFunctions<T>* functions_;
  TileFunction<T> function_;
  bool any_operand_ = false;  ///< p-bit operands out of the safe range
};

/// What is added to every element of a product: that of row r and column c is
/// values[r · row_stride + c · column_stride], of values that may be missing.
template <typename T>
struct Bias {
  const T* values = nullptr;
  std::int64_t row_stride = 0;
  std::int64_t column_stride = 0;
};

/// The chains of all rows in `columns()` columns of a product.
template <typename T>
class ColumnChains {
 public:
  ColumnChains(const TileArithmetic<T>& arithmetic, const PackedRows<T>& rows);

  /// Begins new chains in `columns` columns, from the bias where the order says so.
  void start(const Bias<T>& bias, std::int64_t columns);
  /// Continues all chains by the next terms.
  void add(const T* packed_columns, std::int64_t terms);
  /// Ends them, with the bias where the order has it last. Every NaN is the same one from here on: which one
  /// an operation returns for two depends on the instruction.
  void finish(const Bias<T>& bias, std::int64_t columns);
  /// The elements of a row, one after the other.
  [[nodiscard]] T* row(std::int64_t row) const { return sums().data() + row * arithmetic_->columns(); }

 private:
  /// Where the value lies that becomes the result.
  [[nodiscard]] const AlignedArray<T>& sums() const { return in_blocks_ ? totals_ : chains_; }
  void end_block(std::int64_t tile);

  const TileArithmetic<T>* arithmetic_;
  const PackedRows<T>* rows_;
  bool in_blocks_;
  std::int64_t tile_size_;
  AlignedArray<T> chains_;  ///< of the block in hand
  AlignedArray<T> totals_;  ///< of the blocks before it
  std::int64_t term_ = 0;
};

}  // namespace relu0::kernels
