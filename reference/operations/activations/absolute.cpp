#include "reference/operations/activations/absolute.hpp"

#include "reference/operations/activations/open_kink.hpp"
#include "reference/operations/elementwise.hpp"

#include <optional>

namespace relu0::reference {

namespace {

class AbsoluteLayer : public ElementwiseLayer<AbsoluteLayer> {
 public:
  using ElementwiseLayer::ElementwiseLayer;

  void compute(Tensor& output, const Tensor& input, std::int64_t i) const {
    // ||x| − |m|| ≤ |x − m|.
    mpfr_abs(output.slot(i), input[i], MPFR_RNDN);
    output.set_radius(i, input.radius(i));
  }
  void propagate(Tensor& gradient, const Tensor& input, const Tensor& output_gradient, std::int64_t i) const {
    const std::optional<int> sign = side(input[i], 0);
    if (!sign) {
      set_hull(gradient, i, output_gradient[i], {-1, 1, context().kinks.absolute});
      return;
    }
    const double factor = *sign == 0 ? context().kinks.absolute : *sign;
    gradient.set_radius(i, ball::multiply(gradient.slot(i), output_gradient[i], factor));
  }
};

}  // namespace

std::unique_ptr<Layer> make(const Absolute& /*absolute*/, const LayerContext& context) {
  return std::make_unique<AbsoluteLayer>(context);
}

bool is_structural_zero(const Absolute& /*absolute*/, const ZeroQuestion& at) {
  return at.input_is_zero(at.index());
}

}  // namespace relu0::reference
