#include "reference/arithmetic/blas.hpp"
#include "reference/arithmetic/exact/fixed_point.hpp"
#include "reference/arithmetic/exact/moduli.hpp"
#include "reference/arithmetic/exact/row_bounds.hpp"
#include "reference/arithmetic/exact/workspace.hpp"
#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/product_kinds.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <vector>

namespace relu0::reference {

namespace {

using Exponents = std::vector<std::int32_t>;

/// Elements of a product, and of the passing operand, that one thread works on at a time: so few that their
/// residues stay in the caches, so many that the rows among them are worth the copy of the resident operand
/// that each dgemm makes for itself.
constexpr std::int64_t block_elements = std::int64_t{1} << 16;
constexpr std::int64_t passing_elements = std::int64_t{1} << 17;

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

/// Sums over a block's rows of products of integers that stand for magnitudes and radii, rows × resident
/// rows; null where all radii are 0.
struct BlockRadii {
  const double* of_resident_radii = nullptr;
  const double* of_passing_radii = nullptr;
};

class ExactSlices {
 public:
  ExactSlices(const Roles& roles, Tensor& target, const Tensor* addend, int threads,
              ProductWorkspace& workspace)
      : roles_{roles},
        target_{target},
        addend_{addend},
        threads_{threads},
        bits_{target.bits()},
        inner_{static_cast<std::int64_t>(roles.resident.inner.size())},
        bound_bits_{row_bound_bits(inner_)},
        moduli_(fixed_point_bits(bits_), inner_),
        together_{roles.passing.values.known_joint_radius().is_bounded() ||
                  roles.resident.values.known_joint_radius().is_bounded()},
        scratches_{workspace.scratches},
        residents_{workspace.residents} {
    if (together_) {
      passing_joint_ = roles.passing.values.joint_radius();
      resident_joint_ = roles.resident.values.joint_radius();
    }
  }

  bool run() {
    const OneBlasThread one_blas_thread;
    const auto rows = static_cast<std::int64_t>(roles_.resident.outer.size());
    // Magnitudes and radii are two numbers more.
    const std::int64_t row_bytes = inner_ * (moduli_.count() + 2) * static_cast<std::int64_t>(sizeof(double));
    const std::int64_t chunk = std::max<std::int64_t>(1, resident_bytes / row_bytes);
    resident_ = residents_.take();
    for (std::int64_t first = 0; first < rows; first += chunk) {
      const std::int64_t count = std::min(chunk, rows - first);
      load_resident(first, count);
      multiply_chunk(first, count);
    }
    residents_.give_back(std::move(resident_));
    return exact_;
  }

 private:
  void load_resident(std::int64_t first, std::int64_t count) {
    double* const all_residues = resident_->residues.make_room(count * inner_ * moduli_.count());
    RowBounds& bounds = resident_->bounds;
    bounds.make_room(count, inner_);
    const std::int64_t grain = std::max<std::int64_t>(1, block_elements / 4 / inner_);
    std::atomic<bool> has_radii = false;
    parallel_for(threads_, count, grain, [&](std::int64_t begin, std::int64_t end) {
      std::unique_ptr<Scratch> scratch = scratches_.take();
      extract_digits(roles_.resident, moduli_, roles_.resident_exponents, first + begin, end - begin,
                     scratch->digits);
      residues(scratch->digits, moduli_, all_residues + begin * inner_, count * inner_);
      if (set_row_bounds(roles_.resident, scratch->digits, roles_.resident_exponents, first + begin,
                         end - begin, Magnitudes::with_their_radius, begin, bounds)) {
        has_radii = true;
      }
      scratches_.give_back(std::move(scratch));
    });
    bounds.has_radii = has_radii;
    if (has_radii) {
      clear_rows_without_radii(inner_, bounds);
    }
  }

  void multiply_chunk(std::int64_t resident_first, std::int64_t resident_count) {
    const auto rows = static_cast<std::int64_t>(roles_.passing.outer.size());
    const std::int64_t shares = std::int64_t{2} * threads_;
    const std::int64_t even_share = (rows + shares - 1) / shares;
    const std::int64_t block = std::clamp<std::int64_t>(
        std::min(passing_elements / inner_, block_elements / resident_count), 1, even_share);
    parallel_for(threads_, rows, block, [&](std::int64_t first, std::int64_t last) {
      multiply_block(first, last - first, resident_first, resident_count);
    });
  }

