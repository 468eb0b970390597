#include "reference/pass/check_arguments.hpp"

#include "fixtures/error.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <string>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::reference {

namespace {

/// Significant bits of a finite number: from its highest to its lowest bit that is set.
int significant_bits(double value) {
  if (value == 0) {
    return 0;
  }
  int exponent = 0;
  const auto integer = static_cast<std::uint64_t>(std::ldexp(std::fabs(std::frexp(value, &exponent)), 53));
  return 53 - std::countr_zero(integer);
}

template <typename Value>
void check_values(const std::string& what, std::span<const Value> values, int bits) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<double>(values[i]);
    if (!std::isfinite(value)) {
      throw InputError(
          fmt::format("{} holds {} at index {}: the reference needs finite numbers", what, value, i));
    }
    if (significant_bits(value) > bits) {
      throw InputError(
          fmt::format("{} bits cannot hold the value {:a} at index {} of {}, which takes {}: ask for "
                      "at least 53",
                      bits, value, i, what, significant_bits(value)));
    }
  }
}

void check_labels(const Network& network, const BatchView& batch) {
  if (!network.has_loss()) {
    if (!batch.labels.empty()) {
      throw InputError(fmt::format("network '{}' ends without a loss and takes no labels", network.name()));
    }
    return;
  }
  if (std::ssize(batch.labels) != batch.size) {
    throw InputError(
        fmt::format("{} labels for a mini-batch of {} samples", batch.labels.size(), batch.size));
  }
  const std::int64_t classes = class_count(network);
  for (std::size_t i = 0; i < batch.labels.size(); ++i) {
    if (batch.labels[i] < 0 || batch.labels[i] >= classes) {
      throw InputError(fmt::format("sample {} has the label {}; network '{}' has {} classes", i,
                                   batch.labels[i], network.name(), classes));
    }
  }
}

void check_batch(const Network& network, const BatchView& batch, int bits) {
  const Shape& expected = network.output_shapes().front();
  if (batch.size == 0) {
    throw InputError("the mini-batch has no samples");
  }
  const std::size_t values = std::visit([](const auto& inputs) { return inputs.size(); }, batch.inputs);
  if (element_count(batch.shape) != element_count(expected) ||
      static_cast<std::int64_t>(values) != batch.size * element_count(expected)) {
    throw InputError(fmt::format(
        "a mini-batch of {} samples of shape [{}] and {} values does not fit network '{}', "
        "whose input has the shape [{}]",
        batch.size, fmt::join(batch.shape, "x"), values, network.name(), fmt::join(expected, "x")));
  }
  check_labels(network, batch);
  std::visit([bits](const auto& inputs) { check_values("the mini-batch", inputs, bits); }, batch.inputs);
}

}  // namespace

void check_arguments(const Network& network, const Weights& weights, const BatchView& batch,
                     const BackpropOptions& options) {
  if (options.bits < min_bits || options.bits > max_bits) {
    throw InputError(
        fmt::format("the reference computes with {} to {} bits, not {}", min_bits, max_bits, options.bits));
  }
  require_finite(options.kinks);
  if (options.product.threads < 1) {
    throw InputError(fmt::format("{} threads: use at least 1", options.product.threads));
  }
  if (options.output_gradient && network.has_loss()) {
    throw InputError(fmt::format(
        "network '{}' has a loss of its own: give it labels, or build it without loss", network.name()));
  }
  if (!options.output_gradient && !network.has_loss() && options.gradients) {
    throw InputError(fmt::format(
        "network '{}' ends without a loss: its gradients take the gradient of its output", network.name()));
  }
  check_fits(weights, network);
  const auto check_tensors = [&options](const std::string& kind, const std::vector<TensorValues>& tensors) {
    for (const TensorValues& tensor : tensors) {
      tensor.values.visit([&](auto values) { check_values(kind + tensor.name, values, options.bits); });
    }
  };
  check_tensors("parameter ", weights.parameters);
  check_tensors("buffer ", weights.buffers);
  check_batch(network, batch, options.bits);
  const std::uint64_t estimate = memory_estimate(network, batch.size, options.bits);
  if (estimate > options.memory_limit) {
    constexpr double gibibyte = 0x1p30;
    throw InputError(
        fmt::format("network '{}' with a mini-batch of {} at {} bits takes about {:.1f} GiB, above the "
                    "limit of {:.1f} GiB: use fewer samples or bits, or raise the limit",
                    network.name(), batch.size, options.bits, static_cast<double>(estimate) / gibibyte,
                    static_cast<double>(options.memory_limit) / gibibyte));
  }
}

}  // namespace relu0::reference
