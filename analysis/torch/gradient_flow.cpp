#include "analysis/torch/gradient_flow.hpp"

#include <algorithm>

namespace relu0 {

GradientFlow::GradientFlow(const Network& network, OfInput of_input)
    : consumers(network.nodes().size()), needed(network.nodes().size()) {
  const auto& nodes = network.nodes();
  needed.front() = of_input == OfInput::computed;
  for (const TensorSpec& parameter : network.parameters()) {
    needed[parameter.node] = true;
  }
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    needed[i] = needed[i] || input_needed(nodes[i]);
  }
  for (std::size_t i = nodes.size(); i-- > 0;) {
    for (std::size_t input = 0; input < nodes[i].inputs.size(); ++input) {
      consumers[nodes[i].inputs[input]].push_back({i, input});
    }
  }
}

bool GradientFlow::input_needed(const Node& node) const {
  return std::any_of(node.inputs.begin(), node.inputs.end(),
                     [this](std::size_t input) { return needed[input]; });
}

}  // namespace relu0
