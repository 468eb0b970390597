#include "reference/operations/layers/scale.hpp"

#include "fixtures/network/operations/layers/broadcast.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/elementwise.hpp"
#include "reference/operations/layers/repeated_parameter.hpp"

namespace relu0::reference {

namespace {

class ScaleLayer : public Layer {
 public:
  ScaleLayer(const Scale& scale, const LayerContext& context)
      : context_{context}, repeated_(scale.shape, context) {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output(context_.bits, inputs[0]->shape());
    for_each_element(context_.product.threads, output.size(), [&](std::int64_t i) {
      output.set_radius(
          i, ball::multiply(output.slot(i), (*inputs[0])[i], parameter()[repeated_.of_element(i)]));
    });
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    Tensor& gradient = result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    for_each_element(context_.product.threads, gradient.size(), [&](std::int64_t i) {
      gradient.set_radius(
          i, ball::multiply(gradient.slot(i), output_gradient[i], parameter()[repeated_.of_element(i)]));
    });
    result.parameters.push_back(
        repeated_.gradient(context_.bits, parameter(), [&](Ball& total, const Offsets& at) {
          Tensor met(context_.bits, {std::ssize(at)});
          for (std::size_t i = 0; i < at.size(); ++i) {
            met.copy_element(static_cast<std::int64_t>(i), *inputs[0], at[i]);
          }
          total.radius = dot(total.midpoint, output_gradient, at, met);
        }));
    return result;
  }

 private:
  [[nodiscard]] const Tensor& parameter() const { return context_.parameters[0]; }

  LayerContext context_;
  RepeatedParameter repeated_;
};

}  // namespace

std::unique_ptr<Layer> make(const Scale& scale, const LayerContext& context) {
  return std::make_unique<ScaleLayer>(scale, context);
}

bool is_structural_zero(const Scale& scale, const ZeroQuestion& at) {
  return at.input_is_zero(at.index()) ||
         at.parameter(0, broadcast_element(scale.shape, at.output(), at.within())) == 0;
}

}  // namespace relu0::reference
