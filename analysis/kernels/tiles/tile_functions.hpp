#pragma once
// Private to analysis. The sources that are compiled for an instruction set include this header and nothing
// else with inline functions: the linker might keep those of theirs for the whole program.
#include <cstdint>

namespace relu0::kernels {

/// Continues the chains of one tile of a product by `terms` terms. rows: terms × rows; columns: terms ×
/// columns; sums: rows × columns, read and written. bits: of the p-bit functions only.
template <typename T>
using TileFunction = void (*)(const T* rows, const T* columns, std::int64_t terms, T* sums, int bits);

/// The innermost loops of the portable kernels, vectorised over the columns of a tile, never over terms.
template <typename T>
struct TileFunctions {
  int rows;                  ///< of a tile
  int columns;               ///< of a tile
  TileFunction<T> fused;     ///< sum = fma(row, column, sum)
  TileFunction<T> separate;  ///< sum = sum + row · column, each rounded
  /// @name Each product and sum rounded to p bits, for operands and sums of p bits in the safe range
  /// (p_bit.hpp); for double only
  /// @{
  TileFunction<T> few_bits;   ///< p ≤ few_bits_at_most
  TileFunction<T> many_bits;  ///< larger p
  /// @}
};

/// Up to here the products of p-bit numbers are exact in binary64, and rounding their sum to binary64 first
/// does not change what it is rounded to (53 ≥ 2p + 2).
inline constexpr int few_bits_at_most = 25;

extern const TileFunctions<float> baseline_floats;
extern const TileFunctions<double> baseline_doubles;
#ifdef __x86_64__
extern const TileFunctions<float> avx2_floats;
extern const TileFunctions<double> avx2_doubles;
extern const TileFunctions<float> avx512_floats;
extern const TileFunctions<double> avx512_doubles;
#endif

}  // namespace relu0::kernels
