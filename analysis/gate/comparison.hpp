#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/measured.hpp"
#include "analysis/torchscript/script_pass.hpp"

#include <cstdint>
#include <vector>

namespace relu0::gate {

/// Gradients of the same tensors in the same order.
using GradientList = std::vector<NamedGradient>;

/// Whether all tensors are the same bit for bit.
bool are_same(const GradientList& a, const GradientList& b);

/// Keeps for each tensor the largest relative difference, and where it was found. `changes` holds the tensors
/// in the gradients' order, or nothing yet.
void raise_changes(std::vector<TensorChange>& changes, const GradientList& from, const GradientList& to,
                   std::int64_t mini_batch);

}  // namespace relu0::gate
