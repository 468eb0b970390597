#pragma once
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace relu0::reference {

/// Rows of a matrix product, read in place: element k of row i is values[outer[i] + inner[k]]. A
/// convolution's im2col matrix is such a view of the padded image, so it is never stored.
struct Operand {
  const Tensor& values;
  std::span<const std::int64_t> outer;
  std::span<const std::int64_t> inner;
};

/// Where element (i, j) of a product goes: values[left[i] + right[j]].
struct Target {
  Tensor& values;
  std::span<const std::int64_t> left;
  std::span<const std::int64_t> right;
};

enum class ProductKind {
  exact_slices,  ///< exact dgemms on integer residues: the default
  plain,         ///< MPFR, element by element: the specification
};

/// "exact-slices" or "plain".
std::string_view name(ProductKind kind);

struct ProductOptions {
  ProductKind kind = ProductKind::exact_slices;
  int threads = 1;
};

/// target(i, j) = round(Σ_k x(i, k) y(j, k) + addend[j]), at the target's precision p, with a radius;
/// `addend` may be null.
///
/// Both operands must be finite and of the target's precision. Returns true when every result is exact: the
/// operands' and the addend's radii are 0 and no result was rounded.
///
/// plain: midpoints are correctly rounded (mpfr_dot), radii Σ_k |x| r_y + r_x (|y| + r_y) + r_addend + half a
/// unit in the last place of what was rounded. exact_slices: midpoints within
///     |midpoint − sum| ≤ K 2^product_error_exponent(p) · max_k |x(i, k)| · max_k |y(j, k)| + 2^−p |sum|,
/// a bound on the input of one single rounding. Radii are those of plain, where what truncation dropped
/// counts as a part of r_x and r_y, with the sum bounded from above by exact dgemms on integers of q bits
/// (row_bounds.hpp): above it by at most K 2^(2 − q) of the products of the rows' largest |x|, r_y and r_x,
/// |y| + r_y. Rigorous: the ball holds the sums of all numbers in the operands' balls.
///
/// The result is a function of the operands alone: it depends neither on the BLAS, nor on threads, nor on the
/// order of the k.
///
/// Throws std::logic_error for non-finite elements and precisions that differ.
bool multiply(const Operand& x, const Operand& y, const Target& target, const Tensor* addend,
              const ProductOptions& options);

/// What truncating the operands to fixed_point_bits(p) can change, relative to
/// max_k |x(i, k)| · max_k |y(j, k)|, is K 2^product_error_exponent(p); 0 where nothing was truncated.
constexpr int product_error_exponent(int bits) { return -(bits + 8); }

/// The largest K = inner.size() that exact_slices takes: 2^24. Beyond it the moduli would be too few.
inline constexpr std::int64_t max_inner = std::int64_t{1} << 24;

/// Number of dgemm calls that exact_slices makes per block at `bits` and K.
int product_dgemms(std::int64_t inner, int bits);

}  // namespace relu0::reference
