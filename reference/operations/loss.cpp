#include "reference/arithmetic/real.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/layers.hpp"
#include "reference/operations/offsets.hpp"

#include <algorithm>

namespace relu0::reference {

namespace {

/// Mean over the mini-batch of −log softmax(z)_label. With m = max z, attained first at class a, and
/// T = Σ_{k ≠ a} exp(z_k − m), a sample's loss is (m − z_label) + log1p(T): a sum of terms ≥ 0, so that it
/// keeps its relative accuracy however sure the network is. Sequential: a few classes a sample.
class LossLayer : public Layer {
 public:
  explicit LossLayer(const LayerContext& context)
      : context_{context},
        classes_{context.input_shapes[0][0]},
        inner_bits_{context.bits + guard_bits},
        exponentials_(inner_bits_, {context.batch, classes_}) {}

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& logits = *inputs[0];
    Tensor losses(inner_bits_, {context_.batch});
    Real largest(context_.bits);
    for (std::int64_t sample = 0; sample < context_.batch; ++sample) {
      const std::int64_t winner = argmax(logits, sample);
      mpfr_set(largest, logits[winner], MPFR_RNDN);
      for (std::int64_t i = sample * classes_; i < (sample + 1) * classes_; ++i) {
        Tensor::Slot power = exponentials_.slot(i);
        mpfr_sub(power, logits[i], largest, MPFR_RNDN);
        mpfr_exp(power, power, MPFR_RNDN);
      }
      Tensor::Slot loss = losses.slot(sample);
      sum_others(loss, sample, winner);
      mpfr_log1p(loss, loss, MPFR_RNDN);
      Real gap(inner_bits_);
      mpfr_sub(gap, largest, logits[label_index(sample)], MPFR_RNDN);
      mpfr_add(loss, loss, gap, MPFR_RNDN);
    }
    Tensor result(context_.bits, {});
    Real total(inner_bits_);
    sum(total, losses, offsets({{context_.batch, 1}}));
    mpfr_div_si(result.slot(0), total, context_.batch, MPFR_RNDN);
    return {std::move(result), false};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& /*output_gradient*/) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    Real denominator(inner_bits_);
    Real others(inner_bits_);
    for (std::int64_t sample = 0; sample < context_.batch; ++sample) {
      const std::int64_t label = label_index(sample);
      sum_others(others, sample, label);
      mpfr_add(denominator, others, exponentials_[label], MPFR_RNDN);
      mpfr_mul_si(denominator, denominator, context_.batch, MPFR_RNDN);
      for (std::int64_t i = sample * classes_; i < (sample + 1) * classes_; ++i) {
        if (i != label) {
          mpfr_div(result.inputs[0].slot(i), exponentials_[i], denominator, MPFR_RNDN);
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
    return sample * classes_ + context_.labels[static_cast<std::size_t>(sample)];
  }

  [[nodiscard]] std::int64_t argmax(const Tensor& logits, std::int64_t sample) const {
    std::int64_t winner = sample * classes_;
    for (std::int64_t i = winner; i < (sample + 1) * classes_; ++i) {
      if (mpfr_greater_p(logits[i], logits[winner]) != 0) {
        winner = i;
      }
    }
    return winner;
  }

  /// Σ of a sample's exponentials without one.
  void sum_others(mpfr_ptr result, std::int64_t sample, std::int64_t without) const {
    Offsets at = offsets({{classes_, 1, sample * classes_}});
    std::erase(at, without);
    sum(result, exponentials_, at);
  }

  LayerContext context_;
  std::int64_t classes_;
  int inner_bits_;
  Tensor exponentials_;  ///< exp(z − max z)
};

}  // namespace

std::unique_ptr<Layer> make(const SoftmaxCrossEntropy& /*loss*/, const LayerContext& context) {
  return std::make_unique<LossLayer>(context);
}

}  // namespace relu0::reference
