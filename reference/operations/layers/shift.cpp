#include "reference/operations/layers/shift.hpp"

#include "fixtures/network/operations/layers/broadcast.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/elementwise.hpp"
#include "reference/operations/layers/repeated_parameter.hpp"

namespace relu0::reference {

namespace {

class ShiftLayer : public Layer {
 public:
  ShiftLayer(const Shift& shift, const LayerContext& context)
      : context_{context}, repeated_(shift.shape, context) {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output(context_.bits, inputs[0]->shape());
    for_each_element(context_.product.threads, output.size(), [&](std::int64_t i) {
      output.set_radius(i, ball::add(output.slot(i), (*inputs[0])[i], parameter()[repeated_.of_element(i)]));
    });
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& /*inputs*/, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.push_back(output_gradient.copy());
    result.parameters.push_back(repeated_.gradient(
        context_.bits, parameter(),
        [&](Ball& total, const Offsets& at) { total.radius = sum(total.midpoint, output_gradient, at); }));
    return result;
  }

 private:
  [[nodiscard]] const Tensor& parameter() const { return context_.parameters[0]; }

  LayerContext context_;
  RepeatedParameter repeated_;
};

}  // namespace

std::unique_ptr<Layer> make(const Shift& shift, const LayerContext& context) {
  return std::make_unique<ShiftLayer>(shift, context);
}

bool is_structural_zero(const Shift& shift, const ZeroQuestion& at) {
  return at.input_is_zero(at.index()) &&
         at.parameter(0, broadcast_element(shift.shape, at.output(), at.within())) == 0;
}

}  // namespace relu0::reference
