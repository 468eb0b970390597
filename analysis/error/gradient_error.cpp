#include "analysis/error/gradient_error.hpp"

#include "analysis/error/scaled_double.hpp"
#include "fixtures/error.hpp"
#include "reference/arithmetic/format.hpp"
#include "reference/arithmetic/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// The reference's own error, in ulps of the target format, beyond which an element is undecided: 2^this.
constexpr int sure_to = -10;

/// A radius times 2^-exponent, rounded up.
double scaled(reference::Radius radius, long exponent) {
  return radius.times_power_of_two(-exponent).to_double();
}

/// Part of a tensor, with squares and products of scaled values.
struct Partial {
  std::int64_t undecided = 0;
  std::int64_t non_finite = 0;
  std::int64_t sign_flips = 0;
  std::int64_t vanished = 0;
  double difference_squared = 0;
  double truth_squared = 0;
  double libtorch_squared = 0;
  double inner_product = 0;
  double max_difference = 0;
  double undecided_squared = 0;
  double uncertainty_squared = 0;
  WorstElement worst;
  UlpDistribution ulps;
};

/// Whether a candidate replaces the maximum so far. A NaN does, and stays the maximum.
bool exceeds(double candidate, double maximum) { return !std::isnan(maximum) && !(candidate <= maximum); }

void raise(double& maximum, double candidate) {
  if (exceeds(candidate, maximum)) {
    maximum = candidate;
  }
}

/// The least e with |x| < 2^e for all finite x; absent where all of them are 0.
std::optional<int> max_exponent(const TypedValues& values) {
  double largest = 0;
  values.visit([&largest](auto held) {
    for (const double value : held) {
      largest = std::isfinite(value) ? std::max(largest, std::fabs(value)) : largest;
    }
  });
  return largest == 0 ? std::nullopt : std::optional(std::ilogb(largest) + 1);
}

class TensorComparer {
 public:
  TensorComparer(const TensorValues& values, const reference::Tensor& truth, const reference::Format& format)
      : values_{values.values}, truth_{truth}, format_{format} {
    const std::int32_t largest = reference::max_exponent(truth);
    scale_ = std::max<int>(largest, max_exponent(values.values).value_or(largest));
    if (scale_ == std::numeric_limits<std::int32_t>::min()) {
      scale_ = 0;
    }
  }

  [[nodiscard]] Partial range(std::int64_t first, std::int64_t last) const {
    Partial result;
    values_.visit([&](auto values) {
      for (std::int64_t i = first; i < last; ++i) {
        add(i, values[static_cast<std::size_t>(i)], result);
      }
    });
    return result;
  }

  [[nodiscard]] TensorError finish(const std::vector<Partial>& parts) const {
    Partial sum;
    for (const Partial& part : parts) {
      sum.undecided += part.undecided;
      sum.non_finite += part.non_finite;
      sum.sign_flips += part.sign_flips;
      sum.vanished += part.vanished;
      sum.difference_squared += part.difference_squared;
      sum.truth_squared += part.truth_squared;
      sum.libtorch_squared += part.libtorch_squared;
      sum.inner_product += part.inner_product;
      sum.undecided_squared += part.undecided_squared;
      sum.uncertainty_squared += part.uncertainty_squared;
      raise(sum.max_difference, part.max_difference);
      if (exceeds(part.worst.ulps, sum.worst.ulps)) {
        sum.worst = part.worst;
      }
      sum.ulps.add(part.ulps);
    }
    TensorError error;
    error.elements = truth_.size();
    error.undecided = sum.undecided;
    error.non_finite = sum.non_finite;
    error.sign_flips = sum.sign_flips;
    error.vanished = sum.vanished;
    error.difference_l2 = std::ldexp(std::sqrt(sum.difference_squared), scale_);
    error.truth_l2 = std::ldexp(std::sqrt(sum.truth_squared), scale_);
    error.libtorch_l2 = std::ldexp(std::sqrt(sum.libtorch_squared), scale_);
    error.inner_product = std::ldexp(std::ldexp(sum.inner_product, scale_), scale_);
    error.max_error = std::ldexp(sum.max_difference, scale_);
    error.undecided_l2 = std::ldexp(std::sqrt(sum.undecided_squared), scale_);
    error.uncertainty_l2 = std::ldexp(std::sqrt(sum.uncertainty_squared), scale_);
    if (sum.worst.ulps != 0) {
      error.worst = sum.worst;
    }
    error.ulps = sum.ulps;
    return error;
  }

