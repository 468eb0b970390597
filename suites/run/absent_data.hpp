#pragma once
#include "suites/run/data_sets.hpp"

#include <filesystem>
#include <optional>
#include <set>

namespace relu0 {

/// Where the images of a run come from.
struct DataRequest {
  std::optional<std::filesystem::path> folder{};  ///< absent: all images are the embedded ones
  /// Whether embedded images stand in for the data sets that the folder does not hold.
  bool allow_embedded = false;
  /// Whether the experiments were asked for by name, and not all there are.
  bool named_experiments = false;
};

/// The data sets among `wanted` that the folder of the run does not hold and that nothing is to stand in for:
/// what measures on them is not run. None where there is no folder, or embedded images are allowed. Throws
/// InputError, which names each of them with what looks like it and the remedy, where the folder holds none
/// of `wanted`, where experiments were asked for by name, and where it cannot be searched.
AbsentData absent_data(const std::set<DataName>& wanted, const DataRequest& request);

}  // namespace relu0
