#include "reference/arithmetic/exact/moduli.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace relu0::reference {

namespace {

/// An integer of GMP that frees itself.
class Integer {
 public:
  Integer() { mpz_init(value_); }
  ~Integer() { mpz_clear(value_); }
  Integer(const Integer&) = delete;
  Integer& operator=(const Integer&) = delete;
  operator mpz_ptr() { return value_; }

 private:
  mpz_t value_;
};

/// The largest m ≤ 2^23 that keeps the sums over K within exact_limit.
std::int64_t largest_modulus(std::int64_t inner) {
  const double half = std::sqrt(exact_limit / static_cast<double>(inner)) - 2;
  // One less, against the rounding of the root.
  return static_cast<std::int64_t>(std::min(0x1p23, 2 * half - 1));
}

int digits_of(int bits, int digit_bits) { return (bits + digit_bits - 1) / digit_bits; }

/// The longest digits of integers of `bits` bits whose sum with weights up to modulus / 2 is exact.
int longest_digits(int bits, double modulus) {
  int result = 52;
  while (std::ldexp(digits_of(bits, result), result) * (modulus / 2) > exact_limit) {
    --result;
  }
  return result;
}

/// 2^(digit_bits d) mod m for d = 0 … digits − 1, of magnitude at most m / 2.
void put_weights(std::int64_t modulus, int digit_bits, int digits, std::vector<double>& into) {
  std::int64_t power = 1;
  for (int d = 0; d < digits; ++d) {
    into.push_back(static_cast<double>(2 * power > modulus ? power - modulus : power));
    for (int bit = 0; bit < digit_bits; ++bit) {
      power = 2 * power % modulus;
    }
  }
}

void put(mpz_ptr value, int limbs, std::vector<mp_limb_t>& into) {
  for (int i = 0; i < limbs; ++i) {
    into.push_back(mpz_getlimbn(value, i));
  }
}

}  // namespace

Moduli::Moduli(int bits, std::int64_t inner) {
  Integer needed;
  mpz_set_ui(needed, static_cast<unsigned long>(inner));
  mpz_mul_2exp(needed, needed, 2 * static_cast<mp_bitcnt_t>(bits) + 2);
  Integer all;
  mpz_set_ui(all, 1);
  std::vector<std::int64_t> taken;
  for (std::int64_t m = largest_modulus(inner); mpz_cmp(all, needed) <= 0; --m) {
    if (m < 2) {
      throw std::logic_error("not enough moduli for this many products");
    }
    if (std::all_of(taken.begin(), taken.end(),
                    [m](std::int64_t other) { return std::gcd(m, other) == 1; })) {
      taken.push_back(m);
      mpz_mul_ui(all, all, static_cast<unsigned long>(m));
    }
  }

  digit_bits_ = longest_digits(bits, static_cast<double>(taken.front()));
  digits_ = digits_of(bits, digit_bits_);
  for (const std::int64_t m : taken) {
    put_weights(m, digit_bits_, digits_, weights_);
  }

  // One limb more than M: a sum of pairs() terms below 2^47 M/(m m') stays below count() M.
  limbs_ = static_cast<int>(mpz_size(all)) + 1;
  put(all, limbs_, product_);
  Integer cofactor;
  Integer inverse;
  Integer modulus;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    mpz_set_si(modulus, taken[i]);
    mpz_divexact(cofactor, all, modulus);
    mpz_invert(inverse, cofactor, modulus);
    moduli_.push_back(static_cast<double>(taken[i]));
    inverses_.push_back(mpz_get_d(inverse));
    if (i % 2 == 0) {
      if (i + 1 < taken.size()) {
        mpz_divexact_ui(cofactor, cofactor, static_cast<unsigned long>(taken[i + 1]));
      }
      put(cofactor, limbs_, cofactors_);
    }
  }
}

}  // namespace relu0::reference
