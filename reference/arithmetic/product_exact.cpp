#include "reference/arithmetic/blas.hpp"
#include "reference/arithmetic/fixed_point.hpp"
#include "reference/arithmetic/moduli.hpp"
#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/product_kinds.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <vector>

namespace relu0::reference {

namespace {

using Exponents = std::vector<std::int32_t>;

/// Elements of an operand, and of a product, that one thread works on at a time: so few that their residues
/// stay in the caches, so many that the rows among them are worth the copy of the resident operand that each
/// dgemm makes for itself.
constexpr std::int64_t block_elements = std::int64_t{1} << 16;

/// The resident operand's residues are kept for all moduli, for as many rows as fit.
constexpr std::int64_t resident_bytes = std::int64_t{256} << 20;

/// Recovers integers from their residues and rounds them into the target.
class Recovery {
 public:
  explicit Recovery(const Moduli& moduli) : moduli_{moduli}, sum_(static_cast<std::size_t>(moduli.limbs())) {}

  /// residues: of one integer |c| ≤ M/4, times inverse(i), modulo m_i, at distance `stride`. Sets `target` to
  /// c 2^exponent (+ addend), rounded once.
  void store(const double* residues, std::int64_t stride, std::int64_t exponent, const mpfr_srcptr addend,
             mpfr_ptr target) {
    const int limbs = moduli_.limbs();
    std::fill(sum_.begin(), sum_.end(), 0);
    double quotient = 0;
    for (int pair = 0; pair < moduli_.pairs(); ++pair) {
      const int i = 2 * pair;
      double weight = residues[i * stride];
      quotient += weight / moduli_.modulus(i);
      if (i + 1 < moduli_.count()) {
        const double second = residues[(i + 1) * stride];
        quotient += second / moduli_.modulus(i + 1);
        // Below 2^47: exact.
        weight = weight * moduli_.modulus(i + 1) + second * moduli_.modulus(i);
      }
      mpn_addmul_1(sum_.data(), moduli_.pair_cofactor(pair), limbs, static_cast<mp_limb_t>(weight));
    }
    // |c| ≤ M/4: the sum is within M/4 of a multiple of M, and the quotient's rounding error is far below
    // 1/4.
    mpn_submul_1(sum_.data(), moduli_.product(), limbs, static_cast<mp_limb_t>(std::lround(quotient)));
    const bool negative = (sum_.back() >> 63) != 0;
    if (negative) {
      mpn_neg(sum_.data(), sum_.data(), limbs);
    }
    int used = limbs;
    while (used > 0 && sum_[static_cast<std::size_t>(used - 1)] == 0) {
      --used;
    }
    if (used == 0) {
      round(addend, nullptr, target);
      return;
    }
    const int shift = __builtin_clzll(sum_[static_cast<std::size_t>(used - 1)]);
    if (shift > 0) {
      mpn_lshift(sum_.data(), sum_.data(), used, static_cast<unsigned>(shift));
    }
    mpfr_t number;
    mpfr_custom_init_set(number, negative ? -MPFR_REGULAR_KIND : MPFR_REGULAR_KIND,
                         exponent + std::int64_t{64} * used - shift, std::int64_t{64} * used, sum_.data());
    round(number, addend, target);
  }

 private:
  /// a + b; either may be null, which is 0.
  static void round(mpfr_srcptr a, mpfr_srcptr b, mpfr_ptr target) {
    if (a == nullptr) {
      mpfr_set_zero(target, 1);
    } else if (b == nullptr) {
      mpfr_set(target, a, MPFR_RNDN);
    } else {
      mpfr_add(target, a, b, MPFR_RNDN);
    }
  }

