#pragma once
#include "reference/moduli.hpp"
#include "reference/product.hpp"

#include <cstdint>
#include <vector>

namespace relu0::reference {

/// Bits to which a product truncates its operands, relative to the largest element of each row: p + 11. Of a
/// row with |x(i, k)| < 2^E the integers are X = trunc(x 2^(W − E)), so |x − X 2^(E − W)| < 2^(E − W).
constexpr int fixed_point_bits(int bits) { return bits + 11; }

constexpr int digit_count(int bits) { return (fixed_point_bits(bits) + digit_bits - 1) / digit_bits; }

/// The least E with |x| < 2^E over each row; no_exponent for a row of zeros.
inline constexpr std::int32_t no_exponent = INT32_MIN;
std::vector<std::int32_t> row_exponents(const Operand& operand, int threads);

/// The digits of rows [first, first + rows) of an operand as signed integers to the base 2^24:
/// X(i, k) = Σ_d digits[d][(i − first) K + k] 2^(24 d).
struct Digits {
  std::int64_t size = 0;               ///< elements: rows × K
  std::vector<std::int32_t> values{};  ///< digit_count × size
  bool exact = true;                   ///< nothing was truncated
};
void extract_digits(const Operand& operand, std::span<const std::int32_t> exponents, std::int64_t first,
                    std::int64_t rows, Digits& digits);

/// X mod m for each element: an integer of magnitude at most m/2 + 2.
void residues(const Digits& digits, double modulus, std::span<double> result);

/// (value · factor) mod m in [0, m), for integers |value| ≤ exact_limit, 0 ≤ factor < m ≤ 2^23.
void scaled_residues(std::span<const double> values, double factor, double modulus, std::span<double> result);

}  // namespace relu0::reference
