#include "reference/operations/activations/relu.hpp"

#include "reference/arithmetic/real.hpp"
#include "reference/operations/activations/derivative_at_kink.hpp"
#include "reference/operations/activations/open_kink.hpp"
#include "reference/operations/elementwise.hpp"

#include <optional>

namespace relu0::reference {

namespace {

class ReluLayer : public ElementwiseLayer<ReluLayer> {
 public:
  using ElementwiseLayer::ElementwiseLayer;

  /// No distance grows, so that their 2-norm does not.
  LayerOutput forward(const LayerInputs& inputs) override {
    LayerOutput result = ElementwiseLayer::forward(inputs);
    result.values.set_joint_radius(inputs[0]->joint_radius());
    return result;
  }
  /// Nor does one of the gradient where the input's sign is known; the others are added by their radii.
  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result = ElementwiseLayer::backward(inputs, output_gradient);
    Tensor& gradient = result.inputs[0];
    Radius largest;
    std::int64_t at_kink = 0;
    for (std::int64_t i = 0; i < gradient.size(); ++i) {
      if (certain_sign((*inputs[0])[i]) == 0) {
        largest = std::max(largest, gradient.radius(i));
        ++at_kink;
      }
    }
    gradient.set_joint_radius(output_gradient.joint_radius() + joint_of_each(at_kink, largest));
    return result;
  }

  void compute(Tensor& output, const Tensor& input, std::int64_t i) const {
    const std::optional<int> sign = side(input[i], 0);
    if (sign == 1) {
      output.copy_element(i, input, i);
    } else if (!sign) {
      // |max(x, 0) − max(m, 0)| ≤ |x − m|.
      mpfr_max(output.slot(i), input[i], Real(context().bits), MPFR_RNDN);
      output.set_radius(i, input.radius(i));
    }
  }
  void propagate(Tensor& gradient, const Tensor& input, const Tensor& output_gradient, std::int64_t i) const {
    const std::optional<int> sign = side(input[i], 0);
    if (!sign) {
      set_hull(gradient, i, output_gradient[i], {0, 1}, {context().kinks.relu});
    } else if (*sign > 0) {
      gradient.copy_element(i, output_gradient, i);
    } else if (*sign == 0) {
      gradient.set_radius(i, apply(context().kinks.relu, gradient.slot(i), output_gradient[i]));
    }
  }
};

}  // namespace

std::unique_ptr<Layer> make(const Relu& /*relu*/, const LayerContext& context) {
  return std::make_unique<ReluLayer>(context);
}

bool is_structural_zero(const Relu& /*relu*/, const ZeroQuestion& at) {
  return at.certain_sign(at.index()) < 0 || at.input_is_zero(at.index());
}

}  // namespace relu0::reference
