#include "reference/operations/activations/absolute.hpp"

#include "reference/operations/elementwise.hpp"

namespace relu0::reference {

namespace {

class AbsoluteLayer : public ElementwiseLayer<AbsoluteLayer> {
 public:
  using ElementwiseLayer::ElementwiseLayer;

  void compute(Tensor& output, const Tensor& input, std::int64_t i) const {
    mpfr_abs(output.slot(i), input[i], MPFR_RNDN);
  }
  void propagate(Tensor& gradient, const Tensor& input, const Tensor& output_gradient, std::int64_t i) const {
    const int sign = mpfr_sgn(input[i]);
    const double factor = sign == 0 ? context().kinks.absolute : sign;
    mpfr_mul_d(gradient.slot(i), output_gradient[i], factor, MPFR_RNDN);
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
