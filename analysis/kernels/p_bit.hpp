#pragma once
#include <cstdint>
#include <span>

/// Arithmetic on p-bit numbers, carried in binary64: significands of p bits (8 ≤ p ≤ 40), binary64's
/// exponents with its subnormal numbers (multiples of 2^(−1021−p)) and infinities, rounding to nearest with
/// ties to even. Every result is correctly rounded, once. A NaN stays one.
namespace relu0::kernels {

/// x rounded to p bits.
double p_bit_rounded(double x, int bits);
/// All of them, in place.
void round_to_bits(std::span<double> values, int bits);

/// x + y and x · y of two p-bit numbers.
double p_bit_sum(double x, double y, int bits);
double p_bit_product(double x, double y, int bits);

/// What the vectorised loops need to know of their operands: within the safe range no product of two operands
/// leaves the normal numbers, nor does any intermediate result of its rounding.
class OperandRange {
 public:
  /// Throws std::invalid_argument for one that has more than p bits.
  void include(std::span<const double> operands, int bits);
  /// What chains start from: −0 is out of the range, since the loops may lose the sign of a product of 0.
  void include_starts(std::span<const double> starts);
  /// Whether every operand is finite and 0 or between 2^−400 and 2^400. Sums of up to 2^63 products then stay
  /// below 2^864, and are 0 or at least 2^−880: they are multiples of the operands' last bits' product.
  [[nodiscard]] bool safe() const { return safe_; }

 private:
  bool safe_ = true;
};

/// The tile function (tiles/tile_functions.hpp) for operands out of the safe range: any values, one at a
/// time.
void p_bit_tile(int tile_rows, int tile_columns, const double* rows, const double* columns,
                std::int64_t terms, double* sums, int bits);

}  // namespace relu0::kernels
