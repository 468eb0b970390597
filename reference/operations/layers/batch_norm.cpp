#include "reference/operations/layers/batch_norm.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/offsets.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace relu0::reference {

namespace {

/// The moments of one feature, with guard bits.
struct Moments {
  explicit Moments(int bits) : mean(bits), inverse_deviation(bits) {}
  Ball mean;
  Ball inverse_deviation;  ///< (variance + epsilon)^−1/2
};

/// A 2-norm of one feature's distances, apart by what it comes from: the distances of the layer's input, and
/// those of the gradient that reaches its output.
struct Growth {
  Radius of_input{};
  Radius of_gradient{};
};

/// What distances e of a feature's n inputs together, ‖e‖₂ ≤ J, and rounding may change, where x are
/// midpoints below X in magnitude, s = √(variance + epsilon) and u = 2^−(bits + guard_bits).
///
/// s is 1/√n-Lipschitz in x, as it is ‖(centred x / √n, √epsilon)‖₂: over the ball 1/s is at most
///     steepest = 1/s (1 + 2 t) with t = J / (√n s), where t ≤ 1/2.
/// With C the centring and x̂ = Cx / s, the map x ↦ x̂ has the derivative P = (C − x̂ x̂ᵀ/n) / s, symmetric with
/// eigenvalues from 0 to 1/s since ‖x̂‖₂² ≤ n: x̂ is `steepest`-Lipschitz. dy ↦ γ P dy is the gradient, so that
/// distances in dy grow by |γ| · steepest at most; and P is 6 / (√n s²)-Lipschitz in x, since with a
/// direction δ, ‖δ‖₂ = 1, s changes by at most 1/√n, C/s by 1/(√n s²), and Cx (Cx)ᵀ/(n s³) by 2 ‖Cx‖₂/(n s³)
/// + 3 ‖Cx‖₂²/(√n n s⁴), where ‖Cx‖₂ ≤ √n s.
///
/// Rounding: the mean is off by 2uX, centred x by 4uX, the variance by 28uX² + u s², 1/s thus relatively by
/// 17u (X/s)² + 3u. `numeric` and the functions below are at least twice what that makes of the results,
/// without their own rounding to `bits`.
class Together {
 public:
  Together(int inner_bits, std::int64_t count, const BallView& inverse_deviation, std::int64_t exponent_of_x,
           Radius joint)
      : unit_{Radius::above(1, -inner_bits)},
        root_{Radius::above(static_cast<std::uint64_t>(count), 0).square_root()},
        largest_{Radius::above(1, exponent_of_x)},
        joint_{joint} {
    const Radius inverse = Radius::above_magnitude(inverse_deviation.midpoint);
    range_ = largest_ * inverse;
    range_ = range_ * range_;
    const Radius numeric = unit_ * (times(64, range_) + Radius::above(16, 0));
    inverse_ = inverse * (one + numeric);
    const Radius t = inverse_ * (joint * root_).over(count);
    steepest_ = numeric <= one.times_power_of_two(-2) && t <= one.times_power_of_two(-1)
                    ? inverse_ * (one + t.times_power_of_two(1))
                    : Radius::unbounded();
  }

