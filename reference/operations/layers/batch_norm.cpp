#include "reference/operations/layers/batch_norm.hpp"

#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/real.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/offsets.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace relu0::reference {

namespace {

/// The moments of one feature, with guard bits.
struct Moments {
  explicit Moments(int bits) : mean(bits), inverse_deviation(bits) {}
  Real mean;
  Real inverse_deviation;  ///< (variance + epsilon)^−1/2
};

/// y = (x − mean) · inverse_deviation · γ + β per feature (Ioffe and Szegedy, arXiv:1502.03167, algorithm 1).
class BatchNormLayer : public Layer {
 public:
  BatchNormLayer(const BatchNorm& norm, const LayerContext& context)
      : context_{context},
        norm_{norm},
        inner_bits_{context.bits + guard_bits},
        positions_per_sample_{element_count(context.output_shape) / norm.features},
        positions_{
            offsets({{context.batch, norm.features * positions_per_sample_}, {positions_per_sample_, 1}})} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output(context_.bits, input.shape());
    moments_.resize(static_cast<std::size_t>(norm_.features));
    const bool exact = for_each_feature([&](std::int64_t feature) {
      const Offsets at = elements(feature);
      auto moments = std::make_unique<Moments>(inner_bits_);
      const Tensor centred = set_moments(*moments, input, at, feature);
      Real scale(inner_bits_);
      mpfr_mul(scale, moments->inverse_deviation, gamma(feature), MPFR_RNDN);
      for (std::size_t i = 0; i < at.size(); ++i) {
        mpfr_fma(output.slot(at[i]), centred[static_cast<std::int64_t>(i)], scale, beta(feature), MPFR_RNDN);
      }
      moments_[static_cast<std::size_t>(feature)] = std::move(moments);
    });
    return {std::move(output), exact};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    result.parameters.emplace_back(context_.bits, Shape{norm_.features});
    result.parameters.emplace_back(context_.bits, Shape{norm_.features});
    (void)for_each_feature([&](std::int64_t feature) {
      const Offsets at = elements(feature);
      const Moments& moments = *moments_[static_cast<std::size_t>(feature)];
      const Tensor centred = centre(*inputs[0], at, moments.mean);
      Real gradient_sum(inner_bits_);
      sum(gradient_sum, output_gradient, at);
      Real gradient_dot(inner_bits_);
      dot(gradient_dot, output_gradient, at, centred);
      mpfr_mul(result.parameters[0].slot(feature), gradient_dot, moments.inverse_deviation, MPFR_RNDN);
      mpfr_set(result.parameters[1].slot(feature), gradient_sum, MPFR_RNDN);
      Real scale(inner_bits_);
      mpfr_mul(scale, moments.inverse_deviation, gamma(feature), MPFR_RNDN);
      if (norm_.statistics == BatchStatistics::running) {
        scale_gradient(result.inputs[0], output_gradient, at, scale);
      } else {
        const auto count = static_cast<long>(at.size());
        mpfr_div_si(gradient_sum, gradient_sum, count, MPFR_RNDN);
        // − Σ dy (x − mean) / (count (variance + epsilon)): how the deviation moves.
        mpfr_mul(gradient_dot, gradient_dot, moments.inverse_deviation, MPFR_RNDN);
        mpfr_mul(gradient_dot, gradient_dot, moments.inverse_deviation, MPFR_RNDN);
        mpfr_div_si(gradient_dot, gradient_dot, -count, MPFR_RNDN);
        project_gradient(result.inputs[0], output_gradient, at, centred, gradient_sum, gradient_dot, scale);
      }
    });
    return result;
  }

 private:
  [[nodiscard]] Tensor::View gamma(std::int64_t feature) const { return context_.parameters[0][feature]; }
  [[nodiscard]] Tensor::View beta(std::int64_t feature) const { return context_.parameters[1][feature]; }

  [[nodiscard]] Offsets elements(std::int64_t feature) const {
    Offsets result = positions_;
    for (std::int64_t& offset : result) {
      offset += feature * positions_per_sample_;
    }
    return result;
  }

