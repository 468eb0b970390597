#include "reference/operations/activations/relu.hpp"

#include "reference/operations/activations/derivative_at_kink.hpp"
#include "reference/operations/elementwise.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class ReluLayer : public Layer {
 public:
  explicit ReluLayer(LayerContext context) : context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output(context_.bits, input.shape());
    for_each_element(context_.product.threads, input.size(), [&](std::int64_t i) {
      if (mpfr_sgn(input[i]) > 0) {
        output.copy_element(i, input, i);
      }
    });
    return {std::move(output), true};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    const Tensor& input = *inputs[0];
    Tensor gradient(context_.bits, input.shape());
    for_each_element(context_.product.threads, input.size(), [&](std::int64_t i) {
      const int sign = mpfr_sgn(input[i]);
      if (sign > 0) {
        gradient.copy_element(i, output_gradient, i);
      } else if (sign == 0) {
        apply(context_.kinks.relu, gradient.slot(i), output_gradient[i]);
      }
    });
    LayerGradients result;
    result.inputs.push_back(std::move(gradient));
    return result;
  }

 private:
  LayerContext context_;
};

}  // namespace

std::unique_ptr<Layer> make(const Relu& /*relu*/, const LayerContext& context) {
  return std::make_unique<ReluLayer>(context);
}

bool is_structural_zero(const Relu& /*relu*/, const ZeroQuestion& at) {
  return at.certain_sign(at.index()) < 0 || at.input_is_zero(at.index());
}

}  // namespace relu0::reference