 private:
  void add(std::int64_t i, double value, Partial& result) const {
    const long ulp = reference::ulp_exponent(format_, truth_, i);
    const reference::Radius radius = truth_.radius(i);
    const bool decided = reference::bits_above(radius, ulp + sure_to, truth_.bits()) == 0;
    const double uncertainty = scaled(radius, scale_);
    result.uncertainty_squared += uncertainty * uncertainty;
    if (!decided) {
      ++result.undecided;
      const double left_out = difference(truth_, i, value).times_power_of_two(-scale_);
      result.undecided_squared += left_out * left_out;
      return;
    }
    double scaled_difference = std::fabs(value);
    double ulps = scaled_difference;
    if (std::isfinite(value)) {
      const ScaledDouble exact = difference(truth_, i, value);
      scaled_difference = std::fabs(exact.times_power_of_two(-scale_));
      ulps = std::fabs(exact.times_power_of_two(-ulp));
    } else {
      ++result.non_finite;
    }
    const bool truth_is_zero = truth_.is_zero(i);
    const bool truth_is_negative = truth_.is_negative(i);
    result.sign_flips += !truth_is_zero && (truth_is_negative ? value > 0 : value < 0) ? 1 : 0;
    if (value == 0 && !truth_is_zero && reference::round_to(format_, truth_[i]) != 0) {
      ++result.vanished;
    }
    const double scaled_truth = nearest(truth_, i).times_power_of_two(-scale_);
    const double scaled_value = ScaledDouble{.significand = value}.times_power_of_two(-scale_);
    result.difference_squared += scaled_difference * scaled_difference;
    result.truth_squared += scaled_truth * scaled_truth;
    result.libtorch_squared += scaled_value * scaled_value;
    result.inner_product += scaled_value * scaled_truth;
    raise(result.max_difference, scaled_difference);
    if (exceeds(ulps, result.worst.ulps)) {
      result.worst = {.index = i,
                      .value = value,
                      .truth = reference::round_to(format_, truth_[i]),
                      .ulps = ulps,
                      .radius = scaled(radius, ulp)};
    }
    result.ulps.count(ulps);
  }

  const TypedValues& values_;
  const reference::Tensor& truth_;
  const reference::Format& format_;
  /// Values are squared as multiples of 2^scale_, which is near the largest of them: no square overflows, and
  /// only squares too small to change the sum underflow.
  int scale_ = 0;
};

std::optional<double> ratio(double numerator, double denominator) {
  return denominator == 0 ? std::nullopt : std::optional(numerator / denominator);
}

}  // namespace

std::optional<double> TensorError::relative_l2() const { return ratio(difference_l2, truth_l2); }

std::optional<double> TensorError::relative_bound() const {
  return ratio(undecided_l2 + uncertainty_l2, truth_l2);
}

std::optional<double> TensorError::cosine() const {
  return truth_l2 == 0 ? std::nullopt : ratio(inner_product / truth_l2, libtorch_l2);
}

TensorError overall(const std::vector<TensorError>& tensors) {
  TensorError sum;
  sum.name = "all parameters";
  sum.proven_bits = tensors.empty() ? 0 : tensors.front().proven_bits;
  for (const TensorError& tensor : tensors) {
    sum.elements += tensor.elements;
    sum.proven_bits = std::min(sum.proven_bits, tensor.proven_bits);
    sum.undecided += tensor.undecided;
    sum.non_finite += tensor.non_finite;
    sum.sign_flips += tensor.sign_flips;
    sum.vanished += tensor.vanished;
    sum.difference_l2 = std::hypot(sum.difference_l2, tensor.difference_l2);
    sum.truth_l2 = std::hypot(sum.truth_l2, tensor.truth_l2);
    sum.libtorch_l2 = std::hypot(sum.libtorch_l2, tensor.libtorch_l2);
    sum.inner_product += tensor.inner_product;
    raise(sum.max_error, tensor.max_error);
    sum.undecided_l2 = std::hypot(sum.undecided_l2, tensor.undecided_l2);
    sum.uncertainty_l2 = std::hypot(sum.uncertainty_l2, tensor.uncertainty_l2);
    if (tensor.worst && (!sum.worst || exceeds(tensor.worst->ulps, sum.worst->ulps))) {
      sum.worst = tensor.worst;
    }
    sum.ulps.add(tensor.ulps);
  }
  return sum;
}

TensorError tensor_error(const TensorValues& values, const reference::Tensor& truth, Precision precision,
                         int threads) {
  if (static_cast<std::int64_t>(values.values.size()) != truth.size()) {
    throw InputError(fmt::format("cannot compare '{}' of {} values with a reference of {}", values.name,
                                 values.values.size(), truth.size()));
  }
  const reference::Format format = reference::storage_format(precision);
  const TensorComparer comparer(values, truth, format);
  // The sums are taken over fixed ranges, which are added up in order, so that they do not depend on the
  // number of threads.
  constexpr std::int64_t grain = 1 << 14;
  std::vector<Partial> parts(static_cast<std::size_t>((truth.size() + grain - 1) / grain));
  reference::parallel_for(threads, truth.size(), grain, [&](std::int64_t first, std::int64_t last) {
    parts[static_cast<std::size_t>(first / grain)] = comparer.range(first, last);
  });
  TensorError error = comparer.finish(parts);
  error.name = values.name;
  return error;
}

int missing_bits(const reference::Backprop& run, Precision precision) {
  const reference::Format format = reference::storage_format(precision);
  int missing = 0;
  for (const reference::Tensor& gradient : run.parameters) {
    for (std::int64_t i = 0; i < gradient.size(); ++i) {
      missing =
          std::max(missing, reference::bits_above(gradient.radius(i),
                                                  reference::ulp_exponent(format, gradient, i) + sure_to,
                                                  gradient.bits()));
    }
  }
  return missing;
}

int likely_bits(const Network& network, Precision precision) {
  // What balls lose in each, forwards and backwards together (relu0_tightness).
  constexpr int lost_in_products = 4;
  constexpr int lost_in_batch_norm = 3;
  int likely = reference::storage_format(precision).significand - sure_to;
  for (const Node& node : network.nodes()) {
    if (std::holds_alternative<Linear>(node.operation) ||
        std::holds_alternative<Convolution>(node.operation)) {
      likely += lost_in_products;
    } else if (std::holds_alternative<BatchNorm>(node.operation)) {
      likely += lost_in_batch_norm;
    }
  }
  return likely;
}

}  // namespace relu0