  const Moduli& moduli_;
  std::vector<mp_limb_t> sum_;
};

/// What one thread works with; reused, since fresh memory costs more than the work in it.
struct Scratch {
  Digits digits;
  std::vector<double> residues;
  std::vector<double> product;
};

/// Scratches that no thread works with.
class ScratchPool {
 public:
  std::unique_ptr<Scratch> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      return std::make_unique<Scratch>();
    }
    std::unique_ptr<Scratch> scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }
  void give_back(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

/// The product with its operands in their roles: the residues of `resident` are computed once for all moduli,
/// those of `passing` block by block.
struct Roles {
  const Operand& passing;
  const Operand& resident;
  std::span<const std::int64_t> passing_target;
  std::span<const std::int64_t> resident_target;
  Exponents passing_exponents;
  Exponents resident_exponents;
  bool addend_by_resident;
};

class ExactSlices {
 public:
  ExactSlices(const Roles& roles, Tensor& target, const Tensor* addend, int threads)
      : roles_{roles},
        target_{target},
        addend_{addend},
        threads_{threads},
        bits_{target.bits()},
        inner_{static_cast<std::int64_t>(roles.resident.inner.size())},
        moduli_(fixed_point_bits(bits_), inner_) {}

  bool run() {
    const OneBlasThread one_blas_thread;
    const auto rows = static_cast<std::int64_t>(roles_.resident.outer.size());
    const std::int64_t row_bytes = inner_ * moduli_.count() * static_cast<std::int64_t>(sizeof(double));
    const std::int64_t chunk = std::max<std::int64_t>(1, resident_bytes / row_bytes);
    bool exact = true;
    for (std::int64_t first = 0; first < rows; first += chunk) {
      const std::int64_t count = std::min(chunk, rows - first);
      load_resident(first, count);
      exact = multiply_chunk(first, count) && exact;
    }
    return exact && nothing_truncated_;
  }

 private:
  void load_resident(std::int64_t first, std::int64_t count) {
    resident_.resize(static_cast<std::size_t>(count * inner_ * moduli_.count()));
    const std::int64_t grain = std::max<std::int64_t>(1, block_elements / 4 / inner_);
    parallel_for(threads_, count, grain, [&](std::int64_t begin, std::int64_t end) {
      std::unique_ptr<Scratch> scratch = scratches_.take();
      extract_digits(roles_.resident, moduli_, roles_.resident_exponents, first + begin, end - begin,
                     scratch->digits);
      note(scratch->digits);
      residues(scratch->digits, moduli_, resident_.data() + begin * inner_, count * inner_);
      scratches_.give_back(std::move(scratch));
    });
  }

  bool multiply_chunk(std::int64_t resident_first, std::int64_t resident_count) {
    const auto rows = static_cast<std::int64_t>(roles_.passing.outer.size());
    const std::int64_t shares = std::int64_t{2} * threads_;
    const std::int64_t even_share = (rows + shares - 1) / shares;
    const std::int64_t block = std::clamp<std::int64_t>(
        std::min(block_elements / inner_, block_elements / resident_count), 1, even_share);
    return parallel_for(threads_, rows, block, [&](std::int64_t first, std::int64_t last) {
      multiply_block(first, last - first, resident_first, resident_count);
    });
  }

  void multiply_block(std::int64_t first, std::int64_t count, std::int64_t resident_first,
                      std::int64_t resident_count) {
    std::unique_ptr<Scratch> scratch = scratches_.take();
    extract_digits(roles_.passing, moduli_, roles_.passing_exponents, first, count, scratch->digits);
    note(scratch->digits);
    const std::int64_t elements = count * inner_;
    scratch->residues.resize(static_cast<std::size_t>(elements * moduli_.count()));
    residues(scratch->digits, moduli_, scratch->residues.data(), elements);
    const std::int64_t results = count * resident_count;
    scratch->product.resize(static_cast<std::size_t>(results * moduli_.count()));
    for (int i = 0; i < moduli_.count(); ++i) {
      double* product = scratch->product.data() + i * results;
      multiply_transposed(count, resident_count, inner_, scratch->residues.data() + i * elements,
                          resident_.data() + i * resident_count * inner_, product);
      scale_residues({product, static_cast<std::size_t>(results)}, moduli_.inverse(i), moduli_.modulus(i));
    }
    Recovery recovery(moduli_);
    for (std::int64_t p = 0; p < count; ++p) {
      for (std::int64_t r = 0; r < resident_count; ++r) {
        store(recovery, scratch->product.data() + p * resident_count + r, results, first + p,
              resident_first + r);
      }
    }
    scratches_.give_back(std::move(scratch));
  }

  void store(Recovery& recovery, const double* residues, std::int64_t stride, std::int64_t passing_row,
             std::int64_t resident_row) {
    const auto p = static_cast<std::size_t>(passing_row);
    const auto r = static_cast<std::size_t>(resident_row);
    const std::int64_t exponent = std::int64_t{roles_.passing_exponents[p]} + roles_.resident_exponents[r] -
                                  std::int64_t{2} * fixed_point_bits(bits_);
    Tensor::Slot slot = target_.slot(roles_.passing_target[p] + roles_.resident_target[r]);
    if (addend_ == nullptr) {
      recovery.store(residues, stride, exponent, nullptr, slot);
    } else {
      recovery.store(residues, stride, exponent,
                     (*addend_)[roles_.addend_by_resident ? resident_row : passing_row], slot);
    }
  }

  void note(const Digits& digits) {
    if (!digits.exact) {
      nothing_truncated_ = false;
    }
  }

  const Roles& roles_;
  Tensor& target_;
  const Tensor* addend_;
  int threads_;
  int bits_;
  std::int64_t inner_;
  Moduli moduli_;
  std::vector<double> resident_;
  ScratchPool scratches_;
  std::atomic<bool> nothing_truncated_ = true;
};

}  // namespace

bool multiply_exact_slices(const Operand& x, const Operand& y, const Target& target, const Tensor* addend,
                           int threads) {
  if (x.outer.empty() || y.outer.empty()) {
    return true;
  }
  if (x.inner.empty()) {
    return multiply_plainly(x, y, target, addend, threads);
  }
  Exponents x_exponents = row_exponents(x, threads);
  Exponents y_exponents = row_exponents(y, threads);
  const bool y_resident = y.outer.size() <= x.outer.size();
  const Roles roles =
      y_resident
          ? Roles{x, y, target.left, target.right, std::move(x_exponents), std::move(y_exponents), true}
          : Roles{y, x, target.right, target.left, std::move(y_exponents), std::move(x_exponents), false};
  return ExactSlices(roles, target.values, addend, threads).run();
}

}  // namespace relu0::reference
