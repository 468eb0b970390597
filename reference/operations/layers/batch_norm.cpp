#include "reference/operations/layers/batch_norm.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/parallel.hpp"
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
  Ball mean;
  Ball inverse_deviation;  ///< (variance + epsilon)^−1/2
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
    for_each_feature([&](std::int64_t feature) {
      const Offsets at = elements(feature);
      auto moments = std::make_unique<Moments>(inner_bits_);
      const Tensor centred = set_moments(*moments, input, at, feature);
      Ball scale(inner_bits_);
      scale.radius = ball::multiply(scale.midpoint, moments->inverse_deviation, gamma(feature));
      for (std::size_t i = 0; i < at.size(); ++i) {
        output.set_radius(at[i], ball::multiply_add(output.slot(at[i]), centred[static_cast<std::int64_t>(i)],
                                                    scale, beta(feature)));
      }
      moments_[static_cast<std::size_t>(feature)] = std::move(moments);
    });
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    result.parameters.emplace_back(context_.bits, Shape{norm_.features});
    result.parameters.emplace_back(context_.bits, Shape{norm_.features});
    for_each_feature([&](std::int64_t feature) {
      const Offsets at = elements(feature);
      const Moments& moments = *moments_[static_cast<std::size_t>(feature)];
      const Tensor centred = centre(*inputs[0], at, moments.mean);
      Ball gradient_sum(inner_bits_);
      gradient_sum.radius = sum(gradient_sum.midpoint, output_gradient, at);
      Ball gradient_dot(inner_bits_);
      gradient_dot.radius = dot(gradient_dot.midpoint, output_gradient, at, centred);
      result.parameters[0].set_radius(feature, ball::multiply(result.parameters[0].slot(feature),
                                                              gradient_dot, moments.inverse_deviation));
      result.parameters[1].set_radius(feature, ball::set(result.parameters[1].slot(feature), gradient_sum));
      Ball scale(inner_bits_);
      scale.radius = ball::multiply(scale.midpoint, moments.inverse_deviation, gamma(feature));
      if (norm_.statistics == BatchStatistics::running) {
        scale_gradient(result.inputs[0], output_gradient, at, scale);
      } else {
        const auto count = static_cast<long>(at.size());
        gradient_sum.radius = ball::divide(gradient_sum.midpoint, gradient_sum, count);
        // − Σ dy (x − mean) / (count (variance + epsilon)): how the deviation moves.
        for (int i = 0; i < 2; ++i) {
          gradient_dot.radius =
              ball::multiply(gradient_dot.midpoint, gradient_dot, moments.inverse_deviation);
        }
        gradient_dot.radius = ball::divide(gradient_dot.midpoint, gradient_dot, -count);
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
  void for_each_feature(const Body& body) const {
    parallel_for(context_.product.threads, norm_.features, 1,
                 [&](std::int64_t feature, std::int64_t /*end*/) { body(feature); });
  }

  /// x − mean, with guard bits.
  [[nodiscard]] Tensor centre(const Tensor& input, const Offsets& at, const BallView& mean) const {
    Tensor result(inner_bits_, {static_cast<std::int64_t>(at.size())});
    for (std::size_t i = 0; i < at.size(); ++i) {
      const auto to = static_cast<std::int64_t>(i);
      result.set_radius(to, ball::subtract(result.slot(to), input[at[i]], mean));
    }
    return result;
  }

  /// Sets the moments of one feature and returns x − mean.
  Tensor set_moments(Moments& moments, const Tensor& input, const Offsets& at, std::int64_t feature) const {
    Ball variance(inner_bits_);
    std::optional<Tensor> centred;
    if (norm_.statistics == BatchStatistics::running) {
      moments.mean.radius = ball::set(moments.mean.midpoint, context_.buffers[0][feature]);
      centred = centre(input, at, moments.mean);
      variance.radius = ball::set(variance.midpoint, context_.buffers[1][feature]);
    } else {
      const auto count = static_cast<long>(at.size());
      moments.mean.radius = sum(moments.mean.midpoint, input, at);
      moments.mean.radius = ball::divide(moments.mean.midpoint, moments.mean, count);
      centred = centre(input, at, moments.mean);
      variance.radius = dot(variance.midpoint, *centred, offsets({{count, 1}}), *centred);
      variance.radius = ball::divide(variance.midpoint, variance, count);
    }
    const int ternary = mpfr_add_d(variance.midpoint, variance.midpoint, norm_.epsilon, MPFR_RNDN);
    variance.radius += Radius::of_rounding(variance.midpoint, ternary);
    moments.inverse_deviation.radius = ball::reciprocal_root(moments.inverse_deviation.midpoint, variance);
    return std::move(*centred);
  }

  static void scale_gradient(Tensor& gradient, const Tensor& output_gradient, const Offsets& at,
                             const BallView& scale) {
    for (const std::int64_t i : at) {
      gradient.set_radius(i, ball::multiply(gradient.slot(i), output_gradient[i], scale));
    }
  }

  /// gradient = scale · (dy − mean + slope · centred).
  void project_gradient(Tensor& gradient, const Tensor& output_gradient, const Offsets& at,
                        const Tensor& centred, const BallView& mean, const BallView& slope,
                        const BallView& scale) const {
    Ball value(inner_bits_);
    for (std::size_t i = 0; i < at.size(); ++i) {
      value.radius = ball::subtract(value.midpoint, output_gradient[at[i]], mean);
      value.radius = ball::multiply_add(value.midpoint, centred[static_cast<std::int64_t>(i)], slope, value);
      gradient.set_radius(at[i], ball::multiply(gradient.slot(at[i]), value, scale));
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
