#include "reference/operations/layers/linear.hpp"

#include "reference/arithmetic/operator_norm.hpp"
#include "reference/operations/layers/bias_gradient.hpp"
#include "reference/operations/layers/joint_of_map.hpp"
#include "reference/operations/offsets.hpp"

namespace relu0::reference {

namespace {

class LinearLayer : public Layer {
 public:
  LinearLayer(const Linear& linear, const LayerContext& context)
      : context_{context},
        samples_in_{offsets({{context.batch, linear.in_features}})},
        samples_out_{offsets({{context.batch, linear.out_features}})},
        features_in_{offsets({{linear.in_features, 1}})},
        features_out_{offsets({{linear.out_features, 1}})},
        weight_rows_{offsets({{linear.out_features, linear.in_features}})} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output(context_.bits, {context_.batch, context_.output_shape[0]});
    const Tensor* bias = context_.parameters.size() > 1 ? &context_.parameters[1] : nullptr;
    multiply({*inputs[0], samples_in_, features_in_}, {context_.parameters[0], weight_rows_, features_in_},
             {output, samples_out_, features_out_}, bias, context_.product);
    norm_ = operator_norm({context_.parameters[0], weight_rows_, features_in_}, context_.product.threads);
    output.set_joint_radius(
        joint_of_map(norm_, *inputs[0], context_.parameters[0], bias, std::ssize(features_in_), output));
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    const Tensor& weight = context_.parameters[0];
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    multiply({output_gradient, samples_out_, features_out_}, {weight, features_in_, weight_rows_},
             {result.inputs[0], samples_in_, features_in_}, nullptr, context_.product);
    result.inputs[0].set_joint_radius(
        joint_of_map(norm_, output_gradient, weight, nullptr, std::ssize(features_out_), result.inputs[0]));
    result.parameters.emplace_back(context_.bits, weight.shape());
    multiply({output_gradient, features_out_, samples_out_}, {*inputs[0], features_in_, samples_in_},
             {result.parameters[0], weight_rows_, features_in_}, nullptr, context_.product);
    if (context_.parameters.size() > 1) {
      result.parameters.push_back(
          bias_gradient(output_gradient, features_out_, samples_out_, context_.product.threads));
    }
    return result;
  }

 private:
  LayerContext context_;
  Offsets samples_in_;
  Offsets samples_out_;
  Offsets features_in_;
  Offsets features_out_;
  Offsets weight_rows_;
  Radius norm_;  ///< of the weight
};

}  // namespace

std::unique_ptr<Layer> make(const Linear& linear, const LayerContext& context) {
  return std::make_unique<LinearLayer>(linear, context);
}

bool is_structural_zero(const Linear& linear, const ZeroQuestion& at) {
  const std::int64_t feature = at.within();
  if (linear.bias && at.parameter(1, feature) != 0) {
    return false;
  }
  for (std::int64_t k = 0; k < linear.in_features; ++k) {
    if (!at.input_is_zero(at.sample() * linear.in_features + k) &&
        at.parameter(0, feature * linear.in_features + k) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace relu0::reference
