#pragma once
#include "reports/model/results.hpp"
#include "reports/store/store.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace relu0::test {

/// A temporary folder for stores.
class StoreFolder : public TemporaryFolder {
 public:
  [[nodiscard]] std::filesystem::path file(const std::string& name = "results.sqlite") const {
    return path() / name;
  }
};

/// Text with all that HTML, XML, Markdown, SQL, gnuplot and a shell would take for a command.
extern const std::string hostile;

/// Every field of every type filled, non-finite numbers and hostile texts among them.
Results sample_results();
/// As many cells as there may be, no two neighbours alike.
HeatMap noisy_heat_map();
/// The same of filled contours.
HeatMap noisy_filled_contours();
Environment sample_environment();
RunInfo sample_run_info();
/// A store with all that, and a few measurements.
Store sample_store(const std::filesystem::path& file);

std::string bytes_of(const std::filesystem::path& file);
void write_bytes(const std::filesystem::path& file, const std::string& bytes);

/// The bits of each number.
std::vector<std::uint64_t> bits_of(const std::vector<double>& values);

/// The message of the StoreError that `action` throws, or "no StoreError".
std::string store_error_of(const std::function<void()>& action);

/// What `action` returns when it is called in a child process. "died" when the child did.
std::string in_child(const std::function<std::string()>& action);

/// Starts a child process that calls `action` and ends.
pid_t start_child(const std::function<void()>& action);
/// Ends it as `kill -9` does.
void kill_child(pid_t child);

/// In a child process: become a user without rights, if root. False when that is not possible.
bool drop_rights();

}  // namespace relu0::test
