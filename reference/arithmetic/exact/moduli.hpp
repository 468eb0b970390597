#pragma once
#include <cstdint>
#include <vector>

#include <gmp.h>

namespace relu0::reference {

/// Sums that must be exact stay below this: room below 2^53 for quotient · m in a reduction modulo m ≤ 2^23.
inline constexpr double exact_limit = 0x1p53 - 0x1p24;

/// Pairwise coprime moduli m₁ … m_n whose product M exceeds 4 K 2^(2W), so that a sum of K products of
/// integers below 2^W is known by its residues (Chinese remainder theorem). Each m is so small that doubles
/// hold exactly
///   - K products of residues in [−m/2 − 2, m/2 + 2]: one dgemm per modulus is exact;
///   - digits() products of a digit and a weight in [−m/2, m/2]: so is taking the residues.
/// This is the modular form of the Ozaki scheme (Ozaki, Uchino, Imamura, "Ozaki scheme II", arXiv:2504.08009,
/// section 3); it takes a number of dgemms linear in W, where products of slices take a quadratic one.
class Moduli {
 public:
  /// W: `bits`; K: `inner` ≥ 1.
  Moduli(int bits, std::int64_t inner);

  [[nodiscard]] int count() const { return static_cast<int>(moduli_.size()); }
  [[nodiscard]] double modulus(int i) const { return moduli_[static_cast<std::size_t>(i)]; }
  /// (M / m_i)^−1 mod m_i.
  [[nodiscard]] double inverse(int i) const { return inverses_[static_cast<std::size_t>(i)]; }

  /// @name Digits of an integer X below 2^W, base 2^digit_bits(), whose residues are weighted sums
  /// @{
  [[nodiscard]] int digit_bits() const { return digit_bits_; }
  [[nodiscard]] int digits() const { return digits_; }
  /// digits() numbers: 2^(digit_bits d) mod m_i, of magnitude at most m_i / 2. Σ_d weights(i)[d] digit_d ≡ X
  /// (mod m_i), of magnitude at most exact_limit for digits below 2^digit_bits().
  [[nodiscard]] const double* weights(int i) const {
    return weights_.data() + static_cast<std::ptrdiff_t>(i) * digits_;
  }
  /// @}

  /// Limbs of an integer recovered from its residues.
  [[nodiscard]] int limbs() const { return limbs_; }
  /// Moduli are taken in pairs when an integer is recovered: M / (m_2i m_2i+1), or M / m_2i for the odd one
  /// out; limbs() limbs.
  [[nodiscard]] int pairs() const { return (count() + 1) / 2; }
  [[nodiscard]] const mp_limb_t* pair_cofactor(int i) const {
    return cofactors_.data() + static_cast<std::ptrdiff_t>(i) * limbs_;
  }
  /// M; limbs() limbs.
  [[nodiscard]] const mp_limb_t* product() const { return product_.data(); }

 private:
  std::vector<double> moduli_;
  std::vector<double> inverses_;
  std::vector<double> weights_;
  std::vector<mp_limb_t> cofactors_;
  std::vector<mp_limb_t> product_;
  int digit_bits_ = 0;
  int digits_ = 0;
  int limbs_ = 0;
};

}  // namespace relu0::reference
