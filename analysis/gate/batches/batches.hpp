#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/script_pass.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace relu0::gate {

/// Where mini-batches come from, and how they are cut.
///
/// A tensor holds samples along its first extent, and is cut into mini-batches of batch_size (the last may be
/// smaller). A dictionary holds such tensors by the names of forward()'s arguments; "target" or "targets" is
/// the target. A list holds mini-batches as they are: each a tensor, or a list of the inputs in forward()'s
/// order, whose last is the target where the loss needs one and no file of targets is given, or a dictionary.
struct BatchFiles {
  std::filesystem::path inputs;
  std::optional<std::filesystem::path> targets{};
  std::int64_t batch_size = 32;
  std::optional<std::int64_t> most{};  ///< mini-batches; absent: all
};

/// arguments: names of forward()'s, without self. needs_target: false for ScriptLoss::model.
/// Throws InputError what read_saved_values() does, for inputs and targets of different numbers of samples or
/// mini-batches, names that forward() does not have, a missing target, and for no samples.
std::vector<ScriptBatch> read_batches(const BatchFiles& files, const std::vector<std::string>& arguments,
                                      bool needs_target);

}  // namespace relu0::gate
