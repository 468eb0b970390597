#pragma once
#include "analysis/gate/gate_model.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace relu0::gate {

/// What `relu0 gate` was asked to do, checked.
struct GateOptions {
  GateRequest request;
  /// Whether embedded images stand in for a data set that the folder of data does not hold.
  bool allow_embedded = false;
  std::optional<std::filesystem::path> policy{};  ///< absent: the defaults
  std::filesystem::path out = "relu0-gate";
  std::optional<std::filesystem::path> baseline{};
  std::optional<std::filesystem::path> save_baseline{};
  std::optional<std::filesystem::path> suggest_policy{};
  bool explain = false;
};

/// The command that repeats the gate, quoted for a shell; replay_command() adds to it what limits it to one
/// mini-batch and precision, so that these are left out.
std::string canonical_command(const GateOptions& options);

}  // namespace relu0::gate
