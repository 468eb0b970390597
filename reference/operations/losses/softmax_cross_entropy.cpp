#include "reference/operations/losses/softmax_cross_entropy.hpp"

#include "reference/arithmetic/real.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/losses/softmax_rows.hpp"
#include "reference/operations/offsets.hpp"

namespace relu0::reference {

namespace {

/// Mean over the mini-batch of −log softmax(z)_label.
class SoftmaxCrossEntropyLayer : public Layer {
 public:
  explicit SoftmaxCrossEntropyLayer(const LayerContext& context)
      : context_{context}, rows_(context.bits, context.batch, context.input_shapes[0][0]) {}

  LayerOutput forward(const LayerInputs& inputs) override {
    rows_.set(*inputs[0]);
    Tensor losses(rows_.inner_bits(), {context_.batch});
    for (std::int64_t sample = 0; sample < context_.batch; ++sample) {
      rows_.negative_log(losses.slot(sample), *inputs[0], label_index(sample));
    }
    Tensor result(context_.bits, {});
    Real total(rows_.inner_bits());
    sum(total, losses, offsets({{context_.batch, 1}}));
    mpfr_div_si(result.slot(0), total, context_.batch, MPFR_RNDN);
    return {std::move(result), false};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& /*output_gradient*/) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    Real denominator(rows_.inner_bits());
    Real others(rows_.inner_bits());
    const Tensor& exponentials = rows_.exponentials();
    for (std::int64_t sample = 0; sample < context_.batch; ++sample) {
      const std::int64_t label = label_index(sample);
      rows_.sum_others(others, sample, label);
      mpfr_add(denominator, others, exponentials[label], MPFR_RNDN);
      mpfr_mul_si(denominator, denominator, context_.batch, MPFR_RNDN);
      for (std::int64_t i = sample * rows_.classes(); i < (sample + 1) * rows_.classes(); ++i) {
        if (i != label) {
          mpfr_div(result.inputs[0].slot(i), exponentials[i], denominator, MPFR_RNDN);
        }
      }
      // softmax − 1, without the subtraction.
      mpfr_neg(others, others, MPFR_RNDN);
      mpfr_div(result.inputs[0].slot(label), others, denominator, MPFR_RNDN);
    }
    return result;
  }

 private:
  [[nodiscard]] std::int64_t label_index(std::int64_t sample) const {
    return sample * rows_.classes() + context_.labels[static_cast<std::size_t>(sample)];
  }

  LayerContext context_;
  SoftmaxRows rows_;
};

}  // namespace

std::unique_ptr<Layer> make(const SoftmaxCrossEntropy& /*loss*/, const LayerContext& context) {
  return std::make_unique<SoftmaxCrossEntropyLayer>(context);
}

bool is_structural_zero(const SoftmaxCrossEntropy& /*loss*/, const ZeroQuestion& /*at*/) { return false; }

}  // namespace relu0::reference
