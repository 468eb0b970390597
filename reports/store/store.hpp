#pragma once
#include "reports/model/environment.hpp"
#include "reports/model/results.hpp"
#include "reports/model/store_error.hpp"
#include "reports/model/stored_draw.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace relu0 {

/// The command that made the measurements, from which they can be made again.
struct RunInfo {
  std::string command;  ///< "relu0 run depth --scale quick --seed 1"
  std::string scale;    ///< "quick" or "paper"
  std::int64_t seed = 0;
  bool operator==(const RunInfo&) const = default;
};

/// A result store: one SQLite file (application id "rlu0", schema version in user_version, rollback journal,
/// so that no companion file outlives a run). Each write is one transaction, on disk when the call returns; a
/// kill at any moment leaves the file as after the last completed call. Not thread-safe: one thread writes.
class Store {
 public:
  static constexpr int schema_version = 7;

  /// For a run: opens or creates the file (and its folder) and holds a lock until destroyed, so that a second
  /// run on the same store fails at once; readers are not disturbed. A store of an older schema becomes one
  /// of this version, in one transaction, unless `accept` throws: it is called first with a store that holds
  /// something, to be read only, and what it throws leaves the file as it was. Throws StoreError.
  static Store open_for_run(const std::filesystem::path& file,
                            const std::function<void(const Store&)>& accept = {});
  /// For reports: opens read-only; a store of an older schema stays as it is. Works on a read-only medium
  /// too, also where that offers no locks. Throws StoreError, also when the file does not exist.
  static Store open_for_reading(const std::filesystem::path& file);

  Store(Store&& other) noexcept;
  Store& operator=(Store&& other) noexcept;
  ~Store();

  /// Adds a draw; a second one for the same key is a logic error and throws std::logic_error.
  /// Values come back as they were, numbers bit for bit, the non-finite ones too, save that a NaN outside
  /// packed numbers (packed_numbers.hpp) comes back as the quiet NaN. Throws std::invalid_argument for values
  /// that would not come back: texts that are words for non-finite numbers ("NaN", "nan", "Infinity", "inf"
  /// ...), binary data other than packed numbers, text that is not UTF-8.
  void record(const StoredDraw& draw);
  /// Adds all of them or, when one cannot be added, none, with one wait for the disk.
  void record(const std::vector<StoredDraw>& draws);
  /// Numbers of all draws stored under a key.
  [[nodiscard]] std::set<std::int64_t> draws(const std::string& key) const;
  /// The draws stored under a key, in their order. Throws StoreError, which names the file, the draw and
  /// the place in its values, where something is damaged.
  [[nodiscard]] std::vector<StoredDraw> stored_draws(const std::string& key) const;
  /// All keys, sorted.
  [[nodiscard]] std::vector<std::string> keys() const;

  void set_environment(const Environment& environment);
  [[nodiscard]] Environment environment() const;

  void set_run_info(const RunInfo& info);
  /// Default-constructed when no run has been noted.
  [[nodiscard]] RunInfo run_info() const;

  /// Replaces all conclusions in one transaction; measurements stay. Throws std::invalid_argument when a
  /// figure's, heat map's or table's id or a finding's (id, setting) occurs twice, a table's row has not one
  /// cell per column, or the heat maps are not consistent (heat_map.hpp).
  void replace_results(const Results& results);
  /// The conclusions as they were when they were first asked for, or last replaced through this object: they
  /// are read and decoded once. The reference is valid until they are replaced or the object is destroyed.
  [[nodiscard]] const Results& results() const;

  [[nodiscard]] const std::filesystem::path& file() const;

 private:
  struct Implementation;
  explicit Store(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace relu0
