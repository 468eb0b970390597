#include "reference/operations/activations/softmax.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/operations/losses/softmax_rows.hpp"

namespace relu0::reference {

namespace {

class SoftmaxLayer : public Layer {
 public:
  explicit SoftmaxLayer(const LayerContext& context)
      : context_{context}, rows_(context.bits, context.batch, context.input_shapes[0][0]) {}

  LayerOutput forward(const LayerInputs& inputs) override {
    rows_.set(*inputs[0]);
    Tensor output(context_.bits, inputs[0]->shape());
    Ball denominator(rows_.inner_bits());
    for (std::int64_t i = 0; i < output.size(); ++i) {
      set_denominator_at_row(denominator, i);
      output.set_radius(i, ball::divide(output.slot(i), rows_.exponentials()[i], denominator));
    }
    return {.values = std::move(output)};
  }

  /// p_i (g_i − Σ_j p_j g_j) = e_i Σ_{j ≠ i} e_j (g_i − g_j) / (Σ_k e_k)² with e the exponentials: where one
  /// class is sure, its g_i and p_i g_i do not cancel.
  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    const Tensor& exponentials = rows_.exponentials();
    Ball denominator(rows_.inner_bits());
    Ball total(rows_.inner_bits());
    Ball difference(rows_.inner_bits());
    for (std::int64_t i = 0; i < output_gradient.size(); ++i) {
      set_denominator_at_row(denominator, i);
      total.set_zero();
      const std::int64_t first = i / rows_.classes() * rows_.classes();
      for (std::int64_t j = first; j < first + rows_.classes(); ++j) {
        if (j == i) {
          continue;  // g_i − g_i is 0, whatever the radius of g_i
        }
        difference.radius = ball::subtract(difference.midpoint, output_gradient[i], output_gradient[j]);
        total.radius = ball::multiply_add(total.midpoint, exponentials[j], difference, total);
      }
      total.radius = ball::divide(total.midpoint, total, denominator);
      total.radius = ball::divide(total.midpoint, total, denominator);
      result.inputs[0].set_radius(i, ball::multiply(result.inputs[0].slot(i), total, exponentials[i]));
    }
    return result;
  }

 private:
  /// Where a row begins with the element: the sum of the row's exponentials. It stays for the others.
  void set_denominator_at_row(Ball& result, std::int64_t element) const {
    if (element % rows_.classes() == 0) {
      result.radius = rows_.sum_others(result.midpoint, element / rows_.classes(), element);
      result.radius = ball::add(result.midpoint, result, rows_.exponentials()[element]);
    }
  }

  LayerContext context_;
  SoftmaxRows rows_;
};

}  // namespace

std::unique_ptr<Layer> make(const Softmax& /*softmax*/, const LayerContext& context) {
  return std::make_unique<SoftmaxLayer>(context);
}

/// A probability of 0 is none that a softmax gives.
bool is_structural_zero(const Softmax& /*softmax*/, const ZeroQuestion& /*at*/) { return false; }

}  // namespace relu0::reference
