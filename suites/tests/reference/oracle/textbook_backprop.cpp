#include "suites/tests/reference/oracle/textbook_backprop.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace relu0::oracle {

namespace {

using Index = Eigen::Index;

Number largest_magnitude(const Matrix& matrix) {
  Number result = 0;
  for (Index i = 0; i < matrix.size(); ++i) {
    result = std::max<Number>(result, matrix.data()[i].magnitude());
  }
  return result;
}

/// Whether all elements are multiples of 2^−20 below 2^20, without doubt.
bool are_short(const Matrix& matrix) {
  return std::all_of(matrix.data(), matrix.data() + matrix.size(), [](const Ball& ball) {
    const Number scaled = ldexp(ball.middle, 20);
    return ball.is_exact() && scaled == trunc(scaled) && abs(ball.middle) < power_of_two(20);
  });
}

/// One rounding of a layer that is no product: (1/2 + 2^−20) ulp, at most (1 + 2^−19) 2^−p of the result.
void allow_layer_rounding(Ball& result, const Contract& contract) {
  result = widened(result, (1 + power_of_two(-19)) * power_of_two(-contract.bits) * result.magnitude());
}

void allow_layer_roundings(Matrix& results, const Contract& contract) {
  for (Index i = 0; i < results.size(); ++i) {
    allow_layer_rounding(results.data()[i], contract);
  }
}

/// One rounding to nearest: 2^−p of the result.
void allow_rounding(Ball& result, const Contract& contract) {
  result = widened(result, power_of_two(-contract.bits) * result.magnitude());
}

/// A sum inside a layer, which has p + 64 bits: each of its additions may be off by 2^−(p + 64) of the terms'
/// magnitudes, however much they cancel.
class Sum {
 public:
  void add(const Ball& term) {
    sum_ += term;
    magnitudes_ += term.magnitude();
    ++terms_;
  }
  [[nodiscard]] Ball get(const Contract& contract) const {
    return widened(sum_, terms_ * power_of_two(-(contract.bits + 64)) * magnitudes_);
  }

 private:
  Ball sum_;
  Number magnitudes_ = 0;
  int terms_ = 0;
};

/// A window's place in a plane.
struct Image {
  Index channels;
  Index height;
  Index width;
  [[nodiscard]] Index at(Index channel, Index y, Index x) const { return (channel * height + y) * width + x; }
  [[nodiscard]] bool holds(Index y, Index x) const { return y >= 0 && y < height && x >= 0 && x < width; }
};

Image image_of(const Shape& shape) { return {shape.at(0), shape.at(1), shape.at(2)}; }

class Pass {
 public:
  Pass(const Network& network, const Weights& weights, const Batch& batch, const KinkChoices& kinks,
       const Contract& contract)
      : network_{network},
        weights_{weights},
        batch_{batch},
        kinks_{kinks},
        contract_{contract},
        outputs_(network.nodes().size()),
        gradients_(network.nodes().size()),
        parameter_gradients_(network.parameters().size()) {}

  Backprop run() {
    Matrix& input = outputs_[0];
    input.resize(batch_.size(), static_cast<Index>(batch_.inputs.size()) / batch_.size());
    for (Index i = 0; i < input.size(); ++i) {
      input.data()[i] = Ball(static_cast<double>(batch_.inputs[static_cast<std::size_t>(i)]));
    }
    for (node_ = 1; node_ < network_.nodes().size(); ++node_) {
      outputs_[node_] = std::visit([this](const auto& operation) { return forward(operation); },
                                   network_.nodes()[node_].operation);
    }
    Backprop result;
    result.loss = outputs_.back()(0, 0);
    for (node_ = network_.nodes().size() - 1; node_ > 0; --node_) {
      std::visit([this](const auto& operation) { backward(operation); }, network_.nodes()[node_].operation);
    }
    result.parameters = std::move(parameter_gradients_);
    result.input = std::move(*gradients_[0]);
    for (const NodeKink& kink : network_.kinks()) {
      if (kink.place.point) {
        result.kink_inputs[kink.node] = outputs_[network_.nodes()[kink.node].inputs[0]];
      }
    }
    result.kinks_met = kinks_met_;
    return result;
  }

