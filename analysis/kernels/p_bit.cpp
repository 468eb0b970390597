#include "analysis/kernels/p_bit.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace relu0::kernels {

namespace {

constexpr int carrier_bits = std::numeric_limits<double>::digits;

/// Adding to the pattern of a subnormal number rounds it at its own last place, and past the largest number
/// of a binade it carries into the exponent; past the largest of all it gives infinity.
double rounded_finite(double x, int bits) {
  const int shift = carrier_bits - bits;
  auto pattern = std::bit_cast<std::uint64_t>(x);
  pattern += ((pattern >> shift) & 1) + ((std::uint64_t{1} << (shift - 1)) - 1);
  return std::bit_cast<double>(pattern & ~((std::uint64_t{1} << shift) - 1));
}

/// `value` is the sum of both rounded to nearest. Returns the sum rounded to odd: towards 0, with the last
/// bit set where that is not exact. It rounds to up to 51 bits as the sum itself does.
double to_odd(double value, double error) {
  if (error == 0) {
    return value;
  }
  auto pattern = std::bit_cast<std::uint64_t>(value);
  pattern -= std::signbit(value) != std::signbit(error) ? 1 : 0;
  return std::bit_cast<double>(pattern | 1);
}

}  // namespace

double p_bit_rounded(double x, int bits) { return std::isfinite(x) ? rounded_finite(x, bits) : x; }

void round_to_bits(std::span<double> values, int bits) {
  // A network's activations pass through this: where all are finite, a loop without a branch.
  const auto finite = [](double value) { return std::isfinite(value); };
  if (std::all_of(values.begin(), values.end(), finite)) {
    for (double& value : values) {
      value = rounded_finite(value, bits);
    }
    return;
  }
  for (double& value : values) {
    value = p_bit_rounded(value, bits);
  }
}

double p_bit_sum(double x, double y, int bits) {
  const double sum = x + y;
  if (!std::isfinite(sum)) {
    return sum;
  }
  // Knuth's exact sum: no error below the normal numbers, where sums are exact.
  const double of_y = sum - x;
  return p_bit_rounded(to_odd(sum, (x - (sum - of_y)) + (y - of_y)), bits);
}

double p_bit_product(double x, double y, int bits) {
  const double plain = x * y;
  if (!std::isfinite(x) || !std::isfinite(y) || x == 0 || y == 0) {
    return plain;
  }
  int exponent_x = 0;
  int exponent_y = 0;
  const double fraction_x = std::frexp(x, &exponent_x);
  const double fraction_y = std::frexp(y, &exponent_y);
  const double fraction = fraction_x * fraction_y;
  const double odd = to_odd(fraction, std::fma(fraction_x, fraction_y, -fraction));
  // Rounded at the unit in the last place that a result of this size has.
  const int exponent = std::ilogb(odd) + exponent_x + exponent_y;
  const int unit = std::max(exponent - bits + 1, std::numeric_limits<double>::min_exponent - bits);
  return std::scalbn(std::nearbyint(std::scalbn(odd, exponent_x + exponent_y - unit)), unit);
}

void OperandRange::include(std::span<const double> operands, int bits) {
  constexpr auto smallest = std::bit_cast<std::uint64_t>(0x1p-400);
  constexpr auto largest = std::bit_cast<std::uint64_t>(0x1p400);
  constexpr std::uint64_t top = std::uint64_t{1} << 63;
  const std::uint64_t beyond = (std::uint64_t{1} << (carrier_bits - bits)) - 1;
  // Patterns of positive numbers have their order. Differences below 0, by their top bit, without a branch:
  // every operand of every product is looked at.
  std::uint64_t unsafe = 0;
  std::uint64_t excess = 0;
  for (const double operand : operands) {
    const std::uint64_t size = std::bit_cast<std::uint64_t>(operand) & ~top;
    const std::uint64_t is_zero = size - 1;
    unsafe |= ((largest - size) | (size - smallest)) & ~is_zero;
    excess |= size & beyond;
  }
  const auto has_more_bits = [beyond](double operand) {
    return !std::isnan(operand) && (std::bit_cast<std::uint64_t>(operand) & beyond) != 0;
  };
  if (excess != 0 && std::any_of(operands.begin(), operands.end(), has_more_bits)) {
    throw std::invalid_argument("an operand of the p-bit kernels has more than p bits");
  }
  safe_ = safe_ && (unsafe & top) == 0;
}

void OperandRange::include_starts(std::span<const double> starts) {
  safe_ = safe_ && std::none_of(starts.begin(), starts.end(),
                                [](double start) { return start == 0 && std::signbit(start); });
}

void p_bit_tile(int tile_rows, int tile_columns, const double* rows, const double* columns,
                std::int64_t terms, double* sums, int bits) {
  for (std::int64_t k = 0; k < terms; ++k) {
    for (int r = 0; r < tile_rows; ++r) {
      for (int c = 0; c < tile_columns; ++c) {
        double& sum = sums[r * tile_columns + c];
        sum = p_bit_sum(sum, p_bit_product(rows[r], columns[c], bits), bits);
      }
    }
    rows += tile_rows;
    columns += tile_columns;
  }
}

}  // namespace relu0::kernels
