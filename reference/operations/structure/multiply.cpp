#include "reference/operations/structure/multiply.hpp"

#include "reference/operations/elementwise.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class MultiplyLayer : public Layer {
 public:
  explicit MultiplyLayer(LayerContext context) : context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output(context_.bits, inputs[0]->shape());
    multiply_elements(output, *inputs[0], *inputs[1]);
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    for (const std::size_t other : {1, 0}) {
      Tensor& gradient = result.inputs.emplace_back(context_.bits, inputs[0]->shape());
      multiply_elements(gradient, output_gradient, *inputs[other]);
    }
    return result;
  }

 private:
  void multiply_elements(Tensor& result, const Tensor& a, const Tensor& b) const {
    for_each_element(context_.product.threads, result.size(), [&](std::int64_t i) {
      result.set_radius(i, ball::multiply(result.slot(i), a[i], b[i]));
    });
  }

  LayerContext context_;
};

}  // namespace

std::unique_ptr<Layer> make(const Multiply& /*multiply*/, const LayerContext& context) {
  return std::make_unique<MultiplyLayer>(context);
}

bool is_structural_zero(const Multiply& /*multiply*/, const ZeroQuestion& at) {
  return at.input_is_zero(at.index(), 0) || at.input_is_zero(at.index(), 1);
}

}  // namespace relu0::reference
