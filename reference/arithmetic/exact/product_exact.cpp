#include "reference/arithmetic/blas.hpp"
#include "reference/arithmetic/exact/fixed_point.hpp"
#include "reference/arithmetic/exact/moduli.hpp"
#include "reference/arithmetic/exact/row_bounds.hpp"
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
  /// c 2^exponent (+ addend), rounded once, and returns what the rounding may have changed.
  Radius store(const double* residues, std::int64_t stride, std::int64_t exponent, const mpfr_srcptr addend,
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
      return round(addend, nullptr, target);
    }
    const int shift = __builtin_clzll(sum_[static_cast<std::size_t>(used - 1)]);
    if (shift > 0) {
      mpn_lshift(sum_.data(), sum_.data(), used, static_cast<unsigned>(shift));
    }
    mpfr_t number;
    mpfr_custom_init_set(number, negative ? -MPFR_REGULAR_KIND : MPFR_REGULAR_KIND,
                         exponent + std::int64_t{64} * used - shift, std::int64_t{64} * used, sum_.data());
    return round(number, addend, target);
  }

 private:
  /// a + b; either may be null, which is 0.
  static Radius round(mpfr_srcptr a, mpfr_srcptr b, mpfr_ptr target) {
    if (a == nullptr) {
      mpfr_set_zero(target, 1);
      return {};
    }
    const int ternary = b == nullptr ? mpfr_set(target, a, MPFR_RNDN) : mpfr_add(target, a, b, MPFR_RNDN);
    return Radius::of_rounding(target, ternary);
  }

  const Moduli& moduli_;
  std::vector<mp_limb_t> sum_;
};

/// What one thread works with; reused, since fresh memory costs more than the work in it.
struct Scratch {
  Digits digits;
  std::vector<double> residues;
  std::vector<double> product;
  RowBounds bounds;
  std::vector<double> of_resident_radii;
  std::vector<double> of_passing_radii;
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
        bound_bits_{row_bound_bits(inner_)},
        moduli_(fixed_point_bits(bits_), inner_) {}

  bool run() {
    const OneBlasThread one_blas_thread;
    const auto rows = static_cast<std::int64_t>(roles_.resident.outer.size());
    // Magnitudes and radii are two numbers more.
    const std::int64_t row_bytes = inner_ * (moduli_.count() + 2) * static_cast<std::int64_t>(sizeof(double));
    const std::int64_t chunk = std::max<std::int64_t>(1, resident_bytes / row_bytes);
    for (std::int64_t first = 0; first < rows; first += chunk) {
      const std::int64_t count = std::min(chunk, rows - first);
      load_resident(first, count);
      multiply_chunk(first, count);
    }
    return exact_;
  }

 private:
  void load_resident(std::int64_t first, std::int64_t count) {
    resident_.resize(static_cast<std::size_t>(count * inner_ * moduli_.count()));
    resident_magnitudes_.resize(static_cast<std::size_t>(count * inner_));
    resident_radii_.resize(resident_magnitudes_.size());
    resident_scales_.resize(static_cast<std::size_t>(count));
    resident_has_radii_ = false;
    const std::int64_t grain = std::max<std::int64_t>(1, block_elements / 4 / inner_);
    parallel_for(threads_, count, grain, [&](std::int64_t begin, std::int64_t end) {
      std::unique_ptr<Scratch> scratch = scratches_.take();
      extract_digits(roles_.resident, moduli_, roles_.resident_exponents, first + begin, end - begin,
                     scratch->digits);
      residues(scratch->digits, moduli_, resident_.data() + begin * inner_, count * inner_);
      RowBounds& bounds = scratch->bounds;
      set_row_bounds(roles_.resident, scratch->digits, roles_.resident_exponents, first + begin, end - begin,
                     Magnitudes::with_their_radius, bounds);
      std::copy(bounds.magnitudes.begin(), bounds.magnitudes.end(),
                resident_magnitudes_.begin() + begin * inner_);
      std::copy(bounds.radii.begin(), bounds.radii.end(), resident_radii_.begin() + begin * inner_);
      std::copy(bounds.scales.begin(), bounds.scales.end(), resident_scales_.begin() + begin);
      if (bounds.has_radii()) {
        resident_has_radii_ = true;
      }
      scratches_.give_back(std::move(scratch));
    });
  }

  void multiply_chunk(std::int64_t resident_first, std::int64_t resident_count) {
    const auto rows = static_cast<std::int64_t>(roles_.passing.outer.size());
    const std::int64_t shares = std::int64_t{2} * threads_;
    const std::int64_t even_share = (rows + shares - 1) / shares;
    const std::int64_t block = std::clamp<std::int64_t>(
        std::min(block_elements / inner_, block_elements / resident_count), 1, even_share);
    parallel_for(threads_, rows, block, [&](std::int64_t first, std::int64_t last) {
      multiply_block(first, last - first, resident_first, resident_count);
    });
  }

