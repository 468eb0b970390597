#pragma once
#include "reference/arithmetic/exact/buffer.hpp"
#include "reference/arithmetic/exact/moduli.hpp"
#include "reference/arithmetic/product.hpp"
#include "reference/arithmetic/radius.hpp"

#include <cstdint>
#include <vector>

namespace relu0::reference {

/// W, the bits to which a product truncates its operands, relative to the largest element of each row: p
/// + 11. Where |x(i, k)| < 2^E over the row i, the integers are X = trunc(x 2^(W − E)), so that |x − X 2^(E −
/// W)| < 2^(E − W).
constexpr int fixed_point_bits(int bits) { return bits + 11; }

/// What truncation drops from a sum over `inner` products of elements below 2^E_x and 2^E_y in magnitude, by
/// their E_x + E_y: Σ_k |x − X| |y| + |X| |y − Y| ≤ 2 K 2^(E_x + E_y − W).
inline Radius dropped_from_products(std::int64_t inner, std::int64_t exponents, int bits) {
  return Radius::above(static_cast<std::uint64_t>(2 * inner), exponents - fixed_point_bits(bits));
}

/// Stands for the exponent of a row of zeros.
inline constexpr std::int32_t no_exponent = INT32_MIN;
/// For each row the least E with |x| < 2^E over the row; no_exponent for a row of zeros.
std::vector<std::int32_t> row_exponents(const Operand& operand, int threads);

/// Elements whose digits lie side by side, small enough that they stay in the first-level cache while all
/// moduli pass over them.
inline constexpr std::int64_t digit_block = 64;

/// The digits of rows [first, first + rows) of an operand as signed integers to the base
/// 2^moduli.digit_bits(): X(i, k) = Σ_d digit_d 2^(digit_bits d) for element e = (i − first) K + k.
struct Digits {
  std::int64_t size = 0;  ///< elements: rows × K
  /// ⌈size / digit_block⌉ × moduli.digits() × digit_block, with zeros beyond the last element.
  Buffer values{};
  std::vector<std::uint8_t> truncated{};  ///< by element: whether bits of it were dropped
  bool any_truncated = false;
};
void extract_digits(const Operand& operand, const Moduli& moduli, std::span<const std::int32_t> exponents,
                    std::int64_t first, std::int64_t rows, Digits& digits);

/// result[i · stride + e] = X mod m_i for each modulus and each element e: integers of magnitude at most
/// m_i/2 + 2.
void residues(const Digits& digits, const Moduli& moduli, double* result, std::int64_t stride);

/// value becomes (value · factor) mod m in [0, m), for integers |value| ≤ exact_limit, 0 ≤ factor < m ≤ 2^23.
void scale_residues(std::span<double> values, double factor, double modulus);

}  // namespace relu0::reference
