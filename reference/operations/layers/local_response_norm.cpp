#include "reference/operations/layers/local_response_norm.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/real.hpp"

#include <algorithm>

namespace relu0::reference {

namespace {

/// y_c = x_c d_c^−β with d_c = bias + α / size · Σ x_j² over the channels j around c.
class LocalResponseNormLayer : public Layer {
 public:
  LocalResponseNormLayer(const LocalResponseNorm& norm, const LayerContext& context)
      : context_{context},
        norm_{norm},
        inner_bits_{context.bits + guard_bits},
        channels_{context.output_shape[0]},
        plane_{context.output_shape[1] * context.output_shape[2]} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output(context_.bits, input.shape());
    for_each_element_of(input, [&](std::int64_t i) {
      Ball power(inner_bits_);
      set_power(power, input, i, /*divided=*/false);
      output.set_radius(i, ball::multiply(output.slot(i), input[i], power));
    });
    return {.values = std::move(output)};
  }

  /// d loss / d x_c = g_c d_c^−β − 2 α β / size · x_c Σ g_j x_j d_j^(−β − 1) over the same channels j.
  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    const Tensor& input = *inputs[0];
    LayerGradients result;
    Tensor& gradient = result.inputs.emplace_back(context_.bits, input.shape());
    Tensor terms(inner_bits_, input.shape());
    for_each_element_of(input, [&](std::int64_t i) {
      Ball term(inner_bits_);
      set_power(term, input, i, /*divided=*/true);
      term.radius = ball::multiply(term.midpoint, term, input[i]);
      terms.set_radius(i, ball::multiply(terms.slot(i), term, output_gradient[i]));
    });
    for_each_element_of(input, [&](std::int64_t i) {
      Ball total(inner_bits_);
      for_each_neighbour(i,
                         [&](std::int64_t j) { total.radius = ball::add(total.midpoint, total, terms[j]); });
      total.radius = ball::multiply(total.midpoint, total, input[i]);
      total.radius = ball::multiply(total.midpoint, total, -2 * norm_.alpha);
      total.radius = ball::multiply(total.midpoint, total, norm_.beta);
      total.radius = ball::divide(total.midpoint, total, norm_.size);
      Ball power(inner_bits_);
      set_power(power, input, i, /*divided=*/false);
      gradient.set_radius(i, ball::multiply_add(gradient.slot(i), power, output_gradient[i], total));
    });
    return result;
  }

 private:
  template <typename Body>
  void for_each_element_of(const Tensor& input, const Body& body) const {
    (void)parallel_for(context_.product.threads, input.size(), 256,
                       [&](std::int64_t first, std::int64_t last) {
                         for (std::int64_t i = first; i < last; ++i) {
                           body(i);
                         }
                       });
  }

  /// body(element) for the elements in the channels around that of element i, at its place.
  template <typename Body>
  void for_each_neighbour(std::int64_t i, const Body& body) const {
    const std::int64_t channel = i / plane_ % channels_;
    const std::int64_t reach = norm_.size / 2;
    for (std::int64_t c = std::max<std::int64_t>(0, channel - reach);
         c <= std::min(channels_ - 1, channel + reach); ++c) {
      body(i + (c - channel) * plane_);
    }
  }

  /// d_i^−β, or that divided by d_i.
  void set_power(Ball& result, const Tensor& input, std::int64_t i, bool divided) const {
    Real exponent(inner_bits_);
    mpfr_set_d(exponent, -norm_.beta, MPFR_RNDN);
    Ball denominator(inner_bits_);
    mpfr_ptr sum = denominator.midpoint;
    for_each_neighbour(i, [&](std::int64_t j) {
      denominator.radius = ball::multiply_add(sum, input[j], input[j], denominator);
    });
    denominator.radius = ball::multiply(sum, denominator, norm_.alpha);
    denominator.radius = ball::divide(sum, denominator, norm_.size);
    denominator.radius += Radius::of_rounding(sum, mpfr_add_d(sum, sum, norm_.bias, MPFR_RNDN));
    result.radius = ball::power(result.midpoint, denominator, exponent);
    if (divided) {
      result.radius = ball::divide(result.midpoint, result, denominator);
    }
  }

  LayerContext context_;
  LocalResponseNorm norm_;
  int inner_bits_;
  std::int64_t channels_;
  std::int64_t plane_;
};

}  // namespace

std::unique_ptr<Layer> make(const LocalResponseNorm& norm, const LayerContext& context) {
  return std::make_unique<LocalResponseNormLayer>(norm, context);
}

bool is_structural_zero(const LocalResponseNorm& /*norm*/, const ZeroQuestion& at) {
  return at.input_is_zero(at.index());
}

}  // namespace relu0::reference
