#include "reference/operations/structure/narrow.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class NarrowLayer : public Layer {
 public:
  NarrowLayer(const Narrow& narrow, LayerContext context)
      : context_{std::move(context)}, blocks_{narrow_blocks(narrow, context_.input_shapes[0])} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Shape shape = context_.output_shape;
    shape.insert(shape.begin(), context_.batch);
    Tensor output(context_.bits, std::move(shape));
    // A sample is a whole number of blocks, so that the mini-batch is a longer row of them.
    for (std::int64_t i = 0; i < output.size(); ++i) {
      output.copy_element(i, *inputs[0], blocks_.source(i));
    }
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    Tensor& gradient = result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    for (std::int64_t i = 0; i < output_gradient.size(); ++i) {
      gradient.copy_element(blocks_.source(i), output_gradient, i);
    }
    return result;
  }

 private:
  LayerContext context_;
  NarrowBlocks blocks_;
};

}  // namespace

std::unique_ptr<Layer> make(const Narrow& narrow, const LayerContext& context) {
  return std::make_unique<NarrowLayer>(narrow, context);
}

bool is_structural_zero(const Narrow& narrow, const ZeroQuestion& at) {
  return at.input_is_zero(narrow_blocks(narrow, at.input()).source(at.index()));
}

}  // namespace relu0::reference
