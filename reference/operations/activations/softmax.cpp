#include "reference/operations/activations/softmax.hpp"

#include "reference/arithmetic/real.hpp"
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
    Real denominator(rows_.inner_bits());
    for (std::int64_t i = 0; i < output.size(); ++i) {
      set_denominator_at_row(denominator, i);
      mpfr_div(output.slot(i), rows_.exponentials()[i], denominator, MPFR_RNDN);
    }
    return {std::move(output), false};
  }

  /// p_i (g_i − Σ_j p_j g_j) = e_i Σ_{j ≠ i} e_j (g_i − g_j) / (Σ_k e_k)² with e the exponentials: where one
  /// class is sure, its g_i and p_i g_i do not cancel.
  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    const Tensor& exponentials = rows_.exponentials();
    Real denominator(rows_.inner_bits());
    Real total(rows_.inner_bits());
    Real difference(rows_.inner_bits());
    for (std::int64_t i = 0; i < output_gradient.size(); ++i) {
      set_denominator_at_row(denominator, i);
      mpfr_set_zero(total, 1);
      const std::int64_t first = i / rows_.classes() * rows_.classes();
      for (std::int64_t j = first; j < first + rows_.classes(); ++j) {
        mpfr_sub(difference, output_gradient[i], output_gradient[j], MPFR_RNDN);
        mpfr_fma(total, exponentials[j], difference, total, MPFR_RNDN);
      }
      mpfr_div(total, total, denominator, MPFR_RNDN);
      mpfr_div(total, total, denominator, MPFR_RNDN);
      mpfr_mul(result.inputs[0].slot(i), total, exponentials[i], MPFR_RNDN);
    }
    return result;
  }

 private:
  /// Where a row begins with the element: the sum of the row's exponentials. It stays for the others.
  void set_denominator_at_row(mpfr_ptr result, std::int64_t element) const {
    if (element % rows_.classes() == 0) {
      rows_.sum_others(result, element / rows_.classes(), element);
      mpfr_add(result, result, rows_.exponentials()[element], MPFR_RNDN);
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
