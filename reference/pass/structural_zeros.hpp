#pragma once
#include "fixtures/network/batch.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/pass/backprop.hpp"

#include <cstdint>
#include <vector>

namespace relu0::reference {

/// Which elements of a network's activations are 0 whatever the values of the numbers that are not: sums of
/// products that each have a factor 0. Such factors are zero pixels, zero weights, padding and dead ReLUs,
/// whose pre-activation is certainly negative; a batch-norm passes on what its β of 0
/// leaves. The sufficient conditions are tracked exactly; a zero by cancellation is none of these.
class StructuralZeros {
 public:
  /// All arguments outlive the object. run: of the network, the weights and the batch.
  StructuralZeros(const Network& network, const Weights& weights, const Batch& batch, const Backprop& run);

  /// Whether element `index` (batch-major) of the node's output is a structural zero. Looks at no more
  /// elements than it needs, and at each once.
  [[nodiscard]] bool operator()(std::size_t node, std::int64_t index);

 private:
  class Question;
  enum class Known : std::int8_t { unknown, yes, no };

  const Network& network_;
  const Weights& weights_;
  const Batch& batch_;
  const Backprop& run_;
  std::vector<std::vector<Known>> known_;
};

}  // namespace relu0::reference
