#include "reference/operations/structure/transpose.hpp"

#include <utility>

namespace relu0::reference {

namespace {

/// The element of a sample's input that becomes element `within` of its output.
std::int64_t source(const Transpose& transpose, const Shape& input, const Shape& output,
                    std::int64_t within) {
  std::vector<std::int64_t> strides(input.size(), 1);
  for (std::size_t i = input.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * input[i];
  }
  std::int64_t result = 0;
  for (std::size_t i = output.size(); i-- > 0;) {
    result += within % output[i] * strides[static_cast<std::size_t>(transpose.permutation[i])];
    within /= output[i];
  }
  return result;
}

class TransposeLayer : public Layer {
 public:
  TransposeLayer(Transpose transpose, LayerContext context)
      : transpose_{std::move(transpose)}, context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Shape shape = context_.output_shape;
    shape.insert(shape.begin(), context_.batch);
    Tensor output(context_.bits, std::move(shape));
    for_each_pair([&](std::int64_t from, std::int64_t to) { output.copy_element(to, *inputs[0], from); });
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    Tensor& gradient = result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    for_each_pair(
        [&](std::int64_t to, std::int64_t from) { gradient.copy_element(to, output_gradient, from); });
    return result;
  }

 private:
  /// Calls body(element of the input, element of the output) for all of them.
  template <typename Body>
  void for_each_pair(const Body& body) const {
    const std::int64_t count = element_count(context_.output_shape);
    for (std::int64_t within = 0; within < count; ++within) {
      const std::int64_t from = source(transpose_, context_.input_shapes[0], context_.output_shape, within);
      for (std::int64_t sample = 0; sample < context_.batch; ++sample) {
        body(sample * count + from, sample * count + within);
      }
    }
  }

  Transpose transpose_;
  LayerContext context_;
};

}  // namespace

std::unique_ptr<Layer> make(const Transpose& transpose, const LayerContext& context) {
  return std::make_unique<TransposeLayer>(transpose, context);
}

bool is_structural_zero(const Transpose& transpose, const ZeroQuestion& at) {
  return at.input_is_zero(at.sample() * element_count(at.input()) +
                          source(transpose, at.input(), at.output(), at.within()));
}

}  // namespace relu0::reference
