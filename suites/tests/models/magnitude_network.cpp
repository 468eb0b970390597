#include "suites/tests/models/magnitude_network.hpp"

#include "suites/tests/models/network_outputs.hpp"
#include "suites/tests/models/roundings.hpp"

#include <algorithm>
#include <cmath>

namespace relu0::test {

namespace {

constexpr double binary32_rounding = 0x1p-24;

/// The network with what bounds its values left out.
Network unbounded_network(const Network& network) {
  std::vector<Node> nodes = network.nodes();
  for (Node& node : nodes) {
    node.operation = unbounded(node.operation);
  }
  return Network::without_loss(network.name(), std::move(nodes));
}

template <typename Wanted>
const Wanted* only(const Network& network) {
  const Wanted* result = nullptr;
  for (const Node& node : network.nodes()) {
    if (const auto* found = std::get_if<Wanted>(&node.operation)) {
      result = found;
    } else if (!std::holds_alternative<Input>(node.operation) &&
               !std::holds_alternative<Flatten>(node.operation) &&
               !std::holds_alternative<Reshape>(node.operation)) {
      return nullptr;
    }
  }
  return result;
}

std::vector<double> softmax_bound(const std::vector<double>& inputs, const std::vector<double>& outputs,
                                  std::size_t row, bool logarithm) {
  std::vector<double> result;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto first = inputs.begin() + static_cast<std::ptrdiff_t>(i / row * row);
    const auto [least, most] = std::minmax_element(first, first + static_cast<std::ptrdiff_t>(row));
    const double relative = (2 * (*most - *least) + static_cast<double>(row) + 16) * binary32_rounding;
    const double y = std::fabs(outputs[i]);
    result.push_back(logarithm ? relative + 8 * binary32_rounding * y : relative * y);
  }
  return result;
}

}  // namespace

std::vector<double> output_error_bound(const Network& network, const Weights& weights,
                                       const std::vector<double>& inputs) {
  const auto row = static_cast<std::size_t>(element_count(network.output_shapes().front()));
  if (only<Softmax>(network) != nullptr || only<LogSoftmax>(network) != nullptr) {
    return softmax_bound(inputs, outputs_in_reference(network, weights, inputs), row,
                         only<LogSoftmax>(network) != nullptr);
  }
  if (const auto* norm = only<LocalResponseNorm>(network)) {
    std::vector<double> result = outputs_in_reference(network, weights, inputs);
    for (std::size_t i = 0; i < result.size(); ++i) {
      const double logarithm = result[i] == 0 ? 0 : std::fabs(std::log(inputs[i] / result[i]));
      result[i] = std::fabs(result[i]) * binary32_rounding *
                  (norm->beta * (static_cast<double>(norm->size) + 6) + 8 + logarithm);
    }
    return result;
  }
  double count = 0;
  for (std::size_t i = 1; i < network.nodes().size(); ++i) {
    const Node& node = network.nodes()[i];
    count += roundings(node.operation, network.output_shapes()[node.inputs.front()]);
  }
  std::vector<double> absolute_inputs = inputs;
  for (double& value : absolute_inputs) {
    value = std::fabs(value);
  }
  std::vector<double> result =
      outputs_in_reference(unbounded_network(network), magnitudes(network, weights), absolute_inputs);
  for (double& value : result) {
    value *= gamma(count);
  }
  return result;
}

}  // namespace relu0::test
