#include "reference/operations/losses/negative_log_likelihood.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/offsets.hpp"

namespace relu0::reference {

namespace {

class NegativeLogLikelihoodLayer : public Layer {
 public:
  explicit NegativeLogLikelihoodLayer(const LayerContext& context) : context_{context} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Offsets labels;
    for (std::int64_t sample = 0; sample < context_.batch; ++sample) {
      labels.push_back(label_index(sample));
    }
    Ball total(context_.bits + guard_bits);
    total.radius = sum(total.midpoint, *inputs[0], labels);
    Tensor result(context_.bits, {});
    result.set_radius(0, ball::divide(result.slot(0), total, -context_.batch));
    return {.values = std::move(result)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& /*output_gradient*/) override {
    LayerGradients result;
    Tensor& gradient = result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    for (std::int64_t sample = 0; sample < context_.batch; ++sample) {
      Ball minus_one(context_.bits);
      mpfr_set_si(minus_one.midpoint, -1, MPFR_RNDN);
      gradient.set_radius(label_index(sample),
                          ball::divide(gradient.slot(label_index(sample)), minus_one, context_.batch));
    }
    return result;
  }

 private:
  [[nodiscard]] std::int64_t label_index(std::int64_t sample) const {
    return sample * context_.input_shapes[0][0] + context_.labels[static_cast<std::size_t>(sample)];
  }

  LayerContext context_;
};

}  // namespace

std::unique_ptr<Layer> make(const NegativeLogLikelihood& /*loss*/, const LayerContext& context) {
  return std::make_unique<NegativeLogLikelihoodLayer>(context);
}

bool is_structural_zero(const NegativeLogLikelihood& /*loss*/, const ZeroQuestion& /*at*/) { return false; }

}  // namespace relu0::reference