  template <typename Body>
  [[nodiscard]] bool for_each_feature(const Body& body) const {
    return parallel_for(context_.product.threads, norm_.features, 1,
                        [&](std::int64_t feature, std::int64_t /*end*/) { body(feature); });
  }

  /// x − mean, with guard bits.
  [[nodiscard]] Tensor centre(const Tensor& input, const Offsets& at, mpfr_srcptr mean) const {
    Tensor result(inner_bits_, {static_cast<std::int64_t>(at.size())});
    for (std::size_t i = 0; i < at.size(); ++i) {
      mpfr_sub(result.slot(static_cast<std::int64_t>(i)), input[at[i]], mean, MPFR_RNDN);
    }
    return result;
  }

  /// Sets the moments of one feature and returns x − mean.
  Tensor set_moments(Moments& moments, const Tensor& input, const Offsets& at, std::int64_t feature) const {
    Real variance(inner_bits_);
    std::optional<Tensor> centred;
    if (norm_.statistics == BatchStatistics::running) {
      mpfr_set(moments.mean, context_.buffers[0][feature], MPFR_RNDN);
      centred = centre(input, at, moments.mean);
      mpfr_set(variance, context_.buffers[1][feature], MPFR_RNDN);
    } else {
      const auto count = static_cast<long>(at.size());
      sum(moments.mean, input, at);
      mpfr_div_si(moments.mean, moments.mean, count, MPFR_RNDN);
      centred = centre(input, at, moments.mean);
      dot(variance, *centred, offsets({{count, 1}}), *centred);
      mpfr_div_si(variance, variance, count, MPFR_RNDN);
    }
    mpfr_add_d(variance, variance, norm_.epsilon, MPFR_RNDN);
    mpfr_rec_sqrt(moments.inverse_deviation, variance, MPFR_RNDN);
    return std::move(*centred);
  }

  static void scale_gradient(Tensor& gradient, const Tensor& output_gradient, const Offsets& at,
                             mpfr_srcptr scale) {
    for (const std::int64_t i : at) {
      mpfr_mul(gradient.slot(i), output_gradient[i], scale, MPFR_RNDN);
    }
  }

  /// gradient = scale · (dy − mean + slope · centred).
  void project_gradient(Tensor& gradient, const Tensor& output_gradient, const Offsets& at,
                        const Tensor& centred, mpfr_srcptr mean, mpfr_srcptr slope, mpfr_srcptr scale) const {
    Real value(inner_bits_);
    for (std::size_t i = 0; i < at.size(); ++i) {
      mpfr_sub(value, output_gradient[at[i]], mean, MPFR_RNDN);
      mpfr_fma(value, centred[static_cast<std::int64_t>(i)], slope, value, MPFR_RNDN);
      mpfr_mul(gradient.slot(at[i]), value, scale, MPFR_RNDN);
    }
  }

  LayerContext context_;
  BatchNorm norm_;
  int inner_bits_;
  std::int64_t positions_per_sample_;
  Offsets positions_;  ///< of the first feature
  std::vector<std::unique_ptr<Moments>> moments_;
};

}  // namespace

std::unique_ptr<Layer> make(const BatchNorm& norm, const LayerContext& context) {
  return std::make_unique<BatchNormLayer>(norm, context);
}

bool is_structural_zero(const BatchNorm& norm, const ZeroQuestion& at) {
  const std::int64_t per_sample = element_count(at.output());
  const std::int64_t per_feature = per_sample / norm.features;
  const std::int64_t feature = at.within() / per_feature;
  if (at.parameter(1, feature) != 0) {
    return false;
  }
  if (at.parameter(0, feature) == 0) {
    return true;
  }
  if (norm.statistics == BatchStatistics::running) {
    return at.buffer(0, feature) == 0 && at.input_is_zero(at.index());
  }
  // x − mean is 0 where all of the feature is.
  for (std::int64_t n = 0; n < at.batch(); ++n) {
    for (std::int64_t i = 0; i < per_feature; ++i) {
      if (!at.input_is_zero(n * per_sample + feature * per_feature + i)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace relu0::reference
