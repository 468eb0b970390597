#include "reference/pass/equal_numbers.hpp"

#include "reference/operations/pooling/window_positions.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

namespace relu0::reference {

EqualNumbers::EqualNumbers(const Network& network, const BatchView& batch, SignOf sign_of)
    : network_{network}, batch_{batch}, sign_of_{std::move(sign_of)}, labels_(network.nodes().size()) {}

const std::vector<std::int64_t>& EqualNumbers::labels(std::size_t node) {
  if (!labels_[node]) {
    labels_[node] = std::visit(
        [&](const auto& operation) {
          using Described = std::decay_t<decltype(operation)>;
          if constexpr (std::is_same_v<Described, Input>) {
            return of_images();
          } else if constexpr (std::is_same_v<Described, Convolution> ||
                               std::is_same_v<Described, BatchNorm> || std::is_same_v<Described, Relu> ||
                               std::is_same_v<Described, MaxPool>) {
            return of(operation, node, labels(network_.nodes()[node].inputs.front()));
          } else {
            return all_different(node);
          }
        },
        network_.nodes()[node].operation);
  }
  return *labels_[node];
}

std::int64_t EqualNumbers::label_of(Known& known, Labels what) {
  const auto [at, is_new] = known.try_emplace(std::move(what), next_);
  next_ += is_new ? 1 : 0;
  return at->second;
}

EqualNumbers::Labels EqualNumbers::of_images() {
  std::map<double, std::int64_t> known{{0.0, zero}};
  Labels result;
  std::visit(
      [&](const auto& pixels) {
        result.reserve(pixels.size());
        for (const double pixel : pixels) {
          const auto [at, is_new] = known.try_emplace(pixel, next_);
          next_ += is_new ? 1 : 0;
          result.push_back(at->second);
        }
      },
      batch_.inputs);
  return result;
}

EqualNumbers::Labels EqualNumbers::of(const Convolution& convolution, std::size_t node, const Labels& input) {
  if (convolution.groups != 1) {
    return all_different(node);
  }
  const Shape& in = network_.output_shapes()[network_.nodes()[node].inputs.front()];
  const Shape& out = network_.output_shapes()[node];
  const Window& window = convolution.window;
  const auto place = [&window](std::int64_t at, std::int64_t tap, std::size_t dimension) {
    return at * window.stride[dimension] + tap * window.dilation[dimension] - window.padding[dimension];
  };
  /// What a window at a place sees: padding is 0.
  const auto patch = [&](std::int64_t sample, std::int64_t row, std::int64_t column) {
    Labels seen;
    for (std::int64_t channel = 0; channel < in[0]; ++channel) {
      for (std::int64_t tap_row = 0; tap_row < window.kernel[0]; ++tap_row) {
        for (std::int64_t tap_column = 0; tap_column < window.kernel[1]; ++tap_column) {
          const std::int64_t y = place(row, tap_row, 0);
          const std::int64_t x = place(column, tap_column, 1);
          const bool padding = y < 0 || y >= in[1] || x < 0 || x >= in[2];
          const std::int64_t element = ((sample * in[0] + channel) * in[1] + y) * in[2] + x;
          seen.push_back(padding ? zero : input[static_cast<std::size_t>(element)]);
        }
      }
    }
    return seen;
  };
  const std::int64_t plane = out[1] * out[2];
  Labels result(static_cast<std::size_t>(batch_.size * element_count(out)));
  Known patches;  // an index of its own for each
  const std::int64_t first = next_;
  for (std::int64_t sample = 0; sample < batch_.size; ++sample) {
    for (std::int64_t i = 0; i < plane; ++i) {
      Labels seen = patch(sample, i / out[2], i % out[2]);
      const bool nothing = std::all_of(seen.begin(), seen.end(), [](auto label) { return label == zero; });
      const std::int64_t patch_index =
          patches.try_emplace(std::move(seen), std::ssize(patches)).first->second;
      for (std::int64_t channel = 0; channel < out[0]; ++channel) {
        result[static_cast<std::size_t>((sample * out[0] + channel) * plane + i)] =
            nothing && !convolution.bias ? zero : first + patch_index * out[0] + channel;
      }
    }
  }
  next_ = first + std::ssize(patches) * out[0];
  return result;
}

EqualNumbers::Labels EqualNumbers::of(const BatchNorm& norm, std::size_t node, const Labels& input) {
  const std::int64_t per_sample = element_count(network_.output_shapes()[node]);
  const std::int64_t per_feature = per_sample / norm.features;
  Known results;
  Labels result;
  result.reserve(input.size());
  for (std::size_t i = 0; i < input.size(); ++i) {
    const std::int64_t feature = static_cast<std::int64_t>(i) % per_sample / per_feature;
    result.push_back(label_of(results, {feature, input[i]}));
  }
  return result;
}

EqualNumbers::Labels EqualNumbers::of(const Relu& /*relu*/, std::size_t node, const Labels& input) {
  Known undecided;
  Labels result;
  result.reserve(input.size());
  for (std::size_t i = 0; i < input.size(); ++i) {
    const auto element = static_cast<std::int64_t>(i);
    const int sign = input[i] == zero ? -1 : sign_of_(node, element);
    result.push_back(sign < 0 ? zero : sign > 0 ? input[i] : label_of(undecided, {input[i]}));
  }
  return result;
}

EqualNumbers::Labels EqualNumbers::of(const MaxPool& pool, std::size_t node, const Labels& input) {
  const Shape& in = network_.output_shapes()[network_.nodes()[node].inputs.front()];
  const Shape& out = network_.output_shapes()[node];
  const std::vector<WindowPosition> windows = sliding_windows(pool.window, in, out);
  Known maxima;
  Labels result;
  for (std::int64_t plane = 0; plane < batch_.size * out[0]; ++plane) {
    for (const WindowPosition& window : windows) {
      Labels seen;
      for (const std::int64_t element : elements_in(window, plane * in[1] * in[2], in[2])) {
        seen.push_back(input[static_cast<std::size_t>(element)]);
      }
      std::sort(seen.begin(), seen.end());
      seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
      result.push_back(seen.size() == 1 ? seen.front() : label_of(maxima, std::move(seen)));
    }
  }
  return result;
}

EqualNumbers::Labels EqualNumbers::all_different(std::size_t node) {
  Labels result(static_cast<std::size_t>(batch_.size * element_count(network_.output_shapes()[node])));
  for (std::int64_t& label : result) {
    label = next_++;
  }
  return result;
}

}  // namespace relu0::reference
