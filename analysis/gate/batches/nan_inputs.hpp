#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/script_pass.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace relu0::gate {

/// How many mini-batches hold a NaN in their inputs or target, and where the first of these is, as a
/// sentence: what is found of such a mini-batch says nothing about the model. Empty where none does.
/// `first_number`: the first mini-batch's; the others count on from it. `arguments`: names of forward()'s,
/// without self.
std::string note_on_nan_inputs(std::span<const ScriptBatch> batches, std::int64_t first_number,
                               std::span<const std::string> arguments);

}  // namespace relu0::gate