  void multiply_block(std::int64_t first, std::int64_t count, std::int64_t resident_first,
                      std::int64_t resident_count) {
    std::unique_ptr<Scratch> scratch = scratches_.take();
    extract_digits(roles_.passing, moduli_, roles_.passing_exponents, first, count, scratch->digits);
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
    set_row_bounds(roles_.passing, scratch->digits, roles_.passing_exponents, first, count,
                   resident_has_radii_ ? Magnitudes::of_midpoints : Magnitudes::none, scratch->bounds);
    const bool passing_has_radii = scratch->bounds.has_radii();
    scratch->of_resident_radii.resize(static_cast<std::size_t>(resident_has_radii_ ? results : 0));
    scratch->of_passing_radii.resize(static_cast<std::size_t>(passing_has_radii ? results : 0));
    if (resident_has_radii_) {
      multiply_transposed(count, resident_count, inner_, scratch->bounds.magnitudes.data(),
                          resident_radii_.data(), scratch->of_resident_radii.data());
    }
    if (passing_has_radii) {
      multiply_transposed(count, resident_count, inner_, scratch->bounds.radii.data(),
                          resident_magnitudes_.data(), scratch->of_passing_radii.data());
    }
    Recovery recovery(moduli_);
    bool exact = true;
    for (std::int64_t p = 0; p < count; ++p) {
      for (std::int64_t r = 0; r < resident_count; ++r) {
        const std::int64_t at = p * resident_count + r;
        const Radius radius = radius_of(*scratch, at, p, r) + store(recovery, scratch->product.data() + at,
                                                                    results, first + p, resident_first + r);
        target_.set_radius(target_index(first + p, resident_first + r), radius);
        exact = exact && radius.is_zero();
      }
    }
    if (!exact) {
      exact_ = false;
    }
    scratches_.give_back(std::move(scratch));
  }

  [[nodiscard]] std::int64_t target_index(std::int64_t passing_row, std::int64_t resident_row) const {
    return roles_.passing_target[static_cast<std::size_t>(passing_row)] +
           roles_.resident_target[static_cast<std::size_t>(resident_row)];
  }

  /// |x| r_y + r_x (|y| + r_y) for element `at` of a block's products, in rows p of the block and r of the
  /// resident chunk; x is the passing operand, y the resident one.
  [[nodiscard]] Radius radius_of(const Scratch& scratch, std::int64_t at, std::int64_t p,
                                 std::int64_t r) const {
    const RowScale& passing = scratch.bounds.scales[static_cast<std::size_t>(p)];
    const RowScale& resident = resident_scales_[static_cast<std::size_t>(r)];
    if (passing.unbounded || resident.unbounded) {
      return Radius::unbounded();
    }
    // Integers up to 2^53, exactly.
    const auto sum = [at](const std::vector<double>& sums) {
      return sums.empty() ? 0 : static_cast<std::uint64_t>(sums[static_cast<std::size_t>(at)]);
    };
    return Radius::above(sum(scratch.of_resident_radii),
                         std::int64_t{passing.magnitude} + resident.radius - 2 * bound_bits_) +
           Radius::above(sum(scratch.of_passing_radii),
                         std::int64_t{passing.radius} + resident.magnitude - 2 * bound_bits_);
  }

  /// Returns the rounding and the radius of the addend.
  Radius store(Recovery& recovery, const double* residues, std::int64_t stride, std::int64_t passing_row,
               std::int64_t resident_row) {
    const std::int64_t exponent =
        std::int64_t{roles_.passing_exponents[static_cast<std::size_t>(passing_row)]} +
        roles_.resident_exponents[static_cast<std::size_t>(resident_row)] -
        std::int64_t{2} * fixed_point_bits(bits_);
    Tensor::Slot slot = target_.slot(target_index(passing_row, resident_row));
    if (addend_ == nullptr) {
      return recovery.store(residues, stride, exponent, nullptr, slot);
    }
    const std::int64_t of_addend = roles_.addend_by_resident ? resident_row : passing_row;
    return addend_->radius(of_addend) +
           recovery.store(residues, stride, exponent, (*addend_)[of_addend], slot);
  }

  const Roles& roles_;
  Tensor& target_;
  const Tensor* addend_;
  int threads_;
  int bits_;
  std::int64_t inner_;
  int bound_bits_;
  Moduli moduli_;
  std::vector<double> resident_;
  std::vector<double> resident_magnitudes_;
  std::vector<double> resident_radii_;
  std::vector<RowScale> resident_scales_;
  std::atomic<bool> resident_has_radii_ = false;
  ScratchPool scratches_;
  std::atomic<bool> exact_ = true;
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
