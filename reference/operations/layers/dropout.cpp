#include "reference/operations/layers/dropout.hpp"

#include "reference/arithmetic/real.hpp"
#include "reference/operations/elementwise.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class DropoutLayer : public Layer {
 public:
  DropoutLayer(const Dropout& dropout, LayerContext context)
      : dropout_{dropout}, context_{std::move(context)}, mask_(dropout, context_.dropout, context_.node) {}

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output(context_.bits, input.shape());
    const bool exact = for_each_element(context_.product.threads, input.size(), [&](std::int64_t i) {
      if (!dropout_.drops()) {
        output.copy_element(i, input, i);
      } else if (mask_.keeps(i)) {
        scale(output.slot(i), input[i]);
      }
    });
    return {std::move(output), exact};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    const Tensor& input = *inputs[0];
    Tensor gradient(context_.bits, input.shape());
    for_each_element(context_.product.threads, input.size(), [&](std::int64_t i) {
      if (!dropout_.drops()) {
        gradient.copy_element(i, output_gradient, i);
      } else if (mask_.keeps(i)) {
        scale(gradient.slot(i), output_gradient[i]);
      }
    });
    LayerGradients result;
    result.inputs.push_back(std::move(gradient));
    return result;
  }

 private:
  void scale(mpfr_ptr result, mpfr_srcptr value) const {
    Real kept(context_.bits + guard_bits);
    mpfr_set_d(kept, dropout_.probability, MPFR_RNDN);
    mpfr_ui_sub(kept, 1, kept, MPFR_RNDN);
    mpfr_div(result, value, kept, MPFR_RNDN);
  }

  Dropout dropout_;
  LayerContext context_;
  DropoutMask mask_;
};

}  // namespace

std::unique_ptr<Layer> make(const Dropout& dropout, const LayerContext& context) {
  return std::make_unique<DropoutLayer>(dropout, context);
}

bool is_structural_zero(const Dropout& dropout, const ZeroQuestion& at) {
  return !DropoutMask(dropout, at.dropout(), at.node()).keeps(at.index()) || at.input_is_zero(at.index());
}

}  // namespace relu0::reference