  [[nodiscard]] bool is_known() const { return steepest_.is_bounded(); }
  /// 2-norm of the distances of γ x̂ + β: |γ| steepest J.
  [[nodiscard]] Growth of_output(Radius gamma) const { return {.of_input = gamma * steepest_ * joint_}; }
  /// Rounding of one element of it: |γ|/s uX (12 + 34 (X/s)²).
  [[nodiscard]] Radius rounding_of_output(Radius gamma) const {
    return gamma * inverse_ * unit_ * largest_ * (Radius::above(32, 0) + times(64, range_));
  }
  /// 2-norm of the distances of d loss / d x: from those of dy, ‖·‖₂ ≤ joint, and from those of x, where the
  /// midpoints have ‖dy‖₂ ≤ norm.
  [[nodiscard]] Growth of_input_gradient(Radius gamma, Radius joint, Radius norm, std::int64_t count) const {
    const Radius slope = gamma * steepest_;
    return {.of_input = times(6, slope * steepest_ * (joint_ * root_).over(count) * norm),
            .of_gradient = slope * joint};
  }
  /// Rounding of one element of it, |dy| ≤ largest: |γ|/s u largest · 214 (1 + (X/s)²)².
  [[nodiscard]] Radius rounding_of_input_gradient(Radius gamma, Radius largest) const {
    const Radius range = one + range_;
    return times(512, gamma * inverse_ * unit_ * largest * range * range);
  }
  /// How far Σ dy x̂ may be off, without its own rounding.
  [[nodiscard]] Radius of_gamma_gradient(Radius joint, Radius norm, Radius largest,
                                         std::int64_t count) const {
    return joint * root_ + norm * steepest_ * joint_ +
           times(static_cast<std::uint64_t>(256 * count),
                 unit_ * largest * largest_ * inverse_ * (one + range_));
  }
  /// How far Σ dy may be off, likewise.
  [[nodiscard]] Radius of_beta_gradient(Radius joint, Radius largest, std::int64_t count) const {
    return joint * root_ + times(static_cast<std::uint64_t>(count), unit_ * largest);
  }

 private:
  static Radius times(std::uint64_t factor, Radius radius) { return Radius::above(factor, 0) * radius; }

