#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/pass.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace relu0 {

/// What is asked about a mini-batch besides whether it is impacted.
struct DifferenceQuestions {
  bool first_layer = true;
  bool magnitude = false;
};

/// How the gradients of one mini-batch differ between two values of s.
struct MinibatchDifference {
  bool impacted = false;
  bool first_layer_impacted = false;  ///< false too when not asked for
  std::optional<double> relative_l2;  ///< ‖g_a − g_b‖₂ / ‖g_a‖₂ where asked for; absent when ‖g_a‖₂ = 0
  std::optional<std::int64_t>
      first_row;  ///< first sample at whose zeros the difference enters (backward passes only)
};

/// From two backward passes through the same forward pass. Parameter gradients are computed only as far as
/// the questions need: equal gradients at a node's output give equal parameter gradients (the kernels being
/// deterministic, which the control checks).
MinibatchDifference difference(const BackwardPass& a, const BackwardPass& b, DifferenceQuestions questions);

/// From all parameter gradients, in the network's order.
MinibatchDifference difference(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b,
                               DifferenceQuestions questions);

}  // namespace relu0
