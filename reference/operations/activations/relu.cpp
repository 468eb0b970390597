#include "reference/operations/activations/relu.hpp"

#include "reference/operations/activations/derivative_at_kink.hpp"
#include "reference/operations/elementwise.hpp"

namespace relu0::reference {

namespace {

class ReluLayer : public ElementwiseLayer<ReluLayer> {
 public:
  using ElementwiseLayer::ElementwiseLayer;

  void compute(Tensor& output, const Tensor& input, std::int64_t i) const {
    if (mpfr_sgn(input[i]) > 0) {
      output.copy_element(i, input, i);
    }
  }
  void propagate(Tensor& gradient, const Tensor& input, const Tensor& output_gradient, std::int64_t i) const {
    const int sign = mpfr_sgn(input[i]);
    if (sign > 0) {
      gradient.copy_element(i, output_gradient, i);
    } else if (sign == 0) {
      apply(context().kinks.relu, gradient.slot(i), output_gradient[i]);
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