  static inline const Radius one = Radius::above(1, 0);
  Radius unit_;
  Radius root_;  ///< √n
  Radius largest_;
  Radius joint_;
  Radius range_;  ///< (X/s)²
  Radius inverse_;
  Radius steepest_;
};

/// Half a unit in the last place of an element, or 0's least radius.
Radius own_rounding(const Tensor& tensor, std::int64_t i) { return Radius::of_rounding(tensor[i], 1); }

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
    JointOfFeatures joint(norm_.features);
    const Radius joint_of_input = input.joint_radius();
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
      if (norm_.statistics == BatchStatistics::running) {
        joint.narrow(
            output, at, true, {.of_input = slope(scale) * joint_of_input},
            off_by_constants(scale, centred, moments->mean.radius) + context_.parameters[1].radius(feature));
      } else {
        const Together together = together_of(*moments, input, at, joint_of_input);
        const Radius of_gamma = Radius::above_magnitude(gamma(feature));
        joint.narrow(output, at, together.is_known(), together.of_output(of_gamma),
                     together.rounding_of_output(of_gamma));
      }
      moments_[static_cast<std::size_t>(feature)] = std::move(moments);
    });
    joint.set(output);
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    result.parameters.emplace_back(context_.bits, Shape{norm_.features});
    result.parameters.emplace_back(context_.bits, Shape{norm_.features});
    JointOfFeatures joint(norm_.features);
    const Radius joint_of_input = inputs[0]->joint_radius();
    const Radius joint_of_gradient = output_gradient.joint_radius();
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
        joint.narrow(result.inputs[0], at, true, {.of_gradient = slope(scale) * joint_of_gradient},
                     scale.radius * sizes(output_gradient, at).second);
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
        const Together together = together_of(moments, *inputs[0], at, joint_of_input);
        const Radius of_gamma = Radius::above_magnitude(gamma(feature));
        const auto [norm, largest] = sizes(output_gradient, at);
        joint.narrow(result.inputs[0], at, together.is_known(),
                     together.of_input_gradient(of_gamma, joint_of_gradient, norm, count),
                     together.rounding_of_input_gradient(of_gamma, largest));
        if (together.is_known()) {
          narrow(result.parameters[0], feature,
                 together.of_gamma_gradient(joint_of_gradient, norm, largest, count));
          narrow(result.parameters[1], feature, together.of_beta_gradient(joint_of_gradient, largest, count));
        }
      }
    });
    joint.set(result.inputs[0]);
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

  /// Takes the less of an element's radius and this one, which is without its own rounding.
  static void narrow(Tensor& tensor, std::int64_t i, Radius radius) {
    tensor.set_radius(i, std::min(tensor.radius(i), radius + own_rounding(tensor, i)));
  }

  /// ‖·‖₂ over all features, of which each was given the J of all for its own J_f, and likewise the J' of the
  /// gradient: by Minkowski (Σ_f (a_f J_f + b_f J'_f)²)^½ ≤ max_f a_f J + max_f b_f J'. Both maxima are
  /// needed, since they may be of different features. Something is known of all only where it was given for
  /// each.
  class JointOfFeatures {
   public:
    explicit JointOfFeatures(std::int64_t features) : unknown_{features} {}
    /// One feature's: 2-norm, and the rounding of an element.
    void narrow(Tensor& tensor, const Offsets& at, bool known, const Growth& growth, Radius rounding) {
      if (known) {
        for (const std::int64_t i : at) {
          BatchNormLayer::narrow(tensor, i, growth.of_input + growth.of_gradient + rounding);
        }
      }
      const std::lock_guard lock(mutex_);
      unknown_ -= known ? 1 : 0;
      widest_.of_input = std::max(widest_.of_input, growth.of_input);
      widest_.of_gradient = std::max(widest_.of_gradient, growth.of_gradient);
      rounding_ = std::max(rounding_, rounding);
    }
    void set(Tensor& tensor) const {
      if (unknown_ == 0) {
        tensor.set_joint_radius(widest_.of_input + widest_.of_gradient +
                                joint_of_each(tensor.size(), rounding_) + joint_rounding(tensor));
      }
    }

   private:
    std::mutex mutex_;
    std::int64_t unknown_;  ///< features of which nothing was given
    Growth widest_;
    Radius rounding_;
  };

  /// @name Running statistics
  /// y = c (x − mean) + β with constants c = γ / s, mean and β, so that distances of x, and those of dy in
  /// dx = c dy, grow by |c|. For an element whose midpoint is x̃, what the constants' own radii and the
  /// rounding of x̃ − mean, at most ρ, make of y is at most |c| (r_mean + ρ) + r_c |x̃ − mean| + r_β; of dx it
  /// is r_c |dy|.
  /// @{
  /// A bound of |c|.
  static Radius slope(const Ball& scale) { return Radius::above_magnitude(scale.midpoint) + scale.radius; }
  /// What of the above is without r_β.
  [[nodiscard]] Radius off_by_constants(const Ball& scale, const Tensor& centred, Radius of_mean) const {
    const Radius largest = sizes(centred, offsets({{centred.size(), 1}})).second;
    const Radius rounding = Radius::above(1, std::int64_t{largest.exponent()} - inner_bits_ - 1);
    return slope(scale) * (of_mean + (largest.is_zero() ? Radius{} : rounding)) + scale.radius * largest;
  }
  /// @}

  /// For statistics of the mini-batch. Nothing is known where γ and β have radii.
  [[nodiscard]] Together together_of(const Moments& moments, const Tensor& input, const Offsets& at,
                                     Radius joint) const {
    std::int64_t exponent = std::numeric_limits<std::int32_t>::min();
    for (const std::int64_t i : at) {
      if (input.is_regular(i)) {
        exponent = std::max<std::int64_t>(exponent, input.exponent(i));
      }
    }
    const bool known = context_.parameters[0].is_exact() && context_.parameters[1].is_exact();
    return {inner_bits_, std::ssize(at), moments.inverse_deviation, exponent,
            known ? joint : Radius::unbounded()};
  }

  /// ‖·‖₂ and the largest magnitude of a feature's midpoints.
  static std::pair<Radius, Radius> sizes(const Tensor& tensor, const Offsets& at) {
    Radius squares;
    Radius largest;
    for (const std::int64_t i : at) {
      const Radius magnitude = Radius::above_magnitude(tensor[i]);
      squares += magnitude * magnitude;
      largest = std::max(largest, magnitude);
    }
    return {squares.square_root(), largest};
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
