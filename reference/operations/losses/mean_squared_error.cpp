#include "reference/operations/losses/mean_squared_error.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/offsets.hpp"

namespace relu0::reference {

namespace {

class MeanSquaredErrorLayer : public Layer {
 public:
  explicit MeanSquaredErrorLayer(const LayerContext& context)
      : context_{context}, count_{context.batch * context.input_shapes[0][0]} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor differences = differences_of(*inputs[0]);
    Ball total(context_.bits + guard_bits);
    const Offsets all = offsets({{count_, 1}});
    total.radius = dot(total.midpoint, differences, all, differences);
    Tensor result(context_.bits, {});
    result.set_radius(0, ball::divide(result.slot(0), total, count_));
    return {.values = std::move(result)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& /*output_gradient*/) override {
    const Tensor differences = differences_of(*inputs[0]);
    LayerGradients result;
    Tensor& gradient = result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    Ball twice(context_.bits + guard_bits);
    for (std::int64_t i = 0; i < count_; ++i) {
      twice.radius = ball::multiply(twice.midpoint, differences[i], 2);
      gradient.set_radius(i, ball::divide(gradient.slot(i), twice, count_));
    }
    return result;
  }

 private:
  /// x − target, with guard bits.
  [[nodiscard]] Tensor differences_of(const Tensor& input) const {
    Tensor result(context_.bits + guard_bits, input.shape());
    const std::int64_t row = context_.input_shapes[0][0];
    for (std::int64_t i = 0; i < count_; ++i) {
      const bool is_label = i % row == context_.labels[static_cast<std::size_t>(i / row)];
      Tensor::Slot slot = result.slot(i);
      const int ternary = mpfr_sub_si(slot, input[i], is_label ? 1 : 0, MPFR_RNDN);
      result.set_radius(i, input.radius(i) + Radius::of_rounding(slot, ternary));
    }
    return result;
  }

  LayerContext context_;
  std::int64_t count_;
};

}  // namespace

std::unique_ptr<Layer> make(const MeanSquaredError& /*loss*/, const LayerContext& context) {
  return std::make_unique<MeanSquaredErrorLayer>(context);
}

bool is_structural_zero(const MeanSquaredError& /*loss*/, const ZeroQuestion& /*at*/) { return false; }

}  // namespace relu0::reference
