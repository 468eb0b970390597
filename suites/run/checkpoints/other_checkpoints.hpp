#pragma once
#include "suites/run/runner.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace relu0 {

/// Checkpoints that a run does not continue, because another command began them.
struct OtherCheckpoints {
  std::vector<std::filesystem::path> files;  ///< by name
  std::uintmax_t bytes = 0;                  ///< all together

  /// Removes the files, as far as that is permitted.
  void remove() const;
  /// "3 checkpoints in …, 12.1 MiB, of trainings that this run does not make: …": what the first few of them
  /// are of. There must be a file.
  [[nodiscard]] std::string text() const;
};

/// Those in the folder of the run's checkpoints that are of no draw that the run is still to make; none where
/// there is no such folder.
OtherCheckpoints other_checkpoints(const std::vector<DrawsToMake>& to_make, const RunSettings& settings);

}  // namespace relu0
