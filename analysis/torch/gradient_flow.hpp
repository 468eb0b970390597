#pragma once
#include "fixtures/network/network.hpp"

#include <vector>

namespace relu0 {

/// Whether the gradient of the network's input is computed: no parameter needs it.
enum class OfInput { skipped, computed };

/// Where gradients go in a backward pass through a network.
struct GradientFlow {
  GradientFlow(const Network& network, OfInput of_input);

  /// The nodes that read each node's output, last first: the order in which LibTorch's autograd runs them,
  /// and in which it adds their gradients up. A node that reads it twice stands there twice.
  std::vector<std::vector<std::size_t>> consumers;
  /// Whether the gradient of each node's output is needed: for its own parameters or for those before it.
  std::vector<bool> needed;
  /// Whether a node must hand on a gradient to its inputs.
  [[nodiscard]] bool input_needed(const Node& node) const;
};

}  // namespace relu0
