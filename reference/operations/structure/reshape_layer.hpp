#pragma once
#include "reference/operations/layer.hpp"

#include <utility>

namespace relu0::reference {

/// The same values in another shape.
class ReshapeLayer : public Layer {
 public:
  explicit ReshapeLayer(LayerContext context) : context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output = inputs[0]->copy();
    Shape shape = context_.output_shape;
    shape.insert(shape.begin(), context_.batch);
    output.reshape(std::move(shape));
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.push_back(output_gradient.copy());
    result.inputs[0].reshape(inputs[0]->shape());
    return result;
  }

 private:
  LayerContext context_;
};

}  // namespace relu0::reference
