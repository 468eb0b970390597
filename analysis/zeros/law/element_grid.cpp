#include "analysis/zeros/law/element_grid.hpp"

#include "analysis/torch/loaded_weights.hpp"
#include "analysis/zeros/law/last_addition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <variant>
#include <vector>

namespace relu0 {

namespace {

/// A layer's sums: which terms an element has, and the bias that its unit adds.
class LayerGrid : public ElementGrid {
 public:
  [[nodiscard]] double most_cells() const final {
    return (biases_.empty() ? without_bias_ : with_bias_).most_cells();
  }

  [[nodiscard]] Element at(std::int64_t index) const final {
    const double bias = biases_.empty() ? 0 : biases_[static_cast<std::size_t>(unit(index))];
    if (bias != 0 && with_bias_.addend == LastAddition::Addend::bias) {
      return {.spacing = with_bias_.spacing(bias), .structural = false};
    }
    const std::optional<Factors> last = last_term(index);
    if (!last) {
      return {.spacing = 0, .structural = bias == 0};
    }
    return {.spacing =
                (biases_.empty() ? without_bias_ : with_product_last_).product_spacing(last->x, last->weight),
            .structural = false};
  }

 protected:
  struct Factors {
    double x;
    double weight;
  };

  LayerGrid(const ForwardPass& pass, std::size_t node, LayerBias bias)
      : x_(to_doubles(pass.arithmetic().operand(pass.input_of(node)))),
        weights_(to_doubles(pass.weights().of_node(node).operands.front())) {
    const KernelChoice& kernel = pass.arithmetic().kernel();
    const Precision precision = pass.arithmetic().precision();
    if (bias == LayerBias::none) {
      without_bias_ = last_addition(kernel, precision, LayerBias::none);
      return;
    }
    biases_ = to_doubles(pass.weights().of_node(node).parameters[1]);
    with_bias_ = last_addition(kernel, precision, bias);
    // A bias that is 0 adds nothing: the sum before it decides.
    with_product_last_ = with_bias_.addend == LastAddition::Addend::bias &&
                                 std::find(biases_.begin(), biases_.end(), 0.0) != biases_.end()
                             ? last_addition(kernel, precision, LayerBias::none)
                             : with_bias_;
  }

  [[nodiscard]] double x(std::int64_t index) const { return x_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] double weight(std::int64_t index) const { return weights_[static_cast<std::size_t>(index)]; }

  /// Which bias the element has.
  [[nodiscard]] virtual std::int64_t unit(std::int64_t index) const = 0;
  /// The last of its terms that is not 0; absent where none is.
  [[nodiscard]] virtual std::optional<Factors> last_term(std::int64_t index) const = 0;

 private:
  std::vector<double> x_;
  std::vector<double> weights_;
  std::vector<double> biases_;
  LastAddition without_bias_{};
  LastAddition with_bias_{};
  LastAddition with_product_last_{};
};

class LinearGrid final : public LayerGrid {
 public:
  LinearGrid(const ForwardPass& pass, std::size_t node, const Linear& linear)

      : LayerGrid(pass, node, linear.bias ? LayerBias::of_linear : LayerBias::none),
        in_(linear.in_features),
        out_(linear.out_features) {}

 private:
  [[nodiscard]] std::int64_t unit(std::int64_t index) const override { return index % out_; }

  [[nodiscard]] std::optional<Factors> last_term(std::int64_t index) const override {
    const std::int64_t of_sample = index / out_ * in_;
    const std::int64_t of_unit = unit(index) * in_;
    for (std::int64_t k = in_ - 1; k >= 0; --k) {
      const Factors term{.x = x(of_sample + k), .weight = weight(of_unit + k)};
      if (term.x != 0 && term.weight != 0) {
        return term;
      }
    }
    return std::nullopt;
  }

  std::int64_t in_;
  std::int64_t out_;
};

/// Terms in the order of analysis/kernels/convolution.hpp: channel of the group, kernel row, kernel column.
class ConvolutionGrid final : public LayerGrid {
 public:
  ConvolutionGrid(const ForwardPass& pass, std::size_t node, const Convolution& convolution)
      : LayerGrid(pass, node, convolution.bias ? LayerBias::of_convolution : LayerBias::none),
        convolution_(convolution),
        in_(pass.input_of(node).sizes().begin(), pass.input_of(node).sizes().end()),
        out_(pass.network().output_shapes()[node]) {}

 private:
  [[nodiscard]] std::int64_t unit(std::int64_t index) const override {
    return index / (out_[1] * out_[2]) % out_[0];
  }

