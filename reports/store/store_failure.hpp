#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace SQLite {
class Exception;
}

namespace relu0 {

/// What the user can do about a store that cannot be used.
enum class StoreRemedy {
  wait_for_other_run,
  close_other_program,
  permission,
  free_space,
  check_disk,
  other_folder,
  newer_program,
  move_away,
  run_first
};

/// The message of a StoreError: the file, what is wrong with it, the remedy.
std::string store_failure(const std::filesystem::path& file, std::string_view what, StoreRemedy remedy);

/// The same for an error that SQLite reports.
std::string store_failure(const std::filesystem::path& file, const SQLite::Exception& error);

}  // namespace relu0
