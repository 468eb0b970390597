#pragma once
#include "suites/run/runner.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace relu0 {

/// Checkpoints that a run does not continue, because another command began them.
struct OtherCheckpoints {
  std::vector<std::filesystem::path> files;  ///< whole or not, they say which training they are of; by name
  std::vector<std::string> descriptions;     ///< of each: its name and its training
  std::uintmax_t bytes = 0;                  ///< all together
  /// Files named like checkpoints that do not say what they are: damaged, or somebody's own. They are never
  /// removed.
  std::vector<std::filesystem::path> unreadable;

  [[nodiscard]] bool empty() const { return files.empty() && unreadable.empty(); }
  /// Removes `files`, as far as that is permitted.
  void remove() const;
  /// "3 checkpoint(s) in …, 12.1 MiB, of trainings that this run does not make: …", with what the first
  /// `most_named` of them are of, then what cannot be read. There must be a file.
  [[nodiscard]] std::string text(std::size_t most_named) const;
};

/// Those in the folder of the run's checkpoints that are of no draw that the run is still to make; none where
/// there is no such folder. Links are not followed.
OtherCheckpoints other_checkpoints(const std::vector<DrawsToMake>& to_make, const RunSettings& settings);

}  // namespace relu0