 private:
  [[nodiscard]] std::size_t input_node(std::size_t i = 0) const { return network_.nodes()[node_].inputs[i]; }
  [[nodiscard]] const Matrix& x(std::size_t i = 0) const { return outputs_[input_node(i)]; }
  [[nodiscard]] const Matrix& dy() const { return *gradients_[node_]; }
  [[nodiscard]] const Shape& in_shape() const { return network_.output_shapes()[input_node()]; }
  [[nodiscard]] const Shape& out_shape() const { return network_.output_shapes()[node_]; }
  [[nodiscard]] Index samples() const { return batch_.size(); }

  [[nodiscard]] Matrix zeros_like(const Matrix& matrix) const {
    return Matrix::Constant(matrix.rows(), matrix.cols(), Ball(0));
  }
  [[nodiscard]] Matrix output_zeros() const {
    return Matrix::Constant(samples(), element_count(out_shape()), Ball(0));
  }

  /// The index of this node's tensor of that name; absent where it has none.
  [[nodiscard]] std::optional<std::size_t> index_of(const std::vector<TensorSpec>& specs,
                                                    const std::string& suffix) const {
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (specs[i].node == node_ && specs[i].name.ends_with("." + suffix)) {
        return i;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] static Matrix matrix_of(const TensorValues& tensor) {
    Matrix result(tensor.shape.front(), element_count(tensor.shape) / tensor.shape.front());
    for (Index i = 0; i < result.size(); ++i) {
      result.data()[i] = Ball(tensor.values[static_cast<std::size_t>(i)]);
    }
    return result;
  }
  [[nodiscard]] Matrix parameter(const std::string& suffix) const {
    return matrix_of(weights_.parameters.at(index_of(network_.parameters(), suffix).value()));
  }
  [[nodiscard]] Matrix buffer(const std::string& suffix) const {
    return matrix_of(weights_.buffers.at(index_of(network_.buffers(), suffix).value()));
  }
  [[nodiscard]] bool has_bias() const { return index_of(network_.parameters(), "bias").has_value(); }

  void give_parameter(const std::string& suffix, Matrix gradient) {
    parameter_gradients_.at(index_of(network_.parameters(), suffix).value()) = std::move(gradient);
  }
  /// Adds to d loss / d output of an input; a second consumer's contribution is added with one rounding.
  void give_input(Matrix gradient, std::size_t i = 0) {
    std::optional<Matrix>& sum = gradients_[input_node(i)];
    if (!sum) {
      sum = std::move(gradient);
      return;
    }
    *sum += gradient;
    for (Index element = 0; element < sum->size(); ++element) {
      allow_rounding(sum->data()[element], contract_);
    }
  }

  // Linear: y = x Wᵀ + b.
  Matrix forward(const Linear& linear) {
    const Matrix weight = parameter("weight");
    Matrix y = x().lazyProduct(weight.transpose());
    if (has_bias()) {
      const Matrix bias = parameter("bias");
      for (Index sample = 0; sample < samples(); ++sample) {
        y.row(sample) += bias.transpose();
      }
    }
    allow_product_roundings(y, linear.in_features, x(), weight, contract_);
    return y;
  }
  void backward(const Linear& linear) {
    const Matrix weight = parameter("weight");
    Matrix dx = dy().lazyProduct(weight);
    allow_product_roundings(dx, linear.out_features, dy(), weight, contract_);
    Matrix dw = dy().transpose().lazyProduct(x());
    allow_product_roundings(dw, samples(), dy(), x(), contract_);
    give_parameter("weight", std::move(dw));
    if (has_bias()) {
      Matrix db = dy().colwise().sum().transpose();
      for (Index i = 0; i < db.size(); ++i) {
        allow_rounding(db.data()[i], contract_);
      }
      give_parameter("bias", std::move(db));
    }
    give_input(std::move(dx));
  }

  /// visit(sample, output channel, output element, input element or none, column of the weight) for every
  /// product in the definition of a convolution: y(o, r, c) = Σ x(i, r s − p + a, c s − p + b) W(o, i, a, b).
  template <typename Visit>
  void for_each_product(const Convolution& convolution, Visit visit) const {
    const Image in = image_of(in_shape());
    const Image out = image_of(out_shape());
    const auto& [kernel, stride, padding] = convolution.window;
    for (Index sample = 0; sample < samples(); ++sample) {
      for (Index o = 0; o < out.channels; ++o) {
        for (Index r = 0; r < out.height; ++r) {
          for (Index c = 0; c < out.width; ++c) {
            for (Index i = 0; i < in.channels; ++i) {
              for (Index a = 0; a < kernel[0]; ++a) {
                for (Index b = 0; b < kernel[1]; ++b) {
                  const Index y = r * stride[0] - padding[0] + a;
                  const Index x = c * stride[1] - padding[1] + b;
                  if (in.holds(y, x)) {
                    visit(sample, o, out.at(o, r, c), in.at(i, y, x), (i * kernel[0] + a) * kernel[1] + b);
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  Matrix forward(const Convolution& convolution) {
    const Matrix weight = parameter("weight");
    Matrix y = output_zeros();
    if (has_bias()) {
      const Matrix bias = parameter("bias");
      const Index plane = y.cols() / bias.size();
      for (Index element = 0; element < y.cols(); ++element) {
        y.col(element).setConstant(bias.data()[element / plane]);
      }
    }
    for_each_product(convolution, [&](Index sample, Index o, Index out, Index in, Index tap) {
      y(sample, out) += x()(sample, in) * weight(o, tap);
    });
    allow_product_roundings(y, weight.cols(), x(), weight, contract_);
    return y;
  }
  void backward(const Convolution& convolution) {
    const Matrix weight = parameter("weight");
    Matrix dx = zeros_like(x());
    Matrix dw = zeros_like(weight);
    for_each_product(convolution, [&](Index sample, Index o, Index out, Index in, Index tap) {
      dx(sample, in) += dy()(sample, out) * weight(o, tap);
      dw(o, tap) += dy()(sample, out) * x()(sample, in);
    });
    const Index plane = dy().cols() / weight.rows();
    allow_product_roundings(dx, weight.size(), dy(), weight, contract_);
    allow_product_roundings(dw, samples() * plane, dy(), x(), contract_);
    give_parameter("weight", std::move(dw));
    if (has_bias()) {
      Matrix db = Matrix::Constant(weight.rows(), 1, Ball(0));
      for (Index sample = 0; sample < samples(); ++sample) {
        for (Index element = 0; element < dy().cols(); ++element) {
          db.data()[element / plane] += dy()(sample, element);
        }
      }
      for (Index i = 0; i < db.size(); ++i) {
        allow_rounding(db.data()[i], contract_);
      }
      give_parameter("bias", std::move(db));
    }
    give_input(std::move(dx));
  }

  /// visit(sample, element) for each value of a batch-norm's feature.
  template <typename Visit>
  void for_each_value(Index feature, const BatchNorm& norm, Visit visit) const {
    const Index plane = x().cols() / norm.features;
    for (Index sample = 0; sample < samples(); ++sample) {
      for (Index element = feature * plane; element < (feature + 1) * plane; ++element) {
        visit(sample, element);
      }
    }
  }
  struct Moments {
    Ball mean;
    Ball deviation;  ///< √(variance + epsilon)
  };
  [[nodiscard]] Moments moments(Index feature, const BatchNorm& norm) const {
    if (norm.statistics == BatchStatistics::running) {
      return {buffer("running_mean")(feature, 0),
              sqrt(buffer("running_var")(feature, 0) + Ball(norm.epsilon))};
    }
    const Ball count(static_cast<int>(x().size() / norm.features));
    Sum values;
    for_each_value(feature, norm, [&](Index sample, Index element) { values.add(x()(sample, element)); });
    const Ball mean = values.get(contract_) / count;
    Ball squares;
    for_each_value(feature, norm, [&](Index sample, Index element) {
      const Ball centred = x()(sample, element) - mean;
      squares += centred * centred;
    });
    return {mean, sqrt(squares / count + Ball(norm.epsilon))};
  }
  /// (x − mean) / deviation.
  [[nodiscard]] Ball normalised(const Moments& at, Index sample, Index element) const {
    Sum centred;
    centred.add(x()(sample, element));
    centred.add(-at.mean);
    return centred.get(contract_) / at.deviation;
  }
  Matrix forward(const BatchNorm& norm) {
    const Matrix gamma = parameter("weight");
    const Matrix beta = parameter("bias");
    Matrix y = output_zeros();
    for (Index feature = 0; feature < norm.features; ++feature) {
      const Moments at = moments(feature, norm);
      for_each_value(feature, norm, [&](Index sample, Index element) {
        Sum shifted;
        shifted.add(normalised(at, sample, element) * gamma(feature, 0));
        shifted.add(beta(feature, 0));
        y(sample, element) = shifted.get(contract_);
      });
    }
    allow_layer_roundings(y, contract_);
    return y;
  }
  void backward(const BatchNorm& norm) {
    const Matrix gamma = parameter("weight");
    const bool of_mini_batch = norm.statistics == BatchStatistics::of_mini_batch;
    const Ball count(static_cast<int>(x().size() / norm.features));
    Matrix dx = zeros_like(x());
    Matrix dgamma = zeros_like(gamma);
    Matrix dbeta = zeros_like(gamma);
    for (Index feature = 0; feature < norm.features; ++feature) {
      const Moments at = moments(feature, norm);
      Sum gradients;
      Sum products;
      for_each_value(feature, norm, [&](Index sample, Index element) {
        gradients.add(dy()(sample, element));
        products.add(dy()(sample, element) * normalised(at, sample, element));
      });
      dgamma(feature, 0) = products.get(contract_);
      dbeta(feature, 0) = gradients.get(contract_);
      for_each_value(feature, norm, [&](Index sample, Index element) {
        Sum direct;
        direct.add(dy()(sample, element));
        if (of_mini_batch) {
          direct.add(-(gradients.get(contract_) / count));
          direct.add(-(normalised(at, sample, element) * products.get(contract_) / count));
        }
        dx(sample, element) = gamma(feature, 0) / at.deviation * direct.get(contract_);
      });
    }
    allow_layer_roundings(dx, contract_);
    allow_layer_roundings(dgamma, contract_);
    allow_layer_roundings(dbeta, contract_);
    give_parameter("weight", std::move(dgamma));
    give_parameter("bias", std::move(dbeta));
    give_input(std::move(dx));
  }

  /// −1 below the point, 1 above it, 0 at it.
  [[nodiscard]] static int side(const Ball& ball, double point) {
    const Number distance = ball.middle - Number(point);
    if (ball.is_exact() && distance == 0) {
      return 0;
    }
    if (abs(distance) <= ball.radius) {
      throw std::logic_error("on which side of a kink an input lies is open");
    }
    return distance > 0 ? 1 : -1;
  }
  /// What the gradient g becomes at a kink.
  [[nodiscard]] Ball at_kink(const DerivativeChoice& choice, const Ball& g) {
    ++kinks_met_;
    if (choice.value == 0) {
      return {0};
    }
    Ball result = Ball(choice.value) * (choice.rule == Rule::chain_rule ? g : Ball(1));
    allow_rounding(result, contract_);
    return result;
  }
  [[nodiscard]] Ball scaled(double factor, const Ball& value) const {
    Ball result = Ball(factor) * value;
    allow_layer_rounding(result, contract_);
    return result;
  }
  /// Element by element: y = of(x).
  template <typename Function>
  [[nodiscard]] Matrix map(Function of) const {
    Matrix y = x();
    for (Index i = 0; i < y.size(); ++i) {
      y.data()[i] = of(x().data()[i]);
    }
    return y;
  }
  /// Element by element: dx = of(x, dy).
  template <typename Function>
  void pull(Function of) {
    Matrix dx = zeros_like(x());
    for (Index i = 0; i < dx.size(); ++i) {
      dx.data()[i] = of(x().data()[i], dy().data()[i]);
    }
    give_input(std::move(dx));
  }

  Matrix forward(const Relu& /*relu*/) {
    return map([](const Ball& value) { return side(value, 0) > 0 ? value : Ball(0); });
  }
  void backward(const Relu& /*relu*/) {
    pull([this](const Ball& value, const Ball& g) {
      const int at = side(value, 0);
      return at == 0 ? at_kink(kinks_.relu, g) : at > 0 ? g : Ball(0);
    });
  }

  Matrix forward(const LeakyRelu& leaky) {
    return map([&](const Ball& value) { return side(value, 0) > 0 ? value : scaled(leaky.slope, value); });
  }
  void backward(const LeakyRelu& leaky) {
    pull([&](const Ball& value, const Ball& g) {
      const int at = side(value, 0);
      return at == 0  ? at_kink({.value = kinks_.leaky_relu.value_or(leaky.slope)}, g)
             : at > 0 ? g
                      : scaled(leaky.slope, g);
    });
  }

  /// Which end a value lies beyond (−1, 1) or at (−2, 2); 0 between them.
  [[nodiscard]] static int place(const Clamp& clamp, const Ball& value) {
    if (clamp.lower) {
      const int at = side(value, *clamp.lower);
      if (at <= 0) {
        return at == 0 ? -2 : -1;
      }
    }
    if (clamp.upper) {
      const int at = side(value, *clamp.upper);
      if (at >= 0) {
        return at == 0 ? 2 : 1;
      }
    }
    return 0;
  }
  Matrix forward(const Clamp& clamp) {
    return map([&](const Ball& value) {
      const int at = place(clamp, value);
      return at == -1 ? Ball(*clamp.lower) : at == 1 ? Ball(*clamp.upper) : value;
    });
  }
  void backward(const Clamp& clamp) {
    // torch.clamp passes gradients at its ends, hardtanh does not.
    const DerivativeChoice usual{.value = clamp.spelling == ClampSpelling::clamp ? 1.0 : 0.0};
    pull([&](const Ball& value, const Ball& g) {
      switch (place(clamp, value)) {
        case -2:
          return at_kink(kinks_.clamp_lower.value_or(usual), g);
        case 2:
          return at_kink(kinks_.clamp_upper.value_or(usual), g);
        case 0:
          return g;
        default:
          return Ball(0);
      }
    });
  }

  Matrix forward(const Absolute& /*absolute*/) {
    return map([](const Ball& value) { return side(value, 0) < 0 ? -value : value; });
  }
  void backward(const Absolute& /*absolute*/) {
    pull([this](const Ball& value, const Ball& g) {
      const int at = side(value, 0);
      return at == 0 ? at_kink({.value = kinks_.absolute}, g) : at > 0 ? g : -g;
    });
  }

  /// Which elements are dropped is part of the description; the factor is a double's reciprocal in p bits.
  template <typename Keep>
  [[nodiscard]] Matrix dropped(const Dropout& dropout, const Matrix& values, Keep keep) const {
    const DropoutMask mask(dropout, {}, node_);
    Matrix result = zeros_like(values);
    for (Index i = 0; i < values.size(); ++i) {
      if (mask.keeps(i)) {
        result.data()[i] = keep(values.data()[i]);
      }
    }
    return result;
  }
  [[nodiscard]] Ball kept(const Dropout& dropout, const Ball& value) const {
    if (!dropout.drops()) {
      return value;
    }
    Ball result = value / (Ball(1) - Ball(dropout.probability));
    allow_layer_rounding(result, contract_);
    return result;
  }
  Matrix forward(const Dropout& dropout) {
    return dropped(dropout, x(), [&](const Ball& value) { return kept(dropout, value); });
  }
  void backward(const Dropout& dropout) {
    give_input(dropped(dropout, dy(), [&](const Ball& value) { return kept(dropout, value); }));
  }

  [[nodiscard]] Ball sum_of_exponentials(Index sample) const {
    Ball sum;
    for (Index k = 0; k < x().cols(); ++k) {
      sum += exp(x()(sample, k));
    }
    return sum;
  }
  Matrix forward(const LogSoftmax& /*log_softmax*/) {
    Matrix y = x();
    for (Index sample = 0; sample < samples(); ++sample) {
      const Ball normaliser = log(sum_of_exponentials(sample));
      for (Index k = 0; k < y.cols(); ++k) {
        y(sample, k) -= normaliser;
      }
    }
    allow_layer_roundings(y, contract_);
    return y;
  }
  void backward(const LogSoftmax& /*log_softmax*/) {
    Matrix dx = zeros_like(x());
    for (Index sample = 0; sample < samples(); ++sample) {
      const Ball exponentials = sum_of_exponentials(sample);
      Sum gradients;
      for (Index k = 0; k < x().cols(); ++k) {
        gradients.add(dy()(sample, k));
      }
      for (Index k = 0; k < x().cols(); ++k) {
        Sum difference;
        difference.add(dy()(sample, k));
        difference.add(-(exp(x()(sample, k)) / exponentials * gradients.get(contract_)));
        dx(sample, k) = difference.get(contract_);
      }
    }
    allow_layer_roundings(dx, contract_);
    give_input(std::move(dx));
  }

  /// visit(sample, output element, input elements of its window) for every window; padding is left out.
  template <typename Visit>
  void for_each_window(const Window& window, Visit visit) const {
    const Image in = image_of(in_shape());
    const Image out = image_of(out_shape());
    for (Index sample = 0; sample < samples(); ++sample) {
      for (Index channel = 0; channel < out.channels; ++channel) {
        for (Index r = 0; r < out.height; ++r) {
          for (Index c = 0; c < out.width; ++c) {
            std::vector<Index> elements;
            for (Index a = 0; a < window.kernel[0]; ++a) {
              for (Index b = 0; b < window.kernel[1]; ++b) {
                const Index y = r * window.stride[0] - window.padding[0] + a;
                const Index x = c * window.stride[1] - window.padding[1] + b;
                if (in.holds(y, x)) {
                  elements.push_back(in.at(channel, y, x));
                }
              }
            }
            visit(sample, out.at(channel, r, c), elements);
          }
        }
      }
    }
  }
  /// The elements that hold the window's maximum: one, or several that are exactly equal.
  [[nodiscard]] std::vector<Index> winners(Index sample, const std::vector<Index>& elements) const {
    const auto at = [&](Index element) -> const Ball& { return x()(sample, element); };
    const Index best = *std::max_element(elements.begin(), elements.end(),
                                         [&](Index a, Index b) { return at(a).middle < at(b).middle; });
    std::vector<Index> result;
    for (const Index element : elements) {
      const bool ties =
          at(best).is_exact() && at(element).is_exact() && at(best).middle == at(element).middle;
      if (element == best || ties) {
        result.push_back(element);
      } else if (!is_certainly_greater(at(best), at(element))) {
        throw std::logic_error("the winner of a max-pool is open");
      }
    }
    return result;
  }
  Matrix forward(const MaxPool& pool) {
    Matrix y = output_zeros();
    for_each_window(pool.window, [&](Index sample, Index out, const std::vector<Index>& elements) {
      y(sample, out) = x()(sample, winners(sample, elements).front());
    });
    return y;
  }
  void backward(const MaxPool& pool) {
    std::vector<Sum> sums(static_cast<std::size_t>(x().size()));
    const auto give = [&](Index sample, Index element, const Ball& gradient) {
      sums[static_cast<std::size_t>(sample * x().cols() + element)].add(gradient);
    };
    for_each_window(pool.window, [&](Index sample, Index out, const std::vector<Index>& elements) {
      const std::vector<Index> tied = winners(sample, elements);
      kinks_met_ += tied.size() > 1 ? 1 : 0;
      switch (kinks_.max_pool) {
        case TieChoice::first:
          give(sample, tied.front(), dy()(sample, out));
          break;
        case TieChoice::last:
          give(sample, tied.back(), dy()(sample, out));
          break;
        case TieChoice::mean:
          for (const Index element : tied) {
            give(sample, element, dy()(sample, out) / Ball(static_cast<int>(tied.size())));
          }
          break;
      }
    });
    give_input(rounded(sums));
  }
  /// The sums as a gradient of the input.
  [[nodiscard]] Matrix rounded(const std::vector<Sum>& sums) const {
    Matrix dx = zeros_like(x());
    for (Index i = 0; i < dx.size(); ++i) {
      dx.data()[i] = sums[static_cast<std::size_t>(i)].get(contract_);
    }
    allow_layer_roundings(dx, contract_);
    return dx;
  }

  /// Each output is the sum over its window, divided by `area` or, where that is absent, by the window's
  /// size.
  template <typename ForEachWindow>
  Matrix average(const ForEachWindow& for_each, std::optional<Index> area) {
    Matrix y = output_zeros();
    for_each([&](Index sample, Index out, const std::vector<Index>& elements) {
      Sum sum;
      for (const Index element : elements) {
        sum.add(x()(sample, element));
      }
      y(sample, out) = sum.get(contract_) / Ball(static_cast<int>(area.value_or(std::ssize(elements))));
    });
    allow_layer_roundings(y, contract_);
    return y;
  }
  template <typename ForEachWindow>
  void spread(const ForEachWindow& for_each, std::optional<Index> area) {
    std::vector<Sum> sums(static_cast<std::size_t>(x().size()));
    for_each([&](Index sample, Index out, const std::vector<Index>& elements) {
      const Ball share = dy()(sample, out) / Ball(static_cast<int>(area.value_or(std::ssize(elements))));
      for (const Index element : elements) {
        sums[static_cast<std::size_t>(sample * x().cols() + element)].add(share);
      }
    });
    give_input(rounded(sums));
  }
  [[nodiscard]] auto windows_of(const AveragePool& pool) const {
    return [this, &pool](const auto& visit) { for_each_window(pool.window, visit); };
  }
  [[nodiscard]] static Index area(const AveragePool& pool) {
    return pool.window.kernel[0] * pool.window.kernel[1];
  }
  Matrix forward(const AveragePool& pool) { return average(windows_of(pool), area(pool)); }
  void backward(const AveragePool& pool) { spread(windows_of(pool), area(pool)); }

  /// Output row i takes input rows floor(i H / height) to ceil((i + 1) H / height) − 1; columns likewise.
  [[nodiscard]] auto windows_of(const AdaptiveAveragePool& pool) const {
    return [this, &pool](const auto& visit) {
      const Image in = image_of(in_shape());
      const Image out = image_of(out_shape());
      const auto first = [](Index i, Index extent, Index parts) { return i * extent / parts; };
      const auto end = [](Index i, Index extent, Index parts) {
        return ((i + 1) * extent + parts - 1) / parts;
      };
      for (Index sample = 0; sample < samples(); ++sample) {
        for (Index output = 0; output < x_columns(out); ++output) {
          const Index channel = output / (out.height * out.width);
          const Index r = output / out.width % out.height;
          const Index c = output % out.width;
          std::vector<Index> elements;
          for (Index y = first(r, in.height, pool.height); y < end(r, in.height, pool.height); ++y) {
            for (Index x = first(c, in.width, pool.width); x < end(c, in.width, pool.width); ++x) {
              elements.push_back(in.at(channel, y, x));
            }
          }
          visit(sample, output, elements);
        }
      }
    };
  }
  [[nodiscard]] static Index x_columns(const Image& image) {
    return image.channels * image.height * image.width;
  }
  Matrix forward(const AdaptiveAveragePool& pool) { return average(windows_of(pool), std::nullopt); }
  void backward(const AdaptiveAveragePool& pool) { spread(windows_of(pool), std::nullopt); }

  Matrix forward(const Add& /*add*/) {
    Matrix y = x(0) + x(1);
    for (Index i = 0; i < y.size(); ++i) {
      allow_rounding(y.data()[i], contract_);
    }
    return y;
  }
  void backward(const Add& /*add*/) {
    give_input(dy(), 0);
    give_input(dy(), 1);
  }

  /// Elements are row-major, so that the first dimension's parts lie one after the other.
  Matrix forward(const Concatenate& /*concatenate*/) {
    Matrix y = output_zeros();
    Index first = 0;
    for (std::size_t i = 0; i < network_.nodes()[node_].inputs.size(); ++i) {
      y.middleCols(first, x(i).cols()) = x(i);
      first += x(i).cols();
    }
    return y;
  }
  void backward(const Concatenate& /*concatenate*/) {
    Index first = 0;
    for (std::size_t i = 0; i < network_.nodes()[node_].inputs.size(); ++i) {
      give_input(dy().middleCols(first, x(i).cols()), i);
      first += x(i).cols();
    }
  }

  Matrix forward(const Flatten& /*flatten*/) { return x(); }
  void backward(const Flatten& /*flatten*/) { give_input(dy()); }

  /// Mean over the samples of log Σ exp(z_k) − z_label.
  Matrix forward(const SoftmaxCrossEntropy& /*loss*/) {
    Ball total;
    for (Index sample = 0; sample < samples(); ++sample) {
      total += log(sum_of_exponentials(sample)) - x()(sample, label(sample));
    }
    return mean_loss(total, samples());
  }
  void backward(const SoftmaxCrossEntropy& /*loss*/) {
    Matrix dx = zeros_like(x());
    for (Index sample = 0; sample < samples(); ++sample) {
      const Ball exponentials = sum_of_exponentials(sample);
      for (Index k = 0; k < x().cols(); ++k) {
        const Ball probability = exp(x()(sample, k)) / exponentials;
        dx(sample, k) =
            (k == label(sample) ? probability - Ball(1) : probability) / Ball(static_cast<int>(samples()));
      }
    }
    allow_layer_roundings(dx, contract_);
    give_input(std::move(dx));
  }
  Matrix forward(const NegativeLogLikelihood& /*loss*/) {
    Sum total;
    for (Index sample = 0; sample < samples(); ++sample) {
      total.add(-x()(sample, label(sample)));
    }
    return mean_loss(total.get(contract_), samples());
  }
  void backward(const NegativeLogLikelihood& /*loss*/) {
    Matrix dx = zeros_like(x());
    for (Index sample = 0; sample < samples(); ++sample) {
      dx(sample, label(sample)) = Ball(-1) / Ball(static_cast<int>(samples()));
    }
    allow_layer_roundings(dx, contract_);
    give_input(std::move(dx));
  }

  /// x − t, with t the label's one-hot row.
  [[nodiscard]] Ball deviation(Index sample, Index k) const {
    Sum difference;
    difference.add(x()(sample, k));
    difference.add(Ball(k == label(sample) ? -1 : 0));
    return difference.get(contract_);
  }
  Matrix forward(const MeanSquaredError& /*loss*/) {
    Ball total;
    for (Index sample = 0; sample < samples(); ++sample) {
      for (Index k = 0; k < x().cols(); ++k) {
        total += deviation(sample, k) * deviation(sample, k);
      }
    }
    return mean_loss(total, x().size());
  }
  void backward(const MeanSquaredError& /*loss*/) {
    Matrix dx = zeros_like(x());
    for (Index sample = 0; sample < samples(); ++sample) {
      for (Index k = 0; k < x().cols(); ++k) {
        dx(sample, k) = Ball(2) * deviation(sample, k) / Ball(static_cast<int>(x().size()));
      }
    }
    allow_layer_roundings(dx, contract_);
    give_input(std::move(dx));
  }
  [[nodiscard]] Matrix mean_loss(const Ball& total, Index count) const {
    Matrix loss(1, 1);
    loss(0, 0) = total / Ball(static_cast<int>(count));
    allow_layer_roundings(loss, contract_);
    return loss;
  }
  [[nodiscard]] Index label(Index sample) const { return batch_.labels[static_cast<std::size_t>(sample)]; }

  [[noreturn]] Matrix forward(const Input& /*input*/) { throw std::logic_error("an Input computes nothing"); }
  [[noreturn]] void backward(const Input& /*input*/) { throw std::logic_error("an Input computes nothing"); }

  const Network& network_;
  const Weights& weights_;
  const Batch& batch_;
  const KinkChoices& kinks_;
  Contract contract_;
  std::size_t node_ = 0;  ///< in hand
  std::vector<Matrix> outputs_;
  std::vector<std::optional<Matrix>> gradients_;  ///< d loss / d output
  std::vector<Matrix> parameter_gradients_;
  int kinks_met_ = 0;
};

}  // namespace

void allow_product_roundings(Matrix& sums, Eigen::Index inner, const Matrix& x, const Matrix& y,
                             const Contract& contract) {
  if (are_short(x) && are_short(y) && are_short(sums)) {
    return;
  }
  const Number truncation = contract.truncates ? Number(inner) * power_of_two(-(contract.bits + 8)) *
                                                     largest_magnitude(x) * largest_magnitude(y)
                                               : Number(0);
  for (Index i = 0; i < sums.size(); ++i) {
    Ball& sum = sums.data()[i];
    // The one rounding is of what truncation left of the sum.
    sum = widened(sum, truncation);
    sum = widened(sum, power_of_two(-contract.bits) * sum.magnitude());
  }
}

Backprop backprop(const Network& network, const Weights& weights, const Batch& batch,
                  const KinkChoices& kinks, const Contract& contract) {
  return Pass(network, weights, batch, kinks, contract).run();
}

}  // namespace relu0::oracle
