#include "reference/fixed_point.hpp"

#include "reference/parallel.hpp"
#include "reference/vector_clones.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace relu0::reference {

namespace {

std::int32_t row_exponent(const Operand& operand, std::size_t row) {
  std::int32_t largest = no_exponent;
  for (const std::int64_t inner : operand.inner) {
    const std::int64_t index = operand.outer[row] + inner;
    if (operand.values.is_regular(index)) {
      largest = std::max(largest, operand.values.exponent(index));
    } else if (!operand.values.is_zero(index)) {
      throw std::logic_error("a product with a non-finite operand");
    }
  }
  return largest;
}

/// Zeros below the lowest limb, for digits that reach beyond the significand.
constexpr int low_limbs = 2;

/// Writes the digits of one significand, at distance `stride`; returns whether bits were dropped. `drop`: the
/// significand's bits below the last digit; negative where digits go beyond it.
bool extract(const mp_limb_t* significand, int limbs, std::int64_t drop, bool negative, int bits,
             std::vector<mp_limb_t>& padded, std::int32_t* digits, std::int64_t stride) {
  const int count = digit_count(bits);
  if (drop >= std::int64_t{64} * limbs) {
    for (int d = 0; d < count; ++d) {
      digits[d * stride] = 0;
    }
    return true;
  }
  std::copy_n(significand, limbs, padded.begin() + low_limbs);
  std::int64_t position = drop + 64 * low_limbs;
  for (int d = 0; d < count; ++d, position += digit_bits) {
    const auto limb = static_cast<std::size_t>(position >> 6);
    const int shift = static_cast<int>(position & 63);
    const mp_limb_t low = padded[limb] >> shift;
    const mp_limb_t high = (padded[limb + 1] << 1) << (63 - shift);
    const auto digit = static_cast<std::int32_t>((low | high) & ((1U << digit_bits) - 1));
    digits[d * stride] = negative ? -digit : digit;
  }
  return drop > 0 && mpn_scan1(significand, 0) < static_cast<mp_bitcnt_t>(drop);
}

}  // namespace

std::vector<std::int32_t> row_exponents(const Operand& operand, int threads) {
  std::vector<std::int32_t> result(operand.outer.size());
  const auto inner = std::max<std::int64_t>(1, static_cast<std::int64_t>(operand.inner.size()));
  const std::int64_t grain = std::max<std::int64_t>(1, (1 << 16) / inner);
  parallel_for(
      threads, static_cast<std::int64_t>(result.size()), grain, [&](std::int64_t first, std::int64_t last) {
        for (auto row = static_cast<std::size_t>(first); row < static_cast<std::size_t>(last); ++row) {
          result[row] = row_exponent(operand, row);
        }
      });
  return result;
}

void extract_digits(const Operand& operand, std::span<const std::int32_t> exponents, std::int64_t first,
                    std::int64_t rows, Digits& digits) {
  const Tensor& values = operand.values;
  const int bits = values.bits();
  const int limbs = values.limbs_per_element();
  const int count = digit_count(bits);
  digits.size = rows * static_cast<std::int64_t>(operand.inner.size());
  digits.values.resize(static_cast<std::size_t>(digits.size * count));
  digits.exact = true;
  // Room above the significand for the highest digits of an element below its row's largest.
  std::vector<mp_limb_t> padded(static_cast<std::size_t>(low_limbs + limbs + count * digit_bits / 64 + 2));
  std::int32_t* out = digits.values.data();
  for (std::int64_t row = first; row < first + rows; ++row) {
    const std::int64_t outer = operand.outer[static_cast<std::size_t>(row)];
    const std::int64_t row_exponent = exponents[static_cast<std::size_t>(row)];
    for (const std::int64_t inner : operand.inner) {
      const std::int64_t index = outer + inner;
      if (values.is_zero(index)) {
        for (int d = 0; d < count; ++d) {
          out[d * digits.size] = 0;
        }
      } else {
        const std::int64_t drop =
            std::int64_t{64} * limbs - fixed_point_bits(bits) + (row_exponent - values.exponent(index));
        if (extract(values.significand(index), limbs, drop, values.is_negative(index), bits, padded, out,
                    digits.size)) {
          digits.exact = false;
        }
      }
      ++out;
    }
  }
}

namespace {

/// 1.5 · 2^52: adding and subtracting it rounds a double of magnitude below 2^51 to an integer.
constexpr double integer_shift = 0x1.8p52;

/// Adds digit · weight to each sum. All are integers of magnitude at most exact_limit: nothing is rounded.
RELU0_VECTOR_CLONES void add_digit(const std::int32_t* digits, double weight, double* sums,
                                   std::int64_t size) {
  for (std::int64_t i = 0; i < size; ++i) {
    sums[i] += static_cast<double>(digits[i]) * weight;
  }
}

/// Reduces integers up to exact_limit to magnitude at most m/2 + 2: the quotient, two roundings away from
/// value / m, is off by at most 2/m before it is rounded to an integer.
RELU0_VECTOR_CLONES void reduce(double* values, double modulus, double reciprocal, std::int64_t size) {
  for (std::int64_t i = 0; i < size; ++i) {
    const double quotient = (values[i] * reciprocal + integer_shift) - integer_shift;
    values[i] -= quotient * modulus;
  }
}

RELU0_VECTOR_CLONES void scale_and_reduce(const double* values, double factor, double modulus,
                                          double reciprocal, double* result, std::int64_t size) {
  for (std::int64_t i = 0; i < size; ++i) {
    const double quotient = (values[i] * reciprocal + integer_shift) - integer_shift;
    const double scaled = (values[i] - quotient * modulus) * factor;
    const double second = (scaled * reciprocal + integer_shift) - integer_shift;
    const double reduced = scaled - second * modulus;
    result[i] = reduced < 0 ? reduced + modulus : reduced;
  }
}

/// Small enough that one block of sums stays in the first-level cache over all digits.
constexpr std::int64_t cache_block = 2048;

}  // namespace

void residues(const Digits& digits, double modulus, std::span<double> result) {
  const auto count = static_cast<std::int64_t>(digits.values.size()) / std::max<std::int64_t>(1, digits.size);
  const double reciprocal = 1 / modulus;
  for (std::int64_t first = 0; first < digits.size; first += cache_block) {
    const std::int64_t size = std::min(cache_block, digits.size - first);
    double* sums = result.data() + first;
    std::fill_n(sums, size, 0.0);
    double weight = 1;
    for (std::int64_t d = 0; d < count; ++d) {
      add_digit(digits.values.data() + d * digits.size + first, weight, sums, size);
      weight = std::remainder(weight * (1 << digit_bits), modulus);
    }
    reduce(sums, modulus, reciprocal, size);
  }
}

void scaled_residues(std::span<const double> values, double factor, double modulus,
                     std::span<double> result) {
  scale_and_reduce(values.data(), factor, modulus, 1 / modulus, result.data(),
                   static_cast<std::int64_t>(values.size()));
}

}  // namespace relu0::reference
