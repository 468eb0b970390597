#include "reference/operations/losses/softmax_cross_entropy.hpp"

#include "reference/arithmetic/ball.hpp"
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
      losses.set_radius(sample, rows_.negative_log(losses.slot(sample), *inputs[0], label_index(sample)));
    }
    Tensor result(context_.bits, {});
    Ball total(rows_.inner_bits());
    total.radius = sum(total.midpoint, losses, offsets({{context_.batch, 1}}));
    result.set_radius(0, ball::divide(result.slot(0), total, context_.batch));
    return {.values = std::move(result)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& /*output_gradient*/) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    Ball denominator(rows_.inner_bits());
    Ball others(rows_.inner_bits());
    const Tensor& exponentials = rows_.exponentials();
    for (std::int64_t sample = 0; sample < context_.batch; ++sample) {
      const std::int64_t label = label_index(sample);
      others.radius = rows_.sum_others(others.midpoint, sample, label);
      denominator.radius = ball::add(denominator.midpoint, others, exponentials[label]);
      denominator.radius =
          ball::multiply(denominator.midpoint, denominator, static_cast<double>(context_.batch));
      for (std::int64_t i = sample * rows_.classes(); i < (sample + 1) * rows_.classes(); ++i) {
        if (i != label) {
          result.inputs[0].set_radius(i,
                                      ball::divide(result.inputs[0].slot(i), exponentials[i], denominator));
        }
      }
      // softmax − 1, without the subtraction.
      mpfr_neg(others.midpoint, others.midpoint, MPFR_RNDN);
      result.inputs[0].set_radius(label, ball::divide(result.inputs[0].slot(label), others, denominator));
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
