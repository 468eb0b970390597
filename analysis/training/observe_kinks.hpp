#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/pass.hpp"
#include "analysis/training/kink_flow.hpp"

#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// What a backward pass met at ReLUs. unscaled: 1 / the loss scale of the pass, by which gradients are
/// multiplied.
KinkFlow observe_kinks(const BackwardPass& backward, double unscaled);

/// ‖g‖₂ over all tensors, summed in binary64.
double l2_norm(const std::vector<at::Tensor>& gradient);

}  // namespace relu0
