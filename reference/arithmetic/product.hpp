#pragma once
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>
#include <memory>
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

/// Memory that products which follow one another reuse, since fresh memory costs them up to a fifth of their
/// time. Several may use one at the same time.
class ProductWorkspace;
std::shared_ptr<ProductWorkspace> make_product_workspace();

struct ProductOptions {
  ProductKind kind = ProductKind::exact_slices;
  int threads = 1;
  std::shared_ptr<ProductWorkspace> workspace{};  ///< null: each product has memory of its own
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
/// |y| + r_y. Where something is known of the distances of an operand's elements together, with a bound J of
/// their 2-norm (Tensor::joint_radius()), and Cauchy and Schwarz's inequality gives less for an element,
///     ‖x(i, ·)‖ J_y + J_x (‖y(j, ·)‖ + J_y) + what truncation dropped,
/// that is taken. Rigorous: the ball holds the sums of all numbers in the operands' balls.
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
