#include "reference/operations/structure/concatenate.hpp"

#include <utility>

namespace relu0::reference {

namespace {

/// Calls body(input, element of the input, element of the output) for all of them.
template <typename Body>
void for_each_pair(std::int64_t batch, const std::vector<Shape>& inputs, const Body& body) {
  std::int64_t to = 0;
  for (std::int64_t sample = 0; sample < batch; ++sample) {
    for (std::size_t input = 0; input < inputs.size(); ++input) {
      const std::int64_t count = element_count(inputs[input]);
      for (std::int64_t i = 0; i < count; ++i, ++to) {
        body(input, sample * count + i, to);
      }
    }
  }
}

class ConcatenateLayer : public Layer {
 public:
  explicit ConcatenateLayer(LayerContext context) : context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Shape shape{context_.batch};
    shape.insert(shape.end(), context_.output_shape.begin(), context_.output_shape.end());
    Tensor output(context_.bits, std::move(shape));
    for_each_pair(context_.batch, context_.input_shapes,
                  [&](std::size_t input, std::int64_t from, std::int64_t to) {
                    output.copy_element(to, *inputs[input], from);
                  });
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    for (const Tensor* input : inputs) {
      result.inputs.emplace_back(context_.bits, input->shape());
    }
    for_each_pair(context_.batch, context_.input_shapes,
                  [&](std::size_t input, std::int64_t to, std::int64_t from) {
                    result.inputs[input].copy_element(to, output_gradient, from);
                  });
    return result;
  }

 private:
  LayerContext context_;
};

}  // namespace

std::unique_ptr<Layer> make(const Concatenate& /*concatenate*/, const LayerContext& context) {
  return std::make_unique<ConcatenateLayer>(context);
}

bool is_structural_zero(const Concatenate& /*concatenate*/, const ZeroQuestion& at) {
  std::int64_t within = at.within();
  for (std::size_t i = 0;; ++i) {
    const std::int64_t count = element_count(at.input(i));
    if (within < count) {
      return at.input_is_zero(at.sample() * count + within, i);
    }
    within -= count;
  }
}

}  // namespace relu0::reference
