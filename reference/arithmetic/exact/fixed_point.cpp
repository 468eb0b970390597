#include "reference/arithmetic/exact/fixed_point.hpp"

#include "reference/arithmetic/exact/integer_shift.hpp"
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

/// Zeros below the lowest limb, for integers that reach beyond the significand.
constexpr std::int64_t low_limbs = 2;

bool any_bit_below(const mp_limb_t* significand, std::int64_t position) {
  const std::int64_t whole = position >> 6;
  const auto rest = (mp_limb_t{1} << (position & 63)) - 1;
  return (rest != 0 && (significand[whole] & rest) != 0) ||
         std::any_of(significand, significand + whole, [](mp_limb_t limb) { return limb != 0; });
}

/// Four limbs or doubles at any address, for GCC and Clang (other compilers have no RELU0_VECTOR_CLONES
/// either).
using PackOfLimbs = std::uint64_t __attribute__((vector_size(32), aligned(8), may_alias));
using Pack = double __attribute__((vector_size(32), aligned(8), may_alias));
constexpr std::int64_t in_pack = sizeof(Pack) / sizeof(double);

/// The bits [shift, shift + bits) of each element as a double with the element's sign. limbs: those in which
/// these bits begin, and digit_block behind them the next ones. bits ≤ 52.
RELU0_VECTOR_CLONES void split_digit(const mp_limb_t* limbs, const mp_limb_t* signs, int shift, int bits,
                                     double* digits) {
  // Below 2^52, as the low bits of a double of that binade.
  constexpr std::uint64_t binade_bits = 0x4330'0000'0000'0000;
  constexpr double binade = 0x1p52;
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  for (std::int64_t e = 0; e < digit_block; e += in_pack) {
    const PackOfLimbs low = *reinterpret_cast<const PackOfLimbs*>(limbs + e) >> shift;
    const PackOfLimbs high = (*reinterpret_cast<const PackOfLimbs*>(limbs + digit_block + e) << 1)
                             << (63 - shift);
    const PackOfLimbs in_binade = ((low | high) & mask) | binade_bits;
    const Pack magnitude = reinterpret_cast<const Pack&>(in_binade) - binade;
    const PackOfLimbs bits_of_digit =
        reinterpret_cast<const PackOfLimbs&>(magnitude) | *reinterpret_cast<const PackOfLimbs*>(signs + e);
    *reinterpret_cast<PackOfLimbs*>(digits + e) = bits_of_digit;
  }
}

/// Integers of one block, limb by limb: limb l of element e at l · digit_block + e, from the lowest, with a
/// limb of zeros above the highest.
class AlignedIntegers {
 public:
  AlignedIntegers(const Moduli& moduli, int significand_limbs)
      : moduli_{moduli},
        limbs_{(moduli.digits() * moduli.digit_bits() + 63) / 64},
        significand_limbs_{significand_limbs},
        padded_(static_cast<std::size_t>(low_limbs + significand_limbs + limbs_ + 1)),
        integers_(static_cast<std::size_t>((limbs_ + 1) * digit_block)),
        signs_(digit_block) {}

  void set_zero(std::int64_t element) {
    for (std::int64_t l = 0; l < limbs_; ++l) {
      integers_[static_cast<std::size_t>(l * digit_block + element)] = 0;
    }
  }

  /// Sets an element to a significand without its lowest `drop` bits, which may be negative: bits are
  /// appended then. Returns whether a bit other than 0 was dropped.
  bool set(std::int64_t element, const mp_limb_t* significand, std::int64_t drop, bool negative) {
    if (drop >= std::int64_t{64} * significand_limbs_) {
      set_zero(element);
      return true;
    }
    // Plain loops: a call would cost as much as what it does.
    for (std::int64_t limb = 0; limb < significand_limbs_; ++limb) {
      padded_[static_cast<std::size_t>(low_limbs + limb)] = significand[limb];
    }
    const std::int64_t position = drop + 64 * low_limbs;
    const mp_limb_t* from = padded_.data() + (position >> 6);
    const int shift = static_cast<int>(position & 63);
    for (std::int64_t l = 0; l < limbs_; ++l) {
      integers_[static_cast<std::size_t>(l * digit_block + element)] =
          (from[l] >> shift) | ((from[l + 1] << 1) << (63 - shift));
    }
    signs_[static_cast<std::size_t>(element)] = static_cast<mp_limb_t>(negative) << 63;
    return drop > 0 && any_bit_below(significand, drop);
  }

  /// Writes the digits of all elements, digit by digit.
  void split(double* digits) const {
    for (int d = 0; d < moduli_.digits(); ++d) {
      const int position = d * moduli_.digit_bits();
      split_digit(integers_.data() + (position >> 6) * digit_block, signs_.data(), position & 63,
                  moduli_.digit_bits(), digits + d * digit_block);
    }
  }

 private:
  const Moduli& moduli_;
  std::int64_t limbs_;
  std::int64_t significand_limbs_;
  std::vector<mp_limb_t> padded_;  ///< a significand between zeros
  std::vector<mp_limb_t> integers_;
  std::vector<mp_limb_t> signs_;  ///< the highest bit, where an element is negative
};

static_assert(digit_block % in_pack == 0);

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
  const std::int64_t blocks = (digits.size + digit_block - 1) / digit_block;
  double* to = digits.values.make_room(blocks * block_size);
  digits.truncated.assign(static_cast<std::size_t>(digits.size), 0);
  digits.any_truncated = false;
  AlignedIntegers integers(moduli, limbs);
  std::int64_t element = 0;
  std::int64_t in_block = 0;
  for (std::int64_t row = first; row < first + rows; ++row) {
    const std::int64_t outer = operand.outer[static_cast<std::size_t>(row)];
    const std::int64_t largest_drop =
        std::int64_t{64} * limbs - fixed_point_bits(values.bits()) + exponents[static_cast<std::size_t>(row)];
    for (const std::int64_t inner : operand.inner) {
      const std::int64_t index = outer + inner;
      if (values.is_zero(index)) {
        integers.set_zero(in_block);
      } else if (integers.set(in_block, values.significand(index), largest_drop - values.exponent(index),
                              values.is_negative(index))) {
        digits.truncated[static_cast<std::size_t>(element)] = 1;
        digits.any_truncated = true;
      }
      ++element;
      if (++in_block == digit_block) {
        integers.split(to);
        to += block_size;
        in_block = 0;
      }
    }
  }
  if (in_block > 0) {
    for (; in_block < digit_block; ++in_block) {
      integers.set_zero(in_block);
    }
    integers.split(to);
  }
}

namespace {

/// Elements whose sums stay in registers, where these hold four doubles.
constexpr int packs_in_registers = 8;
constexpr std::int64_t in_registers = packs_in_registers * in_pack;

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
