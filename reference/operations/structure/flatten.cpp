#include "reference/operations/structure/flatten.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class FlattenLayer : public Layer {
 public:
  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output = inputs[0]->copy();
    const std::int64_t batch = output.shape()[0];
    output.reshape({batch, batch == 0 ? 0 : output.size() / batch});
    return {std::move(output), true};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.push_back(output_gradient.copy());
    result.inputs[0].reshape(inputs[0]->shape());
    return result;
  }
};

}  // namespace

std::unique_ptr<Layer> make(const Flatten& /*flatten*/, const LayerContext& /*context*/) {
  return std::make_unique<FlattenLayer>();
}

bool is_structural_zero(const Flatten& /*flatten*/, const ZeroQuestion& at) {
  return at.input_is_zero(at.index());
}

}  // namespace relu0::reference