  void multiply_block(std::int64_t first, std::int64_t count, std::int64_t resident_first,
                      std::int64_t resident_count) {
    std::unique_ptr<Scratch> scratch = scratches_.take();
    extract_digits(roles_.passing, moduli_, roles_.passing_exponents, first, count, scratch->digits);
    const std::int64_t elements = count * inner_;
    double* const block_residues = scratch->residues.make_room(elements * moduli_.count());
    residues(scratch->digits, moduli_, block_residues, elements);
    const std::int64_t results = count * resident_count;
    double* const products = scratch->product.make_room(results * moduli_.count());
    for (int i = 0; i < moduli_.count(); ++i) {
      double* product = products + i * results;
      multiply_transposed(count, resident_count, inner_, block_residues + i * elements,
                          resident_->residues.data() + i * resident_count * inner_, product);
      scale_residues({product, static_cast<std::size_t>(results)}, moduli_.inverse(i), moduli_.modulus(i));
    }
    const RowBounds& of_resident = resident_->bounds;
    RowBounds& bounds = scratch->bounds;
    bounds.make_room(count, inner_);
    bounds.has_radii = set_row_bounds(
        roles_.passing, scratch->digits, roles_.passing_exponents, first, count,
        of_resident.has_radii || together_ ? Magnitudes::of_midpoints : Magnitudes::none, 0, bounds);
    BlockRadii radii;
    if (of_resident.has_radii) {
      double* const sums = scratch->of_resident_radii.make_room(results);
      multiply_transposed(count, resident_count, inner_, bounds.magnitudes.data(), of_resident.radii.data(),
                          sums);
      radii.of_resident_radii = sums;
    }
    if (bounds.has_radii) {
      clear_rows_without_radii(inner_, bounds);
      double* const sums = scratch->of_passing_radii.make_room(results);
      multiply_transposed(count, resident_count, inner_, bounds.radii.data(), of_resident.magnitudes.data(),
                          sums);
      radii.of_passing_radii = sums;
    }
    Recovery recovery(moduli_);
    bool exact = true;
    for (std::int64_t p = 0; p < count; ++p) {
      for (std::int64_t r = 0; r < resident_count; ++r) {
        const std::int64_t at = p * resident_count + r;
        const Radius radius =
            radius_of(radii, at, bounds.scales[static_cast<std::size_t>(p)],
                      of_resident.scales[static_cast<std::size_t>(r)], first + p, resident_first + r) +
            store(recovery, products + at, results, first + p, resident_first + r);
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

  /// |x| r_y + r_x (|y| + r_y) for element `at` of a block's products, or what is known of the rows together
  /// where that is less; x is the passing operand, y the resident one.
  [[nodiscard]] Radius radius_of(const BlockRadii& radii, std::int64_t at, const RowScale& passing,
                                 const RowScale& resident, std::int64_t passing_row,
                                 std::int64_t resident_row) const {
    Radius result = Radius::unbounded();
    if (!passing.unbounded && !resident.unbounded) {
      // Integers up to 2^53, exactly.
      const auto sum = [at](const double* sums) {
        return sums == nullptr ? 0 : static_cast<std::uint64_t>(sums[at]);
      };
      result = Radius::above(sum(radii.of_resident_radii),
                             std::int64_t{passing.magnitude} + resident.radius - 2 * bound_bits_) +
               Radius::above(sum(radii.of_passing_radii),
                             std::int64_t{passing.radius} + resident.magnitude - 2 * bound_bits_);
    }
    if (together_ && !result.is_zero()) {
      result = std::min(result, passing.norm * resident_joint_ +
                                    passing_joint_ * (resident.norm + resident_joint_) +
                                    dropped(passing_row, resident_row));
    }
    return result;
  }

  /// What truncation drops from the products of two rows.
  [[nodiscard]] Radius dropped(std::int64_t passing_row, std::int64_t resident_row) const {
    return dropped_from_products(
        inner_,
        std::int64_t{roles_.passing_exponents[static_cast<std::size_t>(passing_row)]} +
            roles_.resident_exponents[static_cast<std::size_t>(resident_row)],
        bits_);
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
  /// Whether something is known of the distances of an operand's elements together.
  bool together_;
  Radius passing_joint_;
  Radius resident_joint_;
  Pool<Scratch>& scratches_;
  Pool<Resident>& residents_;
  std::unique_ptr<Resident> resident_;
  std::atomic<bool> exact_ = true;
};

}  // namespace

bool multiply_exact_slices(const Operand& x, const Operand& y, const Target& target, const Tensor* addend,
                           int threads, ProductWorkspace& workspace) {
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
  return ExactSlices(roles, target.values, addend, threads, workspace).run();
}

}  // namespace relu0::reference
