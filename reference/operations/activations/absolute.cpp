#include "reference/operations/activations/absolute.hpp"

#include "reference/operations/elementwise.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class AbsoluteLayer : public Layer {
 public:
  explicit AbsoluteLayer(LayerContext context) : context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output(context_.bits, input.shape());
    for_each_element(context_.product.threads, input.size(),
                     [&](std::int64_t i) { mpfr_abs(output.slot(i), input[i], MPFR_RNDN); });
    return {std::move(output), true};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    const Tensor& input = *inputs[0];
    Tensor gradient(context_.bits, input.shape());
    for_each_element(context_.product.threads, input.size(), [&](std::int64_t i) {
      const int sign = mpfr_sgn(input[i]);
      const double factor = sign == 0 ? context_.kinks.absolute : sign;
      mpfr_mul_d(gradient.slot(i), output_gradient[i], factor, MPFR_RNDN);
    });
    LayerGradients result;
    result.inputs.push_back(std::move(gradient));
    return result;
  }

 private:
  LayerContext context_;
};

}  // namespace

std::unique_ptr<Layer> make(const Absolute& /*absolute*/, const LayerContext& context) {
  return std::make_unique<AbsoluteLayer>(context);
}

bool is_structural_zero(const Absolute& /*absolute*/, const ZeroQuestion& at) {
  return at.input_is_zero(at.index());
}

}  // namespace relu0::reference
