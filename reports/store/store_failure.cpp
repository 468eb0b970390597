#include "reports/store/store_failure.hpp"

#include <filesystem>
#include <string>
#include <string_view>

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

namespace relu0 {
namespace {

std::string_view advice(StoreRemedy remedy) {
  switch (remedy) {
    case StoreRemedy::wait_for_other_run:
      return "Wait until that run has ended, or use another folder.";
    case StoreRemedy::close_other_program:
      return "Close the other program that has it open, then run again: the run continues after the last "
             "recorded draw.";
    case StoreRemedy::permission:
      return "Make the file and its folder writable for you, or use another folder.";
    case StoreRemedy::free_space:
      return "Free some space, then run again: the run continues after the last recorded draw.";
    case StoreRemedy::check_disk:
      return "Check the disk, its quota and its permissions, then run again: the run continues after the "
             "last "
             "recorded draw.";
    case StoreRemedy::other_folder:
      return "Use another folder; the file was left as it is.";
    case StoreRemedy::newer_program:
      return "Use the newer relu0 that wrote it, or another folder; the file was left as it is.";
    case StoreRemedy::move_away:
      return "Restore it from a copy, or move it away and run again; the file was left as it is.";
    case StoreRemedy::run_first:
      return "Measure first, or use the folder of a run.";
  }
  return "";
}

}  // namespace

StoreError store_failure(const std::filesystem::path& file, std::string_view what, StoreRemedy remedy) {
  return StoreError(fmt::format("result store {} {}", file.string(), what), advice(remedy), remedy);
}

StoreError store_failure(const std::filesystem::path& file, const SQLite::Exception& error) {
  const std::string reason = error.what();
  constexpr int primary_code = 0xFF;
  switch (error.getErrorCode() & primary_code) {
    case SQLITE_FULL:
      return store_failure(file, "cannot grow: no space left on its disk", StoreRemedy::free_space);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return store_failure(file, "is kept locked by another program", StoreRemedy::close_other_program);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return store_failure(file, fmt::format("is truncated or damaged ({})", reason), StoreRemedy::move_away);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return store_failure(file, fmt::format("cannot be used ({})", reason), StoreRemedy::permission);
    case SQLITE_IOERR:
      return store_failure(file, fmt::format("cannot be read or written ({})", reason),
                           StoreRemedy::check_disk);
    default:
      return store_failure(file, fmt::format("is not as relu0 writes it ({})", reason),
                           StoreRemedy::move_away);
  }
}

}  // namespace relu0
