#include "reference/arithmetic/sum.hpp"

namespace relu0::reference {

namespace {

/// Elements as MPFR's sums want them: pointers that are not const, though only read.
class Elements {
 public:
  explicit Elements(std::size_t count) { views_.reserve(count); }
  void add(const Tensor& values, std::int64_t index) { views_.push_back(values[index]); }
  const mpfr_ptr* pointers() {
    pointers_.reserve(views_.size());
    for (const Tensor::View& view : views_) {
      pointers_.push_back(const_cast<mpfr_ptr>(static_cast<mpfr_srcptr>(view)));
    }
    return pointers_.data();
  }

 private:
  std::vector<Tensor::View> views_;
  std::vector<mpfr_ptr> pointers_;
};

}  // namespace

Radius sum(mpfr_ptr result, const Tensor& values, std::span<const std::int64_t> at) {
  Elements elements(at.size());
  Radius radius;
  for (const std::int64_t index : at) {
    elements.add(values, index);
    radius += values.radius(index);
  }
  const int ternary = mpfr_sum(result, elements.pointers(), at.size(), MPFR_RNDN);
  return radius + Radius::of_rounding(result, ternary);
}

Radius dot(mpfr_ptr result, const Tensor& x, std::span<const std::int64_t> at, const Tensor& y) {
  Elements left(at.size());
  Elements right(at.size());
  Radius radius;
  for (std::size_t i = 0; i < at.size(); ++i) {
    left.add(x, at[i]);
    right.add(y, static_cast<std::int64_t>(i));
    radius += ball::of_product(x[at[i]], y[static_cast<std::int64_t>(i)]);
  }
  const int ternary = mpfr_dot(result, left.pointers(), right.pointers(), at.size(), MPFR_RNDN);
  return radius + Radius::of_rounding(result, ternary);
}

}  // namespace relu0::reference
