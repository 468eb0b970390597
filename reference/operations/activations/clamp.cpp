#include "reference/operations/activations/clamp.hpp"

#include "reference/operations/activations/derivative_at_kink.hpp"
#include "reference/operations/activations/open_kink.hpp"
#include "reference/operations/elementwise.hpp"

#include <optional>
#include <utility>

namespace relu0::reference {

namespace {

class ClampLayer : public ElementwiseLayer<ClampLayer> {
 public:
  ClampLayer(const Clamp& clamp, LayerContext context)
      : ElementwiseLayer(std::move(context)), clamp_{clamp} {}

  void compute(Tensor& output, const Tensor& input, std::int64_t i) const {
    const Place at = place_of(input[i]);
    const int of_midpoint = side_of_midpoint(input[i]);
    if (of_midpoint == 0) {
      output.copy_element(i, input, i);
      return;
    }
    Tensor::Slot slot = output.slot(i);
    const int ternary = mpfr_set_d(slot, of_midpoint < 0 ? *clamp_.lower : *clamp_.upper, MPFR_RNDN);
    // Clamping brings numbers no further apart.
    output.set_radius(i, (at.is_open ? input.radius(i) : Radius{}) + Radius::of_rounding(slot, ternary));
  }
  void propagate(Tensor& gradient, const Tensor& input, const Tensor& output_gradient, std::int64_t i) const {
    const Place at = place_of(input[i]);
    if (at.is_open) {
      // The choices at both ends, whichever it may lie at.
      set_hull(gradient, i, output_gradient[i], {0, 1},
               {at_lower(clamp_, context().kinks), at_upper(clamp_, context().kinks)});
    } else if (at.lower == 0) {
      gradient.set_radius(i, apply(at_lower(clamp_, context().kinks), gradient.slot(i), output_gradient[i]));
    } else if (at.upper == 0) {
      gradient.set_radius(i, apply(at_upper(clamp_, context().kinks), gradient.slot(i), output_gradient[i]));
    } else if (at.lower > 0 && at.upper < 0) {
      gradient.copy_element(i, output_gradient, i);
    }
  }

 private:
  /// On which side of the ends a ball lies, where none of them is open.
  struct Place {
    int lower = 1;
    int upper = -1;
    bool is_open = false;
  };
  [[nodiscard]] Place place_of(const BallView& x) const {
    Place result;
    const std::optional<int> of_lower = clamp_.lower ? side(x, *clamp_.lower) : std::optional(1);
    const std::optional<int> of_upper = clamp_.upper ? side(x, *clamp_.upper) : std::optional(-1);
    result.is_open = !of_lower || !of_upper;
    result.lower = of_lower.value_or(0);
    result.upper = of_upper.value_or(0);
    return result;
  }

  /// −1 below the lower end, 1 above the upper one, 0 elsewhere.
  [[nodiscard]] int side_of_midpoint(mpfr_srcptr x) const {
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
