#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/pass.hpp"

#include <cstdint>

namespace relu0 {

/// How many hits of a kink that the forward pass counted a gradient other than 0 reaches in a backward pass.
/// Where no parameter stands before the node no gradient is computed, and none reaches it.
std::int64_t hits_reached(const BackwardPass& backward, const KinkHits& hits);

}  // namespace relu0
