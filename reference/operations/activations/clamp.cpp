#include "reference/operations/activations/clamp.hpp"

#include "reference/operations/activations/derivative_at_kink.hpp"
#include "reference/operations/elementwise.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class ClampLayer : public ElementwiseLayer<ClampLayer> {
 public:
  ClampLayer(const Clamp& clamp, LayerContext context)
      : ElementwiseLayer(std::move(context)), clamp_{clamp} {}

  void compute(Tensor& output, const Tensor& input, std::int64_t i) const {
    const int at = side(input[i]);
    if (at == 0) {
      output.copy_element(i, input, i);
    } else {
      mpfr_set_d(output.slot(i), at < 0 ? *clamp_.lower : *clamp_.upper, MPFR_RNDN);
    }
  }
  void propagate(Tensor& gradient, const Tensor& input, const Tensor& output_gradient, std::int64_t i) const {
    if (side(input[i]) != 0) {
      return;
    }
    if (clamp_.lower && mpfr_cmp_d(input[i], *clamp_.lower) == 0) {
      apply(at_lower(clamp_, context().kinks), gradient.slot(i), output_gradient[i]);
    } else if (clamp_.upper && mpfr_cmp_d(input[i], *clamp_.upper) == 0) {
      apply(at_upper(clamp_, context().kinks), gradient.slot(i), output_gradient[i]);
    } else {
      gradient.copy_element(i, output_gradient, i);
    }
  }

 private:
  /// −1 below the lower end, 1 above the upper one, 0 elsewhere.
  [[nodiscard]] int side(mpfr_srcptr x) const {
    if (clamp_.lower && mpfr_cmp_d(x, *clamp_.lower) < 0) {
      return -1;
    }
    return clamp_.upper && mpfr_cmp_d(x, *clamp_.upper) > 0 ? 1 : 0;
  }

  Clamp clamp_;
};

}  // namespace

std::unique_ptr<Layer> make(const Clamp& clamp, const LayerContext& context) {
  return std::make_unique<ClampLayer>(clamp, context);
}

bool is_structural_zero(const Clamp& clamp, const ZeroQuestion& at) {
  const int sign = at.certain_sign(at.index());
  if ((clamp.lower == 0.0 && sign < 0) || (clamp.upper == 0.0 && sign > 0)) {
    return true;
  }
  const bool keeps_zero = clamp.lower.value_or(0) <= 0 && clamp.upper.value_or(0) >= 0;
  return keeps_zero && at.input_is_zero(at.index());
}

}  // namespace relu0::reference
