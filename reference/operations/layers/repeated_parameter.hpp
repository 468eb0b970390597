#pragma once
#include "reference/operations/layer.hpp"
#include "reference/operations/offsets.hpp"

#include <functional>
#include <vector>

namespace relu0::reference {

/// A parameter that is repeated along a sample's dimensions and over the mini-batch.
class RepeatedParameter {
 public:
  /// `shape`: as many extents as a sample has, each the sample's or 1.
  RepeatedParameter(const Shape& shape, const LayerContext& context);

  /// The parameter's element that meets element `i` of the activations.
  [[nodiscard]] std::int64_t of_element(std::int64_t i) const {
    return of_element_[static_cast<std::size_t>(i) % of_element_.size()];
  }
  /// The parameter's gradient, with `bits` bits and `parameter`'s shape. `add_up` sets an element's, with
  /// guard bits and its radius, from the activations' elements that it meets, in ascending order.
  [[nodiscard]] Tensor gradient(int bits, const Tensor& parameter,
                                const std::function<void(Ball& total, const Offsets& met)>& add_up) const;

 private:
  std::vector<std::int64_t> of_element_;  ///< of one sample
  std::vector<Offsets> elements_;
};

}  // namespace relu0::reference
