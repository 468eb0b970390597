#pragma once
#include "reference/arithmetic/exact/fixed_point.hpp"
#include "reference/arithmetic/product.hpp"
#include "reference/arithmetic/radius.hpp"

#include <cstdint>
#include <vector>

namespace relu0::reference {

/// q, the bits of the integers that stand for magnitudes and radii in a product over K elements: the most
/// with K 2^(2q) ≤ 2^53, 26 at most and 14 for the largest K. Sums of K products of them are exact in
/// doubles, in any order: radii depend neither on the BLAS nor on threads.
int row_bound_bits(std::int64_t inner);

/// The scales of one row of bounds.
struct RowScale {
  std::int32_t magnitude = no_exponent;  ///< magnitudes are integers · 2^(magnitude − q)
  std::int32_t radius = no_exponent;     ///< and radii 2^(radius − q); no_exponent where all of them are 0
  bool unbounded = false;                ///< some radius has no bound
  Radius norm{};                         ///< a bound of the magnitudes' 2-norm
};

/// What is known of the elements of rows [first, first + rows) of an operand besides their integers X: bounds
/// of |x| and of the distance of X from the true numbers, each rounded up to an integer of q bits relative to
/// the largest of its row, 0 for 0. The distance is the element's radius and what truncation dropped, 2^(E −
/// W) where it dropped anything: an element that is exactly 0 stays so, and so does a sum of which every
/// product has such a factor.
struct RowBounds {
  Buffer magnitudes{};             ///< rows × K
  Buffer radii{};                  ///< rows × K, where has_radii
  std::vector<RowScale> scales{};  ///< by row
  bool has_radii = false;          ///< whether any row has a radius, or one without bound

  /// Makes room for `rows` rows.
  void make_room(std::int64_t rows, std::int64_t inner);
};

/// Whether magnitudes are wanted, and of what.
enum class Magnitudes {
  none,
  of_midpoints,       ///< |x|
  with_their_radius,  ///< |x| and the distance of X from the true number
};

/// Fills in rows [at, at + rows) of `bounds`, which has room for them, from what extract_digits() found of
/// rows [first, first + rows) of the operand; returns whether any of them has a radius. The radii of rows
/// that have none are 0 only after clear_rows_without_radii().
bool set_row_bounds(const Operand& operand, const Digits& digits, std::span<const std::int32_t> exponents,
                    std::int64_t first, std::int64_t rows, Magnitudes wanted, std::int64_t at,
                    RowBounds& bounds);

void clear_rows_without_radii(std::int64_t inner, RowBounds& bounds);

}  // namespace relu0::reference
