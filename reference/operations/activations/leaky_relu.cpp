#include "reference/operations/activations/leaky_relu.hpp"

#include "reference/operations/elementwise.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class LeakyReluLayer : public ElementwiseLayer<LeakyReluLayer> {
 public:
  LeakyReluLayer(const LeakyRelu& leaky_relu, LayerContext context)
      : ElementwiseLayer(std::move(context)), leaky_relu_{leaky_relu} {}

  void compute(Tensor& output, const Tensor& input, std::int64_t i) const {
    if (mpfr_sgn(input[i]) >= 0) {
      output.copy_element(i, input, i);
    } else {
      mpfr_mul_d(output.slot(i), input[i], leaky_relu_.slope, MPFR_RNDN);
    }
  }
  void propagate(Tensor& gradient, const Tensor& input, const Tensor& output_gradient, std::int64_t i) const {
    const int sign = mpfr_sgn(input[i]);
    if (sign > 0) {
      gradient.copy_element(i, output_gradient, i);
    } else {
      const double factor = sign < 0 ? leaky_relu_.slope : factor_at_zero(leaky_relu_, context().kinks);
      mpfr_mul_d(gradient.slot(i), output_gradient[i], factor, MPFR_RNDN);
    }
  }

 private:
  LeakyRelu leaky_relu_;
};

}  // namespace

std::unique_ptr<Layer> make(const LeakyRelu& leaky_relu, const LayerContext& context) {
  return std::make_unique<LeakyReluLayer>(leaky_relu, context);
}

bool is_structural_zero(const LeakyRelu& leaky_relu, const ZeroQuestion& at) {
  return at.input_is_zero(at.index()) || (leaky_relu.slope == 0 && at.certain_sign(at.index()) < 0);
}

}  // namespace relu0::reference
