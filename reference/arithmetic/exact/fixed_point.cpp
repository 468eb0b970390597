#include "reference/arithmetic/exact/fixed_point.hpp"

#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/vector_clones.hpp"

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
constexpr std::int64_t low_limbs = 2;

bool any_bit_below(const mp_limb_t* significand, std::int64_t position) {
  const std::int64_t whole = position >> 6;
  const auto rest = (mp_limb_t{1} << (position & 63)) - 1;
  return (rest != 0 && (significand[whole] & rest) != 0) ||
         std::any_of(significand, significand + whole, [](mp_limb_t limb) { return limb != 0; });
}

/// Writes the digits of 0, digit_block apart.
void clear(const Moduli& moduli, double* digits) {
  for (int d = 0; d < moduli.digits(); ++d) {
    digits[d * digit_block] = 0;
  }
}

/// Writes the digits of one significand, digit_block apart; returns whether bits were dropped. `drop`: the
/// significand's bits below the last digit; negative where digits go beyond it.
bool extract(const mp_limb_t* significand, int limbs, std::int64_t drop, bool negative, const Moduli& moduli,
             std::vector<mp_limb_t>& padded, double* digits) {
  if (drop >= std::int64_t{64} * limbs) {
    clear(moduli, digits);
    return true;
  }
  // Plain loops and products: a call and an unforeseeable branch would cost as much as the digits.
  for (std::int64_t limb = 0; limb < limbs; ++limb) {
    padded[static_cast<std::size_t>(low_limbs + limb)] = significand[limb];
  }
  constexpr std::array signs{1.0, -1.0};
  const double sign = signs[negative ? 1 : 0];
  const int bits = moduli.digit_bits();
  const mp_limb_t mask = (mp_limb_t{1} << bits) - 1;
  std::int64_t position = drop + 64 * low_limbs;
  for (int d = 0; d < moduli.digits(); ++d, position += bits) {
    const auto limb = static_cast<std::size_t>(position >> 6);
    const int shift = static_cast<int>(position & 63);
    const mp_limb_t low = padded[limb] >> shift;
    const mp_limb_t high = (padded[limb + 1] << 1) << (63 - shift);
    digits[d * digit_block] = sign * static_cast<double>(static_cast<std::int64_t>((low | high) & mask));
  }
  return drop > 0 && any_bit_below(significand, drop);
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

void extract_digits(const Operand& operand, const Moduli& moduli, std::span<const std::int32_t> exponents,
                    std::int64_t first, std::int64_t rows, Digits& digits) {
  const Tensor& values = operand.values;
  const int limbs = values.limbs_per_element();
  digits.size = rows * static_cast<std::int64_t>(operand.inner.size());
  const std::int64_t block_size = moduli.digits() * digit_block;
  const std::int64_t padded_size = (digits.size + digit_block - 1) / digit_block * digit_block;
  double* const values_of_digits = digits.values.make_room(padded_size * moduli.digits());
  const auto digits_of = [=](std::int64_t element) {
    return values_of_digits + element / digit_block * block_size + element % digit_block;
  };
  digits.truncated.assign(static_cast<std::size_t>(digits.size), 0);
  digits.any_truncated = false;
  // Room above the significand for the highest digits of an element below its row's largest.
  std::vector<mp_limb_t> padded(static_cast<std::size_t>(
      low_limbs + limbs + std::int64_t{moduli.digits()} * moduli.digit_bits() / 64 + 2));
  std::int64_t element = 0;
  for (std::int64_t row = first; row < first + rows; ++row) {
    const std::int64_t outer = operand.outer[static_cast<std::size_t>(row)];
    const std::int64_t largest_drop =
        std::int64_t{64} * limbs - fixed_point_bits(values.bits()) + exponents[static_cast<std::size_t>(row)];
    for (const std::int64_t inner : operand.inner) {
      const std::int64_t index = outer + inner;
      double* const to = digits_of(element);
      if (values.is_zero(index)) {
        clear(moduli, to);
      } else if (extract(values.significand(index), limbs, largest_drop - values.exponent(index),
                         values.is_negative(index), moduli, padded, to)) {
        digits.truncated[static_cast<std::size_t>(element)] = 1;
        digits.any_truncated = true;
      }
      ++element;
    }
  }
  for (; element < padded_size; ++element) {
    clear(moduli, digits_of(element));
  }
}

namespace {

/// 1.5 · 2^52: adding and subtracting it rounds a double of magnitude below 2^51 to an integer.
constexpr double integer_shift = 0x1.8p52;

/// Four doubles at any address, for GCC and Clang (other compilers have no RELU0_VECTOR_CLONES either).
using Pack = double __attribute__((vector_size(32), aligned(8), may_alias));

/// Elements whose sums stay in registers.
constexpr int packs_in_registers = 4;
constexpr std::int64_t in_registers = packs_in_registers * sizeof(Pack) / sizeof(double);

/// result[e] = Σ_d weights[d] digits[d · digit_block + e] mod m for e < size, a multiple of in_registers:
/// integers of magnitude at most m/2 + 2. Nothing is rounded in the sums, which stay within exact_limit; the
/// quotient, two roundings away from sum / m, is off by at most 2/m before it is rounded to an integer.
RELU0_VECTOR_CLONES void reduce_sums(const double* digits, std::int64_t count, const double* weights,
                                     double modulus, double reciprocal, double* result, std::int64_t size) {
  for (std::int64_t first = 0; first < size; first += in_registers) {
    Pack sums[packs_in_registers] = {};  // NOLINT(modernize-avoid-c-arrays): of an attributed type
    for (std::int64_t d = 0; d < count; ++d) {
      const auto* packs = reinterpret_cast<const Pack*>(digits + d * digit_block + first);
      for (int i = 0; i < packs_in_registers; ++i) {
        sums[i] += packs[i] * weights[d];
      }
    }
    auto* packs = reinterpret_cast<Pack*>(result + first);
    for (int i = 0; i < packs_in_registers; ++i) {
      const Pack quotient = (sums[i] * reciprocal + integer_shift) - integer_shift;
      packs[i] = sums[i] - quotient * modulus;
    }
  }
}

RELU0_VECTOR_CLONES void scale_and_reduce(double* values, double factor, double modulus, double reciprocal,
                                          std::int64_t size) {
  for (std::int64_t i = 0; i < size; ++i) {
    const double quotient = (values[i] * reciprocal + integer_shift) - integer_shift;
    const double scaled = (values[i] - quotient * modulus) * factor;
    const double second = (scaled * reciprocal + integer_shift) - integer_shift;
    const double reduced = scaled - second * modulus;
    // A sum of a choice, where a choice of sums would not be vectorised.
    values[i] = reduced + (reduced < 0 ? modulus : 0);
  }
}

static_assert(digit_block % in_registers == 0);

}  // namespace

void residues(const Digits& digits, const Moduli& moduli, double* result, std::int64_t stride) {
  const std::int64_t block_size = moduli.digits() * digit_block;
  std::array<double, digit_block> last{};
  for (std::int64_t block = 0; block * digit_block < digits.size; ++block) {
    const std::int64_t first = block * digit_block;
    const std::int64_t size = std::min(digit_block, digits.size - first);
    for (int i = 0; i < moduli.count(); ++i) {
      double* to = result + i * stride + first;
      // What follows the last element is not ours to write.
      reduce_sums(digits.values.data() + block * block_size, moduli.digits(), moduli.weights(i),
                  moduli.modulus(i), 1 / moduli.modulus(i), size == digit_block ? to : last.data(),
                  digit_block);
      if (size < digit_block) {
        std::copy_n(last.begin(), size, to);
      }
    }
  }
}

void scale_residues(std::span<double> values, double factor, double modulus) {
  scale_and_reduce(values.data(), factor, modulus, 1 / modulus, static_cast<std::int64_t>(values.size()));
}

}  // namespace relu0::reference
