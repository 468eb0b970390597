#pragma once
#include "reports/model/environment.hpp"
#include "reports/recorded/recorded_results.hpp"
#include "reports/store/store.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// One of the two that are compared: a store, or recorded results, which hold no draws.
struct ComparedSide {
  std::string file;
  Environment environment;
  std::vector<RecordedFinding> findings;  ///< those that were run
  std::optional<Store> store{};
};

/// Opens a store to be read, or recorded results. Throws EnvironmentMismatch where there is no such file,
/// InputError for a folder, and what opening one of the two throws.
ComparedSide open_side(const std::filesystem::path& file);

}  // namespace relu0
