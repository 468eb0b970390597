#pragma once
#include "fixtures/network/network.hpp"

#include <vector>

namespace relu0 {

/// Whether the gradient of the network's input is computed: no parameter needs it.
enum class OfInput { skipped, computed };

/// Where gradients go in a backward pass through a network.
struct GradientFlow {
  GradientFlow(const Network& network, OfInput of_input);

  /// One reading of a node's output: which node reads it, as which of its inputs.
  struct Consumer {
    std::size_t node;
    std::size_t input;
  };
  /// The consumers of each node's output, last node first: the order in which LibTorch's autograd runs them,
  /// and in which it adds their gradients up.
  std::vector<std::vector<Consumer>> consumers;
  /// Whether the gradient of each node's output is needed: for its own parameters or for those before it.
  std::vector<bool> needed;
  /// Whether a node must hand on a gradient to its inputs.
  [[nodiscard]] bool input_needed(const Node& node) const;
};

}  // namespace relu0
