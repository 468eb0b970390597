#include "reference/operations/activations/leaky_relu.hpp"

#include "reference/operations/activations/open_kink.hpp"
#include "reference/operations/elementwise.hpp"

#include <algorithm>
#include <optional>
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
      output.set_radius(i, ball::multiply(output.slot(i), input[i], leaky_relu_.slope));
    }
    if (!side(input[i], 0)) {
      // The output moves by at most so many times what the input does.
      const Radius steepest =
          std::max(Radius::above_magnitude(1.0), Radius::above_magnitude(leaky_relu_.slope));
      output.set_radius(i, output.radius(i) + steepest * input.radius(i));
    }
  }
  void propagate(Tensor& gradient, const Tensor& input, const Tensor& output_gradient, std::int64_t i) const {
    const std::optional<int> sign = side(input[i], 0);
    const double at_zero = factor_at_zero(leaky_relu_, context().kinks);
    if (!sign) {
      set_hull(gradient, i, output_gradient[i], {leaky_relu_.slope, 1, at_zero});
    } else if (*sign > 0) {
      gradient.copy_element(i, output_gradient, i);
    } else {
      const double factor = *sign < 0 ? leaky_relu_.slope : at_zero;
      gradient.set_radius(i, ball::multiply(gradient.slot(i), output_gradient[i], factor));
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
