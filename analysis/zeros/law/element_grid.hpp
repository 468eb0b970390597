#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/pass.hpp"

#include <cstdint>
#include <memory>

namespace relu0 {

/// The grid near 0 of each element of a node's output, after a forward pass, which must stay as it is while
/// the object is used.
class ElementGrid {
 public:
  /// What one element is.
  struct Element {
    /// The grid's near 0 (last_addition.hpp), where the element is not structurally 0; 0 for values that no
    /// addition made.
    double spacing = 0;
    /// Its value is 0 whatever the numbers are that are not 0.
    bool structural = false;
  };

  ElementGrid() = default;
  ElementGrid(const ElementGrid&) = delete;
  ElementGrid& operator=(const ElementGrid&) = delete;
  virtual ~ElementGrid() = default;

  /// index: in the batch-major, row-major output.
  [[nodiscard]] virtual Element at(std::int64_t index) const = 0;
  /// As LastAddition::most_cells() says, for every element.
  [[nodiscard]] virtual double most_cells() const = 0;
};

/// Whether there is a law for the node's output: a linear layer, a convolution, or the sum of two nodes of
/// which one at least is such a layer.
bool has_grid(const Network& network, std::size_t node);

/// The grid of such a node. Throws InputError where its kernel has no law (last_addition()), and
/// std::logic_error for another node.
std::unique_ptr<ElementGrid> element_grid(const ForwardPass& pass, std::size_t node);

}  // namespace relu0