  [[nodiscard]] std::optional<Factors> last_term(std::int64_t index) const override {
    const Window& window = convolution_.window;
    const std::int64_t channels = convolution_.in_channels / convolution_.groups;
    const std::int64_t channel = unit(index);
    const std::int64_t sample = index / (out_[0] * out_[1] * out_[2]);
    const std::int64_t group = channel / (convolution_.out_channels / convolution_.groups);
    const std::int64_t top = index / out_[2] % out_[1] * window.stride[0] - window.padding[0];
    const std::int64_t left = index % out_[2] * window.stride[1] - window.padding[1];
    const std::int64_t taps = window.kernel[0] * window.kernel[1];
    for (std::int64_t k = channels * taps - 1; k >= 0; --k) {
      const std::int64_t row = top + k % taps / window.kernel[1] * window.dilation[0];
      const std::int64_t column = left + k % window.kernel[1] * window.dilation[1];
      if (row < 0 || row >= in_[2] || column < 0 || column >= in_[3]) {
        continue;
      }
      const std::int64_t in_channel = sample * in_[1] + group * channels + k / taps;
      const Factors term{.x = x((in_channel * in_[2] + row) * in_[3] + column),
                         .weight = weight(channel * channels * taps + k)};
      if (term.x != 0 && term.weight != 0) {
        return term;
      }
    }
    return std::nullopt;
  }

  Convolution convolution_;
  Shape in_;   ///< samples × channels × height × width
  Shape out_;  ///< channels × height × width
};

/// Values that no addition made here: a ReLU's, a pool's, an image's.
class GivenGrid final : public ElementGrid {
 public:
  [[nodiscard]] Element at(std::int64_t /*index*/) const override {
    return {.spacing = 0, .structural = true};
  }
  [[nodiscard]] double most_cells() const override { return std::numeric_limits<double>::infinity(); }
};

class SumGrid final : public ElementGrid {
 public:
  SumGrid(const ForwardPass& pass, std::size_t node)
      : last_(last_addition_of_layers(pass.arithmetic().kernel(), pass.arithmetic().precision())) {
    const std::vector<std::size_t>& inputs = pass.network().nodes()[node].inputs;
    for (std::size_t i = 0; i < addends_.size(); ++i) {
      addends_[i].values = to_doubles(pass.outputs()[inputs[i]]);
      addends_[i].grid =
          has_grid(pass.network(), inputs[i]) ? element_grid(pass, inputs[i]) : std::make_unique<GivenGrid>();
    }
  }

  [[nodiscard]] double most_cells() const override {
    return std::min({last_.most_cells(), addends_[0].grid->most_cells(), addends_[1].grid->most_cells()});
  }

  [[nodiscard]] Element at(std::int64_t index) const override {
    const double first = addends_[0].values[static_cast<std::size_t>(index)];
    const double second = addends_[1].values[static_cast<std::size_t>(index)];
    if (first != 0 && second != 0) {
      return {.spacing = last_.spacing(std::max(std::abs(first), std::abs(second))), .structural = false};
    }
    if (first != 0) {
      return addends_[0].grid->at(index);
    }
    if (second != 0) {
      return addends_[1].grid->at(index);
    }
    const Element a = addends_[0].grid->at(index);
    const Element b = addends_[1].grid->at(index);
    return {.spacing = std::max(a.spacing, b.spacing), .structural = a.structural && b.structural};
  }

 private:
  struct Addend {
    std::vector<double> values;
    std::unique_ptr<ElementGrid> grid;
  };

  LastAddition last_;
  std::array<Addend, 2> addends_;
};

}  // namespace

bool has_grid(const Network& network, std::size_t node) {
  const Node& described = network.nodes()[node];
  return std::holds_alternative<Linear>(described.operation) ||
         std::holds_alternative<Convolution>(described.operation) ||
         (std::holds_alternative<Add>(described.operation) &&
          std::any_of(described.inputs.begin(), described.inputs.end(),
                      [&network](std::size_t input) { return has_grid(network, input); }));
}

std::unique_ptr<ElementGrid> element_grid(const ForwardPass& pass, std::size_t node) {
  const Operation& operation = pass.network().nodes()[node].operation;
  if (const auto* linear = std::get_if<Linear>(&operation)) {
    return std::make_unique<LinearGrid>(pass, node, *linear);
  }
  if (const auto* convolution = std::get_if<Convolution>(&operation)) {
    return std::make_unique<ConvolutionGrid>(pass, node, *convolution);
  }
  if (std::holds_alternative<Add>(operation) && has_grid(pass.network(), node)) {
    return std::make_unique<SumGrid>(pass, node);
  }
  throw std::logic_error("no law of zeros for the node '" + pass.network().nodes()[node].name + "'");
}

}  // namespace relu0
