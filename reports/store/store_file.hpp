#pragma once
#include "reports/codec/decode_error.hpp"
#include "reports/store/run_lock.hpp"
#include "reports/store/store.hpp"
#include "reports/store/store_failure.hpp"

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <nlohmann/json.hpp>

namespace relu0 {

/// The open SQLite file behind a Store. Whatever is wrong with a file is found before anything is written to
/// it.
class StoreFile {
 public:
  /// Leaves an empty file, or one of an older schema, as it is until upgrade().
  static StoreFile open_for_run(const std::filesystem::path& file);
  static StoreFile open_for_reading(const std::filesystem::path& file);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Whether there are no tables yet.
  [[nodiscard]] bool is_empty();
  /// Makes the tables that this version has and the file has not, in one transaction.
  void upgrade();

  /// Calls `use` with the database and turns all that can go wrong with the file into a StoreError.
  template <class Use>
  auto use(Use use_database) {
    try {
      return use_database(*database_);
    } catch (const SQLite::Exception& error) {
      throw store_failure(path_, error);
    } catch (const DecodeError& error) {
      throw_damaged(error);
    } catch (const nlohmann::json::exception& error) {
      throw_damaged(error);
    }
  }

 private:
  /// name: of the file for SQLite.
  StoreFile(std::filesystem::path path, const std::string& name, std::unique_ptr<RunLock> lock, int flags);
  void check_header();
  void check_content() const;
  [[noreturn]] void throw_damaged(const std::exception& error) const;

  std::filesystem::path path_;
  std::unique_ptr<RunLock> lock_;  // before the database: its descriptor must be closed after SQLite's
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace relu0
