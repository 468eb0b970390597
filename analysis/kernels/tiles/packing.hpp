#pragma once
// Private to analysis.
#include "analysis/kernels/tiles/aligned_array.hpp"
#include "analysis/kernels/tiles/operand.hpp"

#include <cstdint>

namespace relu0::kernels {

/// The left factor of products as tiles take it: for each `rows()` lines, term by term.
template <typename T>
class PackedRows {
 public:
  PackedRows(const Operand<T>& rows, int tile_rows);

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t terms() const { return terms_; }
  [[nodiscard]] std::int64_t tiles() const { return (rows_ + tile_rows_ - 1) / tile_rows_; }
  /// Those of one tile from a term on.
  [[nodiscard]] const T* tile(std::int64_t tile, std::int64_t term) const {
    return packed_.data() + (tile * terms_ + term) * tile_rows_;
  }

 private:
  std::int64_t rows_;
  std::int64_t terms_;
  int tile_rows_;
  AlignedArray<T> packed_;
};

/// Packs the columns of a factor, which outlives the object.
template <typename T>
class ColumnPacker {
 public:
  explicit ColumnPacker(const Operand<T>& columns)
      : columns_(&columns), terms_adjoin_(are_adjoining(columns.terms)) {}

  /// Writes the columns first … first + columns of the factor, term by term, as tiles take them; 0 for those
  /// that it lacks.
  void pack(std::int64_t first_column, int tile_columns, std::int64_t first_term, std::int64_t terms,
            T* packed) const;

 private:
  const Operand<T>* columns_;
  bool terms_adjoin_;
};

}  // namespace relu0::kernels
