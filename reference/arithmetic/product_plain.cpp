#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/product_kinds.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <stdexcept>
#include <vector>

namespace relu0::reference {

namespace {

/// The elements of one row as MPFR's dot product wants them, and room for one more.
class Row {
 public:
  void gather(const Operand& operand, std::size_t row) {
    views_.clear();
    for (const std::int64_t inner : operand.inner) {
      const std::int64_t index = operand.outer[row] + inner;
      if (!operand.values.is_regular(index) && !operand.values.is_zero(index)) {
        throw std::logic_error("a product with a non-finite operand");
      }
      views_.push_back(operand.values[index]);
    }
    pointers_.resize(views_.size() + 1);
    // mpfr_dot reads its operands through pointers that are not const.
    std::transform(views_.begin(), views_.end(), pointers_.begin(), [](const Tensor::View& view) {
      return const_cast<mpfr_ptr>(static_cast<mpfr_srcptr>(view));
    });
  }
  void set_last(mpfr_srcptr number) { pointers_.back() = const_cast<mpfr_ptr>(number); }
  [[nodiscard]] const mpfr_ptr* pointers() const { return pointers_.data(); }

 private:
  std::vector<Tensor::View> views_;
  std::vector<mpfr_ptr> pointers_;
};

/// Σ_k |x(i, k)| r_y + r_x (|y(j, k)| + r_y).
Radius of_products(const Operand& x, std::size_t i, const Operand& y, std::size_t j) {
  Radius result;
  for (std::size_t k = 0; k < x.inner.size(); ++k) {
    result += ball::of_product(x.values[x.outer[i] + x.inner[k]], y.values[y.outer[j] + y.inner[k]]);
  }
  return result;
}

}  // namespace

bool multiply_plainly(const Operand& x, const Operand& y, const Target& target, const Tensor* addend,
                      int threads) {
  const std::size_t inner = x.inner.size();
  Tensor one(target.values.bits(), {1});
  mpfr_set_ui(one.slot(0), 1, MPFR_RNDN);
  const Tensor::View unit = one[0];
  const bool exact_operands = x.values.is_exact() && y.values.is_exact();
  std::atomic<bool> exact = true;
  parallel_for(threads, static_cast<std::int64_t>(y.outer.size()), 1,
               [&](std::int64_t first, std::int64_t last) {
                 Row left;
                 Row right;
                 for (auto j = static_cast<std::size_t>(first); j < static_cast<std::size_t>(last); ++j) {
                   right.gather(y, j);
                   std::optional<Tensor::View> constant;
                   if (addend != nullptr) {
                     constant = (*addend)[static_cast<std::int64_t>(j)];
                     right.set_last(*constant);
                   }
                   for (std::size_t i = 0; i < x.outer.size(); ++i) {
                     left.gather(x, i);
                     left.set_last(unit);
                     Radius radius = exact_operands ? Radius{} : of_products(x, i, y, j);
                     if (addend != nullptr) {
                       radius += addend->radius(static_cast<std::int64_t>(j));
                     }
                     const std::int64_t to = target.left[i] + target.right[j];
                     Tensor::Slot slot = target.values.slot(to);
                     const int ternary = mpfr_dot(slot, left.pointers(), right.pointers(),
                                                  inner + (addend != nullptr ? 1 : 0), MPFR_RNDN);
                     radius += Radius::of_rounding(slot, ternary);
                     target.values.set_radius(to, radius);
                     if (!radius.is_zero()) {
                       exact = false;
                     }
                   }
                 }
               });
  return exact;
}

}  // namespace relu0::reference
