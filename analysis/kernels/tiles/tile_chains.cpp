#include "analysis/kernels/tiles/tile_chains.hpp"

#include "analysis/kernels/p_bit.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace relu0::kernels {

namespace {

template <typename T>
const TileFunctions<T>& functions_for(InstructionSet set) {
  const auto& available = available_instruction_sets();
  if (std::find(available.begin(), available.end(), set) == available.end()) {
    throw std::invalid_argument("this processor lacks the instruction set that was asked for");
  }
#ifdef __x86_64__
  if constexpr (std::is_same_v<T, float>) {
    return set == InstructionSet::avx512 ? avx512_floats
           : set == InstructionSet::avx2 ? avx2_floats
                                         : baseline_floats;
  } else {
    return set == InstructionSet::avx512 ? avx512_doubles
           : set == InstructionSet::avx2 ? avx2_doubles
                                         : baseline_doubles;
  }
#else
  if constexpr (std::is_same_v<T, float>) {
    return baseline_floats;
  } else {
    return baseline_doubles;
  }
#endif
}

template <typename T>
TileFunction<T> function_for(const TileFunctions<T>& functions, const SummationOrder& order) {
  if (order.bits != 0) {
    return order.bits <= few_bits_at_most ? functions.few_bits : functions.many_bits;
  }
  return order.fma ? functions.fused : functions.separate;
}

}  // namespace

template <typename T>
TileArithmetic<T>::TileArithmetic(const SummationOrder& order, InstructionSet set)
    : order_(order), functions_(&functions_for<T>(set)), function_(function_for(*functions_, order)) {
  if (function_ == nullptr) {
    throw std::invalid_argument("p-bit numbers are carried in double");
  }
}

template <typename T>
void TileArithmetic<T>::look_at(std::span<const T> operands) {
  if constexpr (std::is_same_v<T, double>) {
    if (order_.bits != 0) {
      OperandRange range;
      range.include(operands, order_.bits);
      any_operand_ = any_operand_ || !range.safe();
    }
  }
}

template <typename T>
void TileArithmetic<T>::look_at_bias(std::span<const T> bias) {
  look_at(bias);
  if constexpr (std::is_same_v<T, double>) {
    if (order_.bits != 0 && order_.bias == BiasPlace::first) {
      OperandRange range;
      range.include_starts(bias);
      any_operand_ = any_operand_ || !range.safe();
    }
  }
}

template <typename T>
void TileArithmetic<T>::add_terms(const T* rows, const T* columns, std::int64_t terms, T* sums) const {
  if constexpr (std::is_same_v<T, double>) {
    if (any_operand_) {
      p_bit_tile(functions_->rows, functions_->columns, rows, columns, terms, sums, order_.bits);
      return;
    }
  }
  function_(rows, columns, terms, sums, order_.bits);
}

template <typename T>
T TileArithmetic<T>::sum(T x, T y) const {
  if constexpr (std::is_same_v<T, double>) {
    if (order_.bits != 0) {
      return p_bit_sum(x, y, order_.bits);
    }
  }
  return x + y;
}

template <typename T>
ColumnChains<T>::ColumnChains(const TileArithmetic<T>& arithmetic, const PackedRows<T>& rows)
    : arithmetic_(&arithmetic),
      rows_(&rows),
      in_blocks_(arithmetic.order().block != 0),
      tile_size_(std::int64_t{arithmetic.rows()} * arithmetic.columns()),
      chains_(rows.tiles() * tile_size_),
      totals_(in_blocks_ ? rows.tiles() * tile_size_ : 0) {}

template <typename T>
void ColumnChains<T>::start(const Bias<T>& bias, std::int64_t columns) {
  std::fill(chains_.all().begin(), chains_.all().end(), T{0});
  std::fill(totals_.all().begin(), totals_.all().end(), T{0});
  term_ = 0;
  if (bias.values == nullptr || arithmetic_->order().bias == BiasPlace::last) {
    return;
  }
  for (std::int64_t r = 0; r < rows_->rows(); ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      row(r)[c] = bias.values[r * bias.row_stride + c * bias.column_stride];
    }
  }
}

template <typename T>
void ColumnChains<T>::end_block(std::int64_t tile) {
  T* total = totals_.data() + tile * tile_size_;
  T* chain = chains_.data() + tile * tile_size_;
  for (std::int64_t i = 0; i < tile_size_; ++i) {
    total[i] = arithmetic_->sum(total[i], chain[i]);
    chain[i] = 0;
  }
}

template <typename T>
void ColumnChains<T>::add(const T* packed_columns, std::int64_t terms) {
  const std::int64_t block =
      in_blocks_ ? arithmetic_->order().block : std::numeric_limits<std::int64_t>::max();
  for (std::int64_t tile = 0; tile < rows_->tiles(); ++tile) {
    for (std::int64_t k = 0; k < terms;) {
      const std::int64_t left_of_block = block - (term_ + k) % block;
      const std::int64_t run = std::min(left_of_block, terms - k);
      arithmetic_->add_terms(rows_->tile(tile, term_ + k), packed_columns + k * arithmetic_->columns(), run,
                             chains_.data() + tile * tile_size_);
      k += run;
      if (run == left_of_block) {
        end_block(tile);
      }
    }
  }
  term_ += terms;
}

template <typename T>
void ColumnChains<T>::finish(const Bias<T>& bias, std::int64_t columns) {
  if (in_blocks_ && term_ % arithmetic_->order().block != 0) {
    for (std::int64_t tile = 0; tile < rows_->tiles(); ++tile) {
      end_block(tile);
    }
  }
  const bool add = bias.values != nullptr && arithmetic_->order().bias == BiasPlace::last;
  for (std::int64_t r = 0; r < rows_->rows(); ++r) {
    T* sums = row(r);
    for (std::int64_t c = 0; add && c < columns; ++c) {
      sums[c] = arithmetic_->sum(sums[c], bias.values[r * bias.row_stride + c * bias.column_stride]);
    }
    for (std::int64_t c = 0; c < columns; ++c) {
      sums[c] = sums[c] == sums[c] ? sums[c] : std::numeric_limits<T>::quiet_NaN();
    }
  }
}

template class TileArithmetic<float>;
template class TileArithmetic<double>;
template class ColumnChains<float>;
template class ColumnChains<double>;

}  // namespace relu0::kernels
