#include "reference/operations/activations/log_softmax.hpp"

#include "reference/arithmetic/real.hpp"
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
    Real value(rows_.inner_bits());
    for (std::int64_t i = 0; i < output.size(); ++i) {
      rows_.negative_log(value, *inputs[0], i);
      mpfr_neg(output.slot(i), value, MPFR_RNDN);
    }
    return {std::move(output), false};
  }

  /// g_i − softmax_i Σ_j g_j = (g_i Σ_{k ≠ i} e_k − e_i Σ_{j ≠ i} g_j) / Σ_k e_k with e the exponentials:
  /// where one class is sure, its g_i and softmax_i g_i do not cancel.
  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    const Tensor& exponentials = rows_.exponentials();
    Real of_others(rows_.inner_bits());
    Real denominator(rows_.inner_bits());
    Real gradients(rows_.inner_bits());
    for (std::int64_t i = 0; i < output_gradient.size(); ++i) {
      const std::int64_t sample = i / rows_.classes();
      rows_.sum_others(of_others, sample, i);
      mpfr_add(denominator, of_others, exponentials[i], MPFR_RNDN);
      Offsets others = offsets({{rows_.classes(), 1, sample * rows_.classes()}});
      std::erase(others, i);
      sum(gradients, output_gradient, others);
      mpfr_fmms(gradients, of_others, output_gradient[i], exponentials[i], gradients, MPFR_RNDN);
      mpfr_div(result.inputs[0].slot(i), gradients, denominator, MPFR_RNDN);
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
