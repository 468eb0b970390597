#include "reference/pass/structural_zeros.hpp"

#include "reference/operations/window_positions.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <variant>

namespace relu0::reference {

/// One element of one node, with a rule per operation.
struct StructuralZeros::Rule {
  StructuralZeros& zeros;
  std::size_t node;
  std::int64_t index;  ///< batch-major

  [[nodiscard]] const Shape& output() const { return zeros.network_.output_shapes()[node]; }
  [[nodiscard]] std::size_t input_node(std::size_t i = 0) const {
    return zeros.network_.nodes()[node].inputs[i];
  }
  [[nodiscard]] const Shape& input() const { return zeros.network_.output_shapes()[input_node()]; }
  [[nodiscard]] std::int64_t sample() const { return index / element_count(output()); }
  [[nodiscard]] std::int64_t within() const { return index % element_count(output()); }
  [[nodiscard]] bool input_is_zero(std::int64_t element, std::size_t i = 0) const {
    return zeros(input_node(i), element);
  }

  /// Value `element` of the node's i-th parameter or buffer.
  [[nodiscard]] double value(const std::vector<TensorSpec>& specs, const std::vector<TensorValues>& tensors,
                             std::size_t i, std::int64_t element) const {
    const auto first =
        std::find_if(specs.begin(), specs.end(), [this](const auto& s) { return s.node == node; });
    return tensors[static_cast<std::size_t>(first - specs.begin()) + i]
        .values[static_cast<std::size_t>(element)];
  }
  [[nodiscard]] double parameter(std::size_t i, std::int64_t element) const {
    return value(zeros.network_.parameters(), zeros.weights_.parameters, i, element);
  }
  [[nodiscard]] double running_mean(std::int64_t feature) const {
    return value(zeros.network_.buffers(), zeros.weights_.buffers, 0, feature);
  }

  bool operator()(const Input& /*unused*/) const {
    return zeros.batch_.inputs[static_cast<std::size_t>(index)] == 0;
  }

  bool operator()(const Linear& linear) const {
    const std::int64_t feature = within();
    if (linear.bias && parameter(1, feature) != 0) {
      return false;
    }
    for (std::int64_t k = 0; k < linear.in_features; ++k) {
      if (!input_is_zero(sample() * linear.in_features + k) &&
          parameter(0, feature * linear.in_features + k) != 0) {
        return false;
      }
    }
    return true;
  }

  bool operator()(const Convolution& convolution) const {
    const std::int64_t plane = output()[1] * output()[2];
    const std::int64_t channel = within() / plane;
    if (convolution.bias && parameter(1, channel) != 0) {
      return false;
    }
    const Window& window = convolution.window;
    const std::array at{within() % plane / output()[2], within() % output()[2]};
    std::int64_t weight = channel * convolution.in_channels * window.kernel[0] * window.kernel[1];
    for (std::int64_t c = 0; c < convolution.in_channels; ++c) {
      for (std::int64_t tap_row = 0; tap_row < window.kernel[0]; ++tap_row) {
        for (std::int64_t tap_column = 0; tap_column < window.kernel[1]; ++tap_column, ++weight) {
          const std::int64_t row = at[0] * window.stride[0] + tap_row - window.padding[0];
          const std::int64_t column = at[1] * window.stride[1] + tap_column - window.padding[1];
          const bool padding = row < 0 || row >= input()[1] || column < 0 || column >= input()[2];
          if (!padding && parameter(0, weight) != 0 && !input_is_zero(input_index(c, row, column))) {
            return false;
          }
        }
      }
    }
    return true;
  }

  bool operator()(const BatchNorm& norm) const {
    const std::int64_t per_feature = element_count(output()) / norm.features;
    const std::int64_t feature = within() / per_feature;
    if (parameter(1, feature) != 0) {
      return false;
    }
    if (parameter(0, feature) == 0) {
      return true;
    }
    if (norm.statistics == BatchStatistics::running) {
      return running_mean(feature) == 0 && input_is_zero(index);
    }
    // x − mean is 0 where all of the feature is.
    for (std::int64_t n = 0; n < zeros.batch_.size(); ++n) {
      for (std::int64_t i = 0; i < per_feature; ++i) {
        if (!input_is_zero(n * element_count(output()) + feature * per_feature + i)) {
          return false;
        }
      }
    }
    return true;
  }

  bool operator()(const Relu& /*unused*/) const {
    const auto& relus = zeros.network_.relus();
    const auto which = static_cast<std::size_t>(std::find(relus.begin(), relus.end(), node) - relus.begin());
    const Tensor& values = zeros.certified_.truth.relus[which].values;
    return (values.is_negative(index) && sign_is_certain(zeros.certified_, which, index)) ||
           input_is_zero(index);
  }

  bool operator()(const MaxPool& pool) const {
    return window_is_zero(sliding_windows(pool.window, input(), output()));
  }
  bool operator()(const AveragePool& pool) const {
    return window_is_zero(sliding_windows(pool.window, input(), output()));
  }
  bool operator()(const AdaptiveAveragePool& /*unused*/) const {
    return window_is_zero(adaptive_windows(input(), output()));
  }

  bool operator()(const Add& /*unused*/) const { return input_is_zero(index, 0) && input_is_zero(index, 1); }
  bool operator()(const Flatten& /*unused*/) const { return input_is_zero(index); }
  bool operator()(const SoftmaxCrossEntropy& /*unused*/) const {
    throw std::logic_error("the loss is no activation");
  }

  [[nodiscard]] std::int64_t input_index(std::int64_t channel, std::int64_t row, std::int64_t column) const {
    return ((sample() * input()[0] + channel) * input()[1] + row) * input()[2] + column;
  }

  [[nodiscard]] bool window_is_zero(const std::vector<WindowPosition>& windows) const {
    const auto plane = static_cast<std::int64_t>(windows.size());
    const WindowPosition& window = windows[static_cast<std::size_t>(within() % plane)];
    for (std::int64_t row = window.top; row < window.bottom; ++row) {
      for (std::int64_t column = window.left; column < window.right; ++column) {
        if (!input_is_zero(input_index(within() / plane, row, column))) {
          return false;
        }
      }
    }
    return true;
  }
};

StructuralZeros::StructuralZeros(const Network& network, const Weights& weights, const Batch& batch,
                                 const Certified& certified)
    : network_{network}, weights_{weights}, batch_{batch}, certified_{certified} {
  for (const Shape& shape : network.output_shapes()) {
    known_.emplace_back(static_cast<std::size_t>(batch.size() * element_count(shape)), Known::unknown);
  }
}

bool StructuralZeros::operator()(std::size_t node, std::int64_t index) {
  const auto element = static_cast<std::size_t>(index);
  if (known_[node][element] == Known::unknown) {
    const bool zero = std::visit(Rule{*this, node, index}, network_.nodes()[node].operation);
    known_[node][element] = zero ? Known::yes : Known::no;
  }
  return known_[node][element] == Known::yes;
}

}  // namespace relu0::reference
