#include "reference/pass/structural_zeros.hpp"

#include <algorithm>

namespace relu0::reference {

/// One element of one node, answered from what the search knows.
class StructuralZeros::Question : public ZeroQuestion {
 public:
  Question(StructuralZeros& zeros, std::size_t node, std::int64_t index)
      : ZeroQuestion(zeros.network_, node, index, zeros.batch_.size(), zeros.run_.dropout), zeros_{zeros} {}

  [[nodiscard]] bool input_is_zero(std::int64_t element, std::size_t i) const override {
    return zeros_(input_node(i), element);
  }
  [[nodiscard]] int certain_sign(std::int64_t element) const override {
    return reference::certain_sign(zeros_.run_.kink_input(node()).values[element]);
  }
  [[nodiscard]] double parameter(std::size_t i, std::int64_t element) const override {
    return value(zeros_.network_.parameters(), zeros_.weights_.parameters, i, element);
  }
  [[nodiscard]] double buffer(std::size_t i, std::int64_t element) const override {
    return value(zeros_.network_.buffers(), zeros_.weights_.buffers, i, element);
  }

 private:
  [[nodiscard]] double value(const std::vector<TensorSpec>& specs, const std::vector<TensorValues>& tensors,
                             std::size_t i, std::int64_t element) const {
    const auto first =
        std::find_if(specs.begin(), specs.end(), [this](const auto& spec) { return spec.node == node(); });
    return tensors[static_cast<std::size_t>(first - specs.begin()) + i]
        .values[static_cast<std::size_t>(element)];
  }

  StructuralZeros& zeros_;
};

StructuralZeros::StructuralZeros(const Network& network, const Weights& weights, const Batch& batch,
                                 const Backprop& run)
    : network_{network}, weights_{weights}, batch_{batch}, run_{run} {
  for (const Shape& shape : network.output_shapes()) {
    known_.emplace_back(static_cast<std::size_t>(batch.size() * element_count(shape)), Known::unknown);
  }
}

bool StructuralZeros::operator()(std::size_t node, std::int64_t index) {
  const auto element = static_cast<std::size_t>(index);
  if (known_[node][element] == Known::unknown) {
    // The images themselves are the only node that computes nothing.
    const bool zero = node == 0 ? batch_.inputs[element] == 0
                                : is_structural_zero(network_.nodes()[node], Question(*this, node, index));
    known_[node][element] = zero ? Known::yes : Known::no;
  }
  return known_[node][element] == Known::yes;
}

}  // namespace relu0::reference
