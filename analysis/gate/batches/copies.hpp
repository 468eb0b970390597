#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/script_pass.hpp"

#include <cstdint>
#include <vector>

namespace relu0 {

/// How many of the mini-batches have all bits of one before them, inputs and targets, by their SHA-256. One
/// whose inputs are not all dense tensors is taken for no copy.
std::int64_t count_copies(const std::vector<ScriptBatch>& batches);

}  // namespace relu0
