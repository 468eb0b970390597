#include "reference/operations/activations/log_softmax.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/losses/softmax_rows.hpp"
#include "reference/operations/offsets.hpp"

namespace relu0::reference {

namespace {

class LogSoftmaxLayer : public Layer {
 public:
  explicit LogSoftmaxLayer(const LayerContext& context)
      : context_{context}, rows_(context.bits, context.batch, context.input_shapes[0][0]) {}

  LayerOutput forward(const LayerInputs& inputs) override {
    rows_.set(*inputs[0]);
    Tensor output(context_.bits, inputs[0]->shape());
    Ball value(rows_.inner_bits());
    for (std::int64_t i = 0; i < output.size(); ++i) {
      value.radius = rows_.negative_log(value.midpoint, *inputs[0], i);
      mpfr_neg(value.midpoint, value.midpoint, MPFR_RNDN);
      output.set_radius(i, ball::set(output.slot(i), value));
    }
    return {.values = std::move(output)};
  }

  /// g_i − softmax_i Σ_j g_j = (g_i Σ_{k ≠ i} e_k − e_i Σ_{j ≠ i} g_j) / Σ_k e_k with e the exponentials:
  /// where one class is sure, its g_i and softmax_i g_i do not cancel.
  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    const Tensor& exponentials = rows_.exponentials();
    Ball of_others(rows_.inner_bits());
    Ball denominator(rows_.inner_bits());
    Ball gradients(rows_.inner_bits());
    for (std::int64_t i = 0; i < output_gradient.size(); ++i) {
      const std::int64_t sample = i / rows_.classes();
      of_others.radius = rows_.sum_others(of_others.midpoint, sample, i);
      denominator.radius = ball::add(denominator.midpoint, of_others, exponentials[i]);
      Offsets others = offsets({{rows_.classes(), 1, sample * rows_.classes()}});
      std::erase(others, i);
      gradients.radius = sum(gradients.midpoint, output_gradient, others);
      gradients.radius = ball::difference_of_products(gradients.midpoint, of_others, output_gradient[i],
                                                      exponentials[i], gradients);
      result.inputs[0].set_radius(i, ball::divide(result.inputs[0].slot(i), gradients, denominator));
    }
    return result;
  }

 private:
  LayerContext context_;
  SoftmaxRows rows_;
};

}  // namespace

std::unique_ptr<Layer> make(const LogSoftmax& /*log_softmax*/, const LayerContext& context) {
  return std::make_unique<LogSoftmaxLayer>(context);
}

/// A probability of 1 is none that a softmax gives.
bool is_structural_zero(const LogSoftmax& /*log_softmax*/, const ZeroQuestion& /*at*/) { return false; }

}  // namespace relu0::reference
