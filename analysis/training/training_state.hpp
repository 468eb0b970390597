#pragma once
#include "analysis/training/optimizer/loss_scaling.hpp"
#include "fixtures/network/weights/typed_values.hpp"

#include <cstdint>
#include <vector>

namespace relu0 {

/// All that the next steps of a training depend on besides its options and mini-batches, exactly.
struct TrainingState {
  std::int64_t steps = 0;  ///< forward passes so far
  std::int64_t optimizer_steps = 0;
  LossScale loss_scale{};
  std::vector<TypedValues> parameters;  ///< θ, in the order of Network::parameters()
  std::vector<TypedValues> memory;      ///< what the optimizer remembers
  std::vector<TypedValues> statistics;  ///< mean and variance of each batch-norm, in the nodes' order

  /// Whether both go on with the same bits.
  [[nodiscard]] bool same_bits(const TrainingState& other) const;
};

}  // namespace relu0
