#pragma once
#include "analysis/training/training.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace relu0 {

/// Where a training keeps its checkpoint, and whom it tells where it is.
struct KeptTraining {
  std::optional<std::filesystem::path>
      file;           ///< checkpoint_of(); its folder is made. Absent: nothing is kept
  std::string shown;  ///< what it is called where it tells
  std::function<void(const std::string&)> tell{};  ///< absent: nobody is told
};

/// The file of a draw's checkpoint. folder: RunSettings::checkpoints; key: of the draw's measurement.
std::filesystem::path checkpoint_of(const std::filesystem::path& folder, const std::string& key,
                                    std::uint64_t seed);

/// Runs a training to its end, from its checkpoint where there is one. That stays, for whoever keeps the
/// outcome to remove. A checkpoint is written when a minute has passed since the last one and 100 times what
/// that took, so that it takes at most 1 % of the time, and when InterruptGuard asks to stop; then
/// DrawInterrupted is thrown. Throws InputError for a checkpoint that cannot be used or written.
TrainingOutcome run_with_checkpoints(Training& training, const KeptTraining& kept);

}  // namespace relu0
