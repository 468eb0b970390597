#include "reference/operations/structure/add.hpp"

#include "reference/operations/elementwise.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class AddLayer : public Layer {
 public:
  explicit AddLayer(LayerContext context) : context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output(context_.bits, inputs[0]->shape());
    for_each_element(context_.product.threads, output.size(), [&](std::int64_t i) {
      output.set_radius(i, ball::add(output.slot(i), (*inputs[0])[i], (*inputs[1])[i]));
    });
    output.set_joint_radius(inputs[0]->joint_radius() + inputs[1]->joint_radius() + joint_rounding(output));
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& /*inputs*/, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.push_back(output_gradient.copy());
    result.inputs.push_back(output_gradient.copy());
    return result;
  }

 private:
  LayerContext context_;
};

}  // namespace

std::unique_ptr<Layer> make(const Add& /*add*/, const LayerContext& context) {
  return std::make_unique<AddLayer>(context);
}

bool is_structural_zero(const Add& /*add*/, const ZeroQuestion& at) {
  return at.input_is_zero(at.index(), 0) && at.input_is_zero(at.index(), 1);
}

}  // namespace relu0::reference
