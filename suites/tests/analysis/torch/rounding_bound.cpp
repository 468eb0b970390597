#include "suites/tests/analysis/torch/rounding_bound.hpp"

#include "reference/arithmetic/product.hpp"
#include "reference/operations/layer.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>
#include <variant>

namespace relu0::test {

namespace {

using reference::Layer;
using reference::LayerContext;
using reference::Tensor;
using Values = std::vector<double>;

constexpr int bits = 128;
constexpr double u = 0x1p-53;
/// Covers the roundings of this analysis itself, which are relative to sums of numbers ≥ 0.
constexpr double slack = 1 + 0x1p-20;

double gamma(std::int64_t n) { return static_cast<double>(n) * u / (1 - static_cast<double>(n) * u); }

Values absolute(Values values) {
  for (double& value : values) {
    value = std::fabs(value);
  }
  return values;
}

Values sum(Values a, const Values& b) {
  std::transform(a.begin(), a.end(), b.begin(), a.begin(), std::plus<>());
  return a;
}

/// a + factor b, with the slack.
Values bound(const Values& a, double factor, const Values& b) {
  Values result(a.size());
  std::transform(a.begin(), a.end(), b.begin(), result.begin(),
                 [factor](double x, double y) { return (x + factor * y) * slack; });
  return result;
}

double largest(const Values& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

Shape batched(std::int64_t batch, const Shape& shape) {
  Shape result{batch};
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

/// The number of terms that the products of a node sum up: forward, for the input's gradient, for the
/// weight's.
struct Terms {
  std::int64_t forward;
  std::int64_t input;
  std::int64_t weight;
};

class Analysis {
 public:
  Analysis(const Network& network, const Weights& weights, const Batch& batch)
      : network_{network},
        batch_{batch},
        values_(network.nodes().size()),
        errors_(network.nodes().size()),
        gradients_(network.nodes().size()),
        gradient_errors_(network.nodes().size()) {
    for (const TensorValues& tensor : weights.parameters) {
      const Values values = tensor.values.to_doubles();
      parameters_.emplace_back(bits, tensor.shape, std::span<const double>(values));
      magnitudes_.emplace_back(bits, tensor.shape, std::span<const double>(absolute(values)));
    }
    for (const TensorValues& tensor : weights.buffers) {
      buffers_.emplace_back(bits, tensor.shape, std::span<const double>(tensor.values.to_doubles()));
    }
  }

  RoundingBound run() {
    values_[0] =
        Tensor(bits, batched(batch_.size(), batch_.image_shape), std::span<const float>(batch_.inputs));
    errors_[0].assign(batch_.inputs.size(), 0);
    for (std::size_t node = 1; node + 1 < network_.nodes().size(); ++node) {
      values_[node] = layer(node, parameters_)->forward(inputs(node)).values;
      errors_[node] = std::visit([&](const auto& operation) { return forward(node, operation); },
                                 network_.nodes()[node].operation);
    }
    const std::size_t last = network_.nodes().back().inputs[0];
    std::visit([&](const auto& operation) { loss(last, operation); }, network_.nodes().back().operation);
    for (std::size_t node = last; node > 0; --node) {
      std::visit([&](const auto& operation) { backward(node, operation); }, network_.nodes()[node].operation);
    }
    RoundingBound result{.parameters = {}, .input = gradient_errors_[0]};
    for (const TensorSpec& spec : network_.parameters()) {
      result.parameters.push_back(std::move(parameter_errors_[spec.node].front()));
      parameter_errors_[spec.node].erase(parameter_errors_[spec.node].begin());
    }
    return result;
  }

 private:
  [[nodiscard]] std::size_t input_of(std::size_t node, std::size_t i = 0) const {
    return network_.nodes()[node].inputs[i];
  }
  [[nodiscard]] reference::LayerInputs inputs(std::size_t node) const {
    reference::LayerInputs result;
    for (const std::size_t input : network_.nodes()[node].inputs) {
      result.push_back(&values_[input]);
    }
    return result;
  }
  [[nodiscard]] Values magnitude(std::size_t node) const { return absolute(to_doubles(values_[node])); }

  [[nodiscard]] std::span<const Tensor> of_node(std::size_t node, const std::vector<Tensor>& all) const {
    return of_node(node, network_.parameters(), all);
  }
  [[nodiscard]] static std::span<const Tensor> of_node(std::size_t node, const std::vector<TensorSpec>& specs,
                                                       const std::vector<Tensor>& all) {
    const auto belongs = [node](const TensorSpec& spec) { return spec.node == node; };
    const auto first = std::find_if(specs.begin(), specs.end(), belongs);
    const auto count = std::count_if(specs.begin(), specs.end(), belongs);
    return std::span(all).subspan(static_cast<std::size_t>(first - specs.begin()),
                                  static_cast<std::size_t>(count));
  }

  [[nodiscard]] std::unique_ptr<Layer> layer(std::size_t node, const std::vector<Tensor>& parameters) const {
    return layer(network_.nodes()[node], node, of_node(node, parameters));
  }
  [[nodiscard]] std::unique_ptr<Layer> layer(const Node& described, std::size_t node,
                                             std::span<const Tensor> parameters) const {
    LayerContext context{.bits = bits,
                         .batch = batch_.size(),
                         .product = {.threads = 2},
                         .kinks = {},
                         .input_shapes = {},
                         .output_shape = network_.output_shapes()[node],
                         .parameters = parameters,
                         .buffers = of_node(node, network_.buffers(), buffers_),
                         .labels = batch_.labels};
    for (const std::size_t input : described.inputs) {
      context.input_shapes.push_back(network_.output_shapes()[input]);
    }
    return reference::make_layer(described, context);
  }

  [[nodiscard]] Tensor tensor(std::size_t node, const Values& values) const {
    return {bits, batched(batch_.size(), network_.output_shapes()[node]), std::span<const double>(values)};
  }

  /// Σ |w| x (+ |bias|), with what the product may have dropped.
  template <typename Product>
  [[nodiscard]] Values absolute_forward(std::size_t node, Product operation, const Values& x,
                                        bool bias) const {
    const bool has_bias = operation.bias;
    operation.bias = has_bias && bias;
    Node described = network_.nodes()[node];
    described.operation = operation;
    const Tensor input = tensor(input_of(node), x);
    const auto parameters = of_node(node, magnitudes_).first(operation.bias ? 2 : 1);
    Values result = to_doubles(layer(described, node, parameters)->forward({&input}).values);
    add_dropped(result, terms(node, operation).forward, x, to_doubles(parameters[0]));
    return result;
  }

  /// The gradients by |w| for an input x and a gradient g, both ≥ 0: |w|ᵀ g, and g xᵀ, and Σ g.
  struct AbsoluteGradients {
    Values input;
    std::vector<Values> parameters;
  };
  template <typename Product>
  [[nodiscard]] AbsoluteGradients absolute_backward(std::size_t node, const Product& operation,
                                                    const Values& x, const Values& g) const {
    const Tensor input = tensor(input_of(node), x);
    const Tensor gradient = tensor(node, g);
    const auto made = layer(node, magnitudes_);
    (void)made->forward({&input});
    const reference::LayerGradients gradients = made->backward({&input}, gradient);
    AbsoluteGradients result;
    result.input = to_doubles(gradients.inputs[0]);
    add_dropped(result.input, terms(node, operation).input, g, to_doubles(of_node(node, magnitudes_)[0]));
    for (const Tensor& parameter : gradients.parameters) {
      result.parameters.push_back(to_doubles(parameter));
    }
    add_dropped(result.parameters[0], terms(node, operation).weight, g, x);
    return result;
  }

  static void add_dropped(Values& values, std::int64_t terms, const Values& x, const Values& y) {
    const double dropped = std::ldexp(static_cast<double>(terms) * largest(x) * largest(y),
                                      reference::product_error_exponent(bits));
    for (double& value : values) {
      value += dropped;
    }
  }

  [[nodiscard]] Terms terms(std::size_t /*node*/, const Linear& linear) const {
    return {linear.in_features, linear.out_features, batch_.size()};
  }
  [[nodiscard]] Terms terms(std::size_t node, const Convolution& convolution) const {
    const std::int64_t taps = convolution.window.kernel[0] * convolution.window.kernel[1];
    const Shape& output = network_.output_shapes()[node];
    return {convolution.in_channels * taps, convolution.out_channels * taps,
            batch_.size() * output[1] * output[2]};
  }

  // Forward: the error of each operation's output. One rounding more than terms for a bias.
  template <typename Product>
  [[nodiscard]] Values product_forward(std::size_t node, const Product& operation) const {
    const Values& error = errors_[input_of(node)];
    return bound(absolute_forward(node, operation, error, false), gamma(terms(node, operation).forward + 1),
                 absolute_forward(node, operation, sum(magnitude(input_of(node)), error), true));
  }
  [[nodiscard]] Values forward(std::size_t node, const Linear& linear) const {
    return product_forward(node, linear);
  }
  [[nodiscard]] Values forward(std::size_t node, const Convolution& convolution) const {
    return product_forward(node, convolution);
  }
  [[nodiscard]] Values forward(std::size_t node, const Relu& /*relu*/) const {
    return clamped_forward(node, 0, std::numeric_limits<double>::infinity());
  }
  [[nodiscard]] Values forward(std::size_t node, const Clamp& clamp) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return clamped_forward(node, clamp.lower.value_or(-infinity), clamp.upper.value_or(infinity));
  }
  [[nodiscard]] Values clamped_forward(std::size_t node, double lower, double upper) const {
    const Values x = to_doubles(values_[input_of(node)]);
    require_side(node, lower);
    require_side(node, upper);
    Values error = errors_[input_of(node)];
    for (std::size_t i = 0; i < x.size(); ++i) {
      error[i] = x[i] > lower && x[i] < upper ? error[i] : 0;
    }
    return error;
  }
  /// Throws where rounding could decide on which side of a kink an input lies. One that is exactly there is
  /// so for everyone.
  void require_side(std::size_t node, double kink) const {
    const Values x = to_doubles(values_[input_of(node)]);
    const Values& error = errors_[input_of(node)];
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::fabs(x[i] - kink) <= error[i] && error[i] > 0) {
        throw std::domain_error("an input may be rounded to the other side of a kink of " +
                                network_.nodes()[node].name);
      }
    }
  }
  [[nodiscard]] Values forward(std::size_t node, const LeakyRelu& leaky) const {
    require_side(node, 0);
    const Values x = to_doubles(values_[input_of(node)]);
    Values error = errors_[input_of(node)];
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] < 0) {
        error[i] = std::fabs(leaky.slope) * (error[i] + u * (std::fabs(x[i]) + error[i])) * slack;
      }
    }
    return error;
  }
  [[nodiscard]] Values forward(std::size_t node, const Absolute& /*absolute*/) const {
    require_side(node, 0);
    return errors_[input_of(node)];
  }
  [[nodiscard]] Values forward(std::size_t node, const MaxPool& pool) const {
    require_winners(node, pool);
    const Tensor error = tensor(input_of(node), errors_[input_of(node)]);
    return to_doubles(layer(node, parameters_)->forward({&error}).values);
  }
  [[nodiscard]] Values forward(std::size_t node, const AveragePool& pool) const {
    return average_forward(node, pool.window.kernel[0] * pool.window.kernel[1]);
  }
  [[nodiscard]] Values forward(std::size_t node, const AdaptiveAveragePool& /*pool*/) const {
    return average_forward(node, element_count(network_.output_shapes()[input_of(node)]));
  }
  [[nodiscard]] Values average_forward(std::size_t node, std::int64_t terms) const {
    const auto average = [&](const Values& values) {
      const Tensor input = tensor(input_of(node), values);
      return to_doubles(layer(node, parameters_)->forward({&input}).values);
    };
    const Values& error = errors_[input_of(node)];
    return bound(average(error), gamma(terms + 1), average(sum(magnitude(input_of(node)), error)));
  }
  [[nodiscard]] Values forward(std::size_t node, const Add& /*add*/) const {
    const Values error = sum(errors_[input_of(node, 0)], errors_[input_of(node, 1)]);
    return bound(error, u, sum(sum(magnitude(input_of(node, 0)), magnitude(input_of(node, 1))), error));
  }
  [[nodiscard]] Values forward(std::size_t node, const Flatten& /*flatten*/) const {
    return errors_[input_of(node)];
  }
  [[nodiscard]] Values forward(std::size_t node, const Reshape& /*reshape*/) const {
    return errors_[input_of(node)];
  }
  [[nodiscard]] Values forward(std::size_t node, const Transpose& /*transpose*/) const {
    return moved_forward(node);
  }
  [[nodiscard]] Values forward(std::size_t node, const Concatenate& /*concatenate*/) const {
    return moved_forward(node);
  }
  [[nodiscard]] Values forward(std::size_t node, const Narrow& /*narrow*/) const {
    return moved_forward(node);
  }
  /// An operation that only moves values moves their errors.
  [[nodiscard]] Values moved_forward(std::size_t node) const {
    const auto& from = network_.nodes()[node].inputs;
    std::vector<Tensor> of_inputs;
    for (const std::size_t input : from) {
      of_inputs.push_back(tensor(input, errors_[input]));
    }
    reference::LayerInputs read;
    for (const Tensor& one : of_inputs) {
      read.push_back(&one);
    }
    return to_doubles(layer(node, parameters_)->forward(read).values);
  }
  [[nodiscard]] Values forward(std::size_t node, const LogSoftmax& /*log_softmax*/) const {
    const Values z = to_doubles(values_[input_of(node)]);
    const auto classes = static_cast<std::size_t>(network_.output_shapes()[node][0]);
    Values result;
    for (std::size_t first = 0; first < z.size(); first += classes) {
      const LogProbabilities logs{std::span<const double>(z).subspan(first, classes),
                                  std::span<const double>(errors_[input_of(node)]).subspan(first, classes)};
      result.insert(result.end(), logs.errors.begin(), logs.errors.end());
    }
    return result;
  }
  /// exp(z_k − m) / Σ exp(z_j − m): ln of it is off by twice the largest error of z, by the two subtractions,
  /// the two exp, the sum and the division.
  [[nodiscard]] Values forward(std::size_t node, const Softmax& /*softmax*/) const {
    const Values p = to_doubles(values_[node]);
    const Values z = to_doubles(values_[input_of(node)]);
    const Values& error = errors_[input_of(node)];
    const std::int64_t classes = network_.output_shapes()[node][0];
    Values result;
    for (std::int64_t first = 0; first < std::ssize(z); first += classes) {
      const auto [least, most] = std::minmax_element(z.begin() + first, z.begin() + first + classes);
      const double e = *std::max_element(error.begin() + first, error.begin() + first + classes);
      const double of_logarithm = 2 * e + 2 * u * (*most - *least + 2 * e) + 12 * u + gamma(classes);
      for (std::int64_t k = first; k < first + classes; ++k) {
        result.push_back(p[static_cast<std::size_t>(k)] * std::expm1(of_logarithm) * slack);
      }
    }
    return result;
  }

  /// What an element of a local response norm divides by, d = b^beta with b = bias + alpha / size Σ x².
  struct Divisor {
    double base;           ///< b
    double value;          ///< d
    double of_ln_base;     ///< the error of ln b
    double of_ln_divisor;  ///< the error of ln d; pow is within 4 u
  };
  /// The channels around that of an element, at its place.
  [[nodiscard]] std::vector<std::size_t> neighbours(std::size_t node, const LocalResponseNorm& norm,
                                                    std::size_t element) const {
    const Shape& shape = network_.output_shapes()[node];
    const std::int64_t plane = shape[1] * shape[2];
    const std::int64_t channel = static_cast<std::int64_t>(element) / plane % shape[0];
    std::vector<std::size_t> result;
    for (std::int64_t c = 0; c < shape[0]; ++c) {
      if (std::abs(c - channel) <= norm.size / 2) {
        result.push_back(
            static_cast<std::size_t>(static_cast<std::int64_t>(element) + (c - channel) * plane));
      }
    }
    return result;
  }
  /// b is off by the squares' errors and by the roundings of a square, a sum, a mean, a product and a sum.
  [[nodiscard]] std::vector<Divisor> divisors(std::size_t node, const LocalResponseNorm& norm) const {
    const Values x = magnitude(input_of(node));
    const Values& error = errors_[input_of(node)];
    const double factor = norm.alpha / static_cast<double>(norm.size);
    std::vector<Divisor> result;
    for (std::size_t i = 0; i < x.size(); ++i) {
      double base = norm.bias;
      double of_base = 0;
      for (const std::size_t j : neighbours(node, norm, i)) {
        base += factor * x[j] * x[j];
        of_base += factor * (2 * x[j] + error[j]) * error[j];
      }
      of_base = (of_base + gamma(norm.size + 4) * (base + of_base)) * slack;
      const double of_ln_base = -std::log1p(-of_base / base);
      result.push_back({.base = base,
                        .value = std::pow(base, norm.beta),
                        .of_ln_base = of_ln_base,
                        .of_ln_divisor = std::fabs(norm.beta) * of_ln_base + 4 * u});
    }
    return result;
  }
  /// x / d.
  [[nodiscard]] Values forward(std::size_t node, const LocalResponseNorm& norm) const {
    const Values x = magnitude(input_of(node));
    const Values& error = errors_[input_of(node)];
    const std::vector<Divisor> by = divisors(node, norm);
    Values result;
    for (std::size_t i = 0; i < x.size(); ++i) {
      result.push_back((error[i] + (x[i] + error[i]) * std::expm1(by[i].of_ln_divisor + u)) / by[i].value *
                       slack);
    }
    return result;
  }

  /// One feature of a batch-norm: bounds of |x − μ| and of its error, r = (variance + ε)^−1/2 and its
  /// relative error, for the sums that LibTorch computes: Σ x, and then Σ (x − μ)².
  struct Normalised {
    std::vector<std::size_t> places;  ///< of the feature's elements in the tensor
    Values centred;
    Values of_centred;
    double mean = 0;  ///< |μ|
    double of_mean = 0;
    double r = 0;
    double of_r = 0;
    double gamma = 0;  ///< |γ|
    double beta = 0;   ///< |β|
  };
  [[nodiscard]] Normalised normalised(std::size_t node, const BatchNorm& norm, std::int64_t feature) const {
    const Values x = to_doubles(values_[input_of(node)]);
    const Values& error = errors_[input_of(node)];
    const std::int64_t per_sample = element_count(network_.output_shapes()[node]);
    const std::int64_t per_feature = per_sample / norm.features;
    Normalised result;
    for (std::int64_t sample = 0; sample < batch_.size(); ++sample) {
      for (std::int64_t i = 0; i < per_feature; ++i) {
        result.places.push_back(static_cast<std::size_t>(sample * per_sample + feature * per_feature + i));
      }
    }
    const auto count = static_cast<double>(result.places.size());
    const std::int64_t terms = std::ssize(result.places);
    double mean = 0;
    double mean_of_magnitudes = 0;
    double variance = 0;
    double of_variance = 0;
    const bool trains = norm.statistics == BatchStatistics::of_mini_batch;
    if (trains) {
      for (const std::size_t place : result.places) {
        mean += x[place] / count;
        mean_of_magnitudes += (std::fabs(x[place]) + error[place]) / count;
        result.of_mean += error[place] / count;
      }
      result.of_mean += gamma(terms + 1) * mean_of_magnitudes;
    } else {
      mean = to_doubles(of_node(node, network_.buffers(), buffers_)[0])[static_cast<std::size_t>(feature)];
      variance =
          to_doubles(of_node(node, network_.buffers(), buffers_)[1])[static_cast<std::size_t>(feature)];
    }
    result.mean = std::fabs(mean);
    for (const std::size_t place : result.places) {
      // The mean above is itself off by as much as LibTorch's may be.
      const double centred = std::fabs(x[place] - mean) + gamma(terms + 2) * mean_of_magnitudes;
      const double of_centred = error[place] + result.of_mean;
      result.centred.push_back(centred);
      result.of_centred.push_back(of_centred + u * (centred + of_centred));
      if (trains) {
        const double all = centred + result.of_centred.back();
        variance += centred * centred / count;
        of_variance += (all * all - centred * centred + gamma(terms + 2) * all * all) / count;
      }
    }
    const double shifted = variance + norm.epsilon;
    const double of_shifted = of_variance + u * (shifted + of_variance);
    result.r = 1 / std::sqrt(shifted - of_shifted) * slack;
    result.of_r = of_shifted / (shifted - of_shifted) + 3 * u;
    result.gamma = std::fabs(to_doubles(of_node(node, parameters_)[0])[static_cast<std::size_t>(feature)]);
    result.beta = std::fabs(to_doubles(of_node(node, parameters_)[1])[static_cast<std::size_t>(feature)]);
    return result;
  }

  /// LibTorch computes x α + (β − μ α) with α = γ r.
  [[nodiscard]] Values forward(std::size_t node, const BatchNorm& norm) const {
    const Values x = magnitude(input_of(node));
    Values result(x.size());
    for (std::int64_t feature = 0; feature < norm.features; ++feature) {
      const Normalised at = normalised(node, norm, feature);
      for (const std::size_t place : at.places) {
        const double error = errors_[input_of(node)][place];
        const double terms = x[place] + error + at.mean + at.of_mean;
        const double alpha = at.gamma * at.r;
        result[place] = (alpha * (error + at.of_mean + (at.of_r + u) * terms) +
                         4 * u * (alpha * (1 + at.of_r + u) * terms + at.beta)) *
                        slack;
      }
    }
    return result;
  }
  template <typename Other>
  [[nodiscard]] Values forward(std::size_t /*node*/, const Other& /*operation*/) const {
    throw std::invalid_argument("no error analysis for this operation");
  }

  /// Throws unless the winner of each window wins whatever the rounding; exact ties are ties for both.
  void require_winners(std::size_t node, const MaxPool& pool) const {
    const Shape& in = network_.output_shapes()[input_of(node)];
    const Shape& out = network_.output_shapes()[node];
    const Values x = to_doubles(values_[input_of(node)]);
    const Values& error = errors_[input_of(node)];
    for (std::int64_t plane = 0; plane < batch_.size() * in[0]; ++plane) {
      for (std::int64_t row = 0; row < out[1]; ++row) {
        for (std::int64_t column = 0; column < out[2]; ++column) {
          require_winner(x, error, elements(pool.window, plane, row, column, in));
        }
      }
    }
  }
  static std::vector<std::size_t> elements(const Window& window, std::int64_t plane, std::int64_t row,
                                           std::int64_t column, const Shape& in) {
    std::vector<std::size_t> result;
    for (std::int64_t i = 0; i < window.kernel[0]; ++i) {
      for (std::int64_t j = 0; j < window.kernel[1]; ++j) {
        const std::int64_t y = row * window.stride[0] - window.padding[0] + i * window.dilation[0];
        const std::int64_t x = column * window.stride[1] - window.padding[1] + j * window.dilation[1];
        if (y >= 0 && y < in[1] && x >= 0 && x < in[2]) {
          result.push_back(static_cast<std::size_t>((plane * in[1] + y) * in[2] + x));
        }
      }
    }
    return result;
  }
  static void require_winner(const Values& x, const Values& error, const std::vector<std::size_t>& window) {
    const std::size_t winner = *std::max_element(window.begin(), window.end(),
                                                 [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
    for (const std::size_t other : window) {
      const bool tie = x[other] == x[winner] && error[other] == 0 && error[winner] == 0;
      if (other != winner && !tie && x[other] + error[other] >= x[winner] - error[winner]) {
        throw std::domain_error("a max-pool's winner may be another by rounding");
      }
    }
  }

  /// l_k = z_k − m − log Σ exp(z_j − m) of one row with the error of z. The error of l_k: of z, twice its
  /// largest; of the two subtractions; of the sum, which log makes absolute (its arguments' roundings, exp's
  /// 4 u, its own γ); of log.
  struct LogProbabilities {
    LogProbabilities(std::span<const double> z, std::span<const double> error) {
      const double maximum = *std::max_element(z.begin(), z.end());
      const double spread = maximum - *std::min_element(z.begin(), z.end());
      const double e_max = *std::max_element(error.begin(), error.end());
      double exponentials = 0;
      for (const double value : z) {
        exponentials += std::exp(value - maximum);
      }
      const double of_log =
          u * (spread + 2 * e_max) + 4 * u + gamma(std::ssize(z)) + 4 * u * std::log(exponentials);
      for (const double value : z) {
        values.push_back(value - maximum - std::log(exponentials));
        errors.push_back(
            (2 * e_max + u * (spread + 2 * e_max) + of_log + u * (std::fabs(values.back()) + 1)) * slack);
      }
    }

    Values values{};
    Values errors{};
  };

  /// softmax(z)_k = exp(l_k).
  void loss(std::size_t logits, const SoftmaxCrossEntropy& /*loss*/) {
    const Values z = to_doubles(values_[logits]);
    const auto classes = static_cast<std::size_t>(network_.output_shapes()[logits][0]);
    const auto count = static_cast<double>(batch_.size());
    Values& gradient = gradients_[logits];
    Values& error = gradient_errors_[logits];
    for (std::size_t sample = 0; sample < batch_.labels.size(); ++sample) {
      const LogProbabilities logs{
          std::span<const double>(z).subspan(sample * classes, classes),
          std::span<const double>(errors_[logits]).subspan(sample * classes, classes)};
      for (std::size_t k = 0; k < classes; ++k) {
        const double l = logs.values[k];
        const double of_l = logs.errors[k];
        const double label = batch_.labels[sample] == static_cast<std::int64_t>(k) ? 1 : 0;
        const double probability = std::exp(l);
        gradient.push_back(std::fabs(probability - label) / count);
        error.push_back((probability * (std::expm1(of_l) + 4 * u) + 4 * u * (probability + label)) / count *
                        slack);
      }
    }
  }

  /// 2 (x − t) / count: the error of x, and a rounding of each of the three operations.
  void loss(std::size_t last, const MeanSquaredError& /*loss*/) {
    const Values x = to_doubles(values_[last]);
    const std::int64_t row = network_.output_shapes()[last][0];
    const auto count = static_cast<double>(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto index = static_cast<std::int64_t>(i);
      const bool is_label = index % row == batch_.labels[static_cast<std::size_t>(index / row)];
      const double magnitude = std::fabs(x[i] - (is_label ? 1 : 0));
      const double error = errors_[last][i];
      gradients_[last].push_back(2 * magnitude / count * slack);
      gradient_errors_[last].push_back(2 * (error + 3 * u * (magnitude + error)) / count * slack);
    }
  }
  /// −1 / count at the label.
  void loss(std::size_t last, const NegativeLogLikelihood& /*loss*/) {
    const std::int64_t row = network_.output_shapes()[last][0];
    const auto count = static_cast<double>(batch_.size());
    for (std::int64_t i = 0; i < batch_.size() * row; ++i) {
      const bool is_label = i % row == batch_.labels[static_cast<std::size_t>(i / row)];
      gradients_[last].push_back(is_label ? 1 / count * slack : 0);
      gradient_errors_[last].push_back(is_label ? 2 * u / count * slack : 0);
    }
  }
  template <typename Other>
  void loss(std::size_t /*last*/, const Other& /*operation*/) {
    throw std::invalid_argument("no error analysis for this loss");
  }

  // Backward: adds the gradient's magnitude at each input, and its error; another rounding where two meet.
  void add_gradient(std::size_t node, const Tensor& gradient, const Values& error) {
    add_gradient(node, absolute(to_doubles(gradient)), error);
  }
  void add_gradient(std::size_t node, Values magnitude, const Values& error) {
    if (gradients_[node].empty()) {
      gradients_[node] = std::move(magnitude);
      gradient_errors_[node] = error;
      return;
    }
    // Magnitudes are bounds from here on, which is what they are used as.
    gradients_[node] = sum(std::move(gradients_[node]), magnitude);
    const Values errors = sum(gradient_errors_[node], error);
    gradient_errors_[node] = bound(errors, u, sum(gradients_[node], errors));
  }

  template <typename Product>
  void product_backward(std::size_t node, const Product& operation) {
    const std::size_t input = input_of(node);
    const Values x = magnitude(input);
    const Values x_hat = sum(x, errors_[input]);
    const Values& g = gradients_[node];
    const Values& error = gradient_errors_[node];
    const AbsoluteGradients of_error = absolute_backward(node, operation, x_hat, error);
    const AbsoluteGradients of_input_error = absolute_backward(node, operation, errors_[input], g);
    const AbsoluteGradients all = absolute_backward(node, operation, x_hat, sum(g, error));
    const Terms count = terms(node, operation);
    std::vector<Values>& parameters = parameter_errors_[node];
    parameters.push_back(bound(sum(of_error.parameters[0], of_input_error.parameters[0]),
                               gamma(count.weight + 1), all.parameters[0]));
    if (operation.bias) {
      parameters.push_back(bound(of_error.parameters[1], gamma(count.weight), all.parameters[1]));
    }
    add_gradient(input, absolute_backward(node, operation, x_hat, g).input,
                 bound(of_error.input, gamma(count.input + 1), all.input));
  }
  void backward(std::size_t node, const Linear& linear) { product_backward(node, linear); }
  void backward(std::size_t node, const Convolution& convolution) { product_backward(node, convolution); }

  /// An operation whose gradients are sums of at most `terms` parts of its output's gradient, each times a
  /// number ≥ 0.
  void linear_backward(std::size_t node, std::int64_t terms) {
    for (std::size_t i = 0; i < network_.nodes()[node].inputs.size(); ++i) {
      const auto through = [&](const Values& gradient) {
        const auto made = layer(node, parameters_);
        (void)made->forward(inputs(node));
        return to_doubles(made->backward(inputs(node), tensor(node, gradient)).inputs[i]);
      };
      const Values& error = gradient_errors_[node];
      add_gradient(input_of(node, i), through(gradients_[node]),
                   bound(through(error), gamma(terms), through(sum(gradients_[node], error))));
    }
  }
  void backward(std::size_t node, const Relu& /*relu*/) { linear_backward(node, 0); }
  void backward(std::size_t node, const Clamp& /*clamp*/) { linear_backward(node, 0); }
  void backward(std::size_t node, const LeakyRelu& leaky) {
    if (leaky.slope < 0) {
      throw std::invalid_argument("no error analysis for a negative slope");
    }
    linear_backward(node, 1);
  }
  /// The sign of x times g.
  void backward(std::size_t node, const Absolute& /*absolute*/) {
    add_gradient(input_of(node), gradients_[node], gradient_errors_[node]);
  }
  void backward(std::size_t node, const Reshape& /*reshape*/) { linear_backward(node, 0); }
  void backward(std::size_t node, const Transpose& /*transpose*/) { linear_backward(node, 0); }
  void backward(std::size_t node, const Concatenate& /*concatenate*/) { linear_backward(node, 0); }
  void backward(std::size_t node, const Narrow& /*narrow*/) { linear_backward(node, 0); }
  void backward(std::size_t node, const MaxPool& pool) {
    linear_backward(node, pool.window.kernel[0] * pool.window.kernel[1]);
  }
  void backward(std::size_t node, const AveragePool& pool) {
    linear_backward(node, pool.window.kernel[0] * pool.window.kernel[1] + 1);
  }
  void backward(std::size_t node, const AdaptiveAveragePool& /*pool*/) {
    linear_backward(node, element_count(network_.output_shapes()[node]) + 1);
  }
  void backward(std::size_t node, const Flatten& /*flatten*/) { linear_backward(node, 0); }
  /// g_k − exp(l_k) Σ g.
  void backward(std::size_t node, const LogSoftmax& /*log_softmax*/) {
    const Values l = to_doubles(values_[node]);
    const auto classes = static_cast<std::size_t>(network_.output_shapes()[node][0]);
    Values magnitudes;
    Values errors;
    for (std::size_t first = 0; first < l.size(); first += classes) {
      double sum_of_g = 0;
      double error_of_sum = 0;
      for (std::size_t k = first; k < first + classes; ++k) {
        sum_of_g += gradients_[node][k];
        error_of_sum += gradient_errors_[node][k];
      }
      error_of_sum += gamma(static_cast<std::int64_t>(classes)) * (sum_of_g + error_of_sum);
      for (std::size_t k = first; k < first + classes; ++k) {
        const double g = gradients_[node][k];
        const double of_g = gradient_errors_[node][k];
        const double p = std::exp(l[k]);
        const double of_p = p * (std::expm1(errors_[node][k]) + 4 * u);
        const double product = (p + of_p) * (sum_of_g + error_of_sum);
        magnitudes.push_back((g + p * sum_of_g) * slack);
        errors.push_back(
            (of_g + of_p * (sum_of_g + error_of_sum) + p * error_of_sum + u * (g + of_g + 3 * product)) *
            slack);
      }
    }
    add_gradient(input_of(node), std::move(magnitudes), errors);
  }
  /// p_k (g_k − Σ p_j g_j): three roundings whether the product or the difference comes first.
  void backward(std::size_t node, const Softmax& /*softmax*/) {
    const Values p = to_doubles(values_[node]);
    const Values& of_p = errors_[node];
    const Values& g = gradients_[node];
    const Values& of_g = gradient_errors_[node];
    const auto classes = static_cast<std::size_t>(network_.output_shapes()[node][0]);
    Values magnitudes;
    Values errors;
    for (std::size_t first = 0; first < p.size(); first += classes) {
      double mean = 0;
      double of_mean = 0;
      for (std::size_t j = first; j < first + classes; ++j) {
        mean += p[j] * g[j];
        of_mean += of_p[j] * (g[j] + of_g[j]) + p[j] * of_g[j];
      }
      of_mean += gamma(static_cast<std::int64_t>(classes) + 1) * (mean + of_mean);
      for (std::size_t k = first; k < first + classes; ++k) {
        const double both = g[k] + of_g[k] + mean + of_mean;
        magnitudes.push_back(p[k] * (g[k] + mean) * slack);
        errors.push_back((of_p[k] * both + p[k] * (of_g[k] + of_mean) + 3 * u * (p[k] + of_p[k]) * both) *
                         slack);
      }
    }
    add_gradient(input_of(node), std::move(magnitudes), errors);
  }
  /// dx_k = g_k / d_k − 2 x_k Σ t_j with t_j = g_j x_j alpha beta / size · b_j^(beta − 1) / d_j²: ln of the
  /// factors of g_j x_j is off by that of two d and of b^(beta − 1), and by 8 roundings; the result by the
  /// two additions, and the product before them.
  void backward(std::size_t node, const LocalResponseNorm& norm) {
    const Values x = magnitude(input_of(node));
    const Values& of_x = errors_[input_of(node)];
    const Values& g = gradients_[node];
    const Values& of_g = gradient_errors_[node];
    const std::vector<Divisor> by = divisors(node, norm);
    Values terms;
    Values of_terms;
    for (std::size_t j = 0; j < x.size(); ++j) {
      const double factor = norm.alpha * std::fabs(norm.beta) / static_cast<double>(norm.size) /
                            (by[j].value * by[j].base) * slack;
      const double of_ln_factor =
          2 * by[j].of_ln_divisor + std::fabs(norm.beta - 1) * by[j].of_ln_base + 4 * u + 8 * u;
      const double product = g[j] * x[j];
      const double all = (g[j] + of_g[j]) * (x[j] + of_x[j]);
      terms.push_back(product * factor);
      of_terms.push_back((all - product + all * std::expm1(of_ln_factor)) * factor + u * all * factor);
    }
    Values magnitudes;
    Values errors;
    for (std::size_t k = 0; k < x.size(); ++k) {
      double total = 0;
      double of_total = 0;
      for (const std::size_t j : neighbours(node, norm, k)) {
        total += terms[j];
        of_total += of_terms[j];
      }
      of_total += gamma(norm.size) * (total + of_total);
      const double direct = g[k] / by[k].value;
      const double of_direct =
          (of_g[k] + (g[k] + of_g[k]) * std::expm1(by[k].of_ln_divisor + u)) / by[k].value;
      const double through = 2 * total * x[k];
      const double of_through = 2 * (of_total * (x[k] + of_x[k]) + total * of_x[k]);
      magnitudes.push_back((direct + through) * slack);
      errors.push_back((of_direct + of_through + 3 * u * (direct + of_direct + through + of_through)) *
                       slack);
    }
    add_gradient(input_of(node), std::move(magnitudes), errors);
  }
  /// k = Σ g (x − μ) r² / N; dx = (g − Σ g / N − (x − μ) k) r γ, or g r γ where the statistics are running
  /// ones; dγ = Σ g (x − μ) r; dβ = Σ g.
  void backward(std::size_t node, const BatchNorm& norm) {
    Values magnitudes(gradients_[node].size());
    Values errors(gradients_[node].size());
    Values of_gamma;
    Values of_beta;
    for (std::int64_t feature = 0; feature < norm.features; ++feature) {
      const Normalised at = normalised(node, norm, feature);
      const auto count = static_cast<double>(at.places.size());
      const std::int64_t terms = std::ssize(at.places);
      double sum_of_g = 0;
      double error_of_sum = 0;
      double dot = 0;
      double error_of_dot = 0;
      for (std::size_t i = 0; i < at.places.size(); ++i) {
        const double g = gradients_[node][at.places[i]];
        const double of_g = gradient_errors_[node][at.places[i]];
        sum_of_g += g;
        error_of_sum += of_g + gamma(terms) * (g + of_g);
        dot += g * at.centred[i];
        error_of_dot += of_g * at.centred[i] + (g + of_g) * at.of_centred[i] +
                        gamma(terms + 2) * (g + of_g) * (at.centred[i] + at.of_centred[i]);
      }
      of_gamma.push_back((error_of_dot + (dot + error_of_dot) * (at.of_r + 2 * u) * (1 + at.of_r)) * at.r *
                         slack);
      of_beta.push_back(error_of_sum * slack);
      const bool trains = norm.statistics == BatchStatistics::of_mini_batch;
      const double r2 = at.r * at.r / count;
      const double k = trains ? dot * r2 : 0;
      const double of_k =
          trains ? (error_of_dot + (dot + error_of_dot) * (2 * at.of_r + at.of_r * at.of_r + 4 * u)) * r2 : 0;
      const double mean = trains ? sum_of_g / count : 0;
      const double of_mean = trains ? error_of_sum / count : 0;
      for (std::size_t i = 0; i < at.places.size(); ++i) {
        const double g = gradients_[node][at.places[i]];
        const double of_g = gradient_errors_[node][at.places[i]];
        const double centred = at.centred[i] + at.of_centred[i];
        const double inner = g + mean + at.centred[i] * k;
        const double of_inner = of_g + of_mean + centred * of_k + at.of_centred[i] * k +
                                4 * u * (g + of_g + mean + of_mean + centred * (k + of_k));
        const double scale = at.gamma * at.r * slack;
        magnitudes[at.places[i]] = inner * scale;
        errors[at.places[i]] = (of_inner + (inner + of_inner) * (at.of_r + 3 * u) * (1 + at.of_r)) * scale;
      }
    }
    parameter_errors_[node].push_back(of_gamma);
    parameter_errors_[node].push_back(of_beta);
    add_gradient(input_of(node), std::move(magnitudes), errors);
  }
  void backward(std::size_t node, const Add& /*add*/) {
    for (const std::size_t input : network_.nodes()[node].inputs) {
      add_gradient(input, gradients_[node], gradient_errors_[node]);
    }
  }
  template <typename Other>
  void backward(std::size_t /*node*/, const Other& /*operation*/) {
    throw std::invalid_argument("no error analysis for this operation");
  }

  const Network& network_;
  const Batch& batch_;
  std::vector<Tensor> parameters_;
  std::vector<Tensor> magnitudes_;
  std::vector<Tensor> buffers_;
  std::vector<Tensor> values_;     ///< of each node's output
  std::vector<Values> errors_;     ///< bounds of what is computed for them
  std::vector<Values> gradients_;  ///< bounds of the true gradient's magnitude at each output
  std::vector<Values> gradient_errors_;
  std::map<std::size_t, std::vector<Values>> parameter_errors_;  ///< by node
};

}  // namespace

RoundingBound rounding_bound(const Network& network, const Weights& weights, const Batch& batch) {
  return Analysis(network, weights, batch).run();
}

}  // namespace relu0::test
