#include "reports/store/store_file.hpp"

#include "reports/store/store_schema.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;

// A writer holds the file for milliseconds; whoever holds it longer has stopped in the middle of something.
constexpr int busy_timeout_ms = 30'000;

constexpr std::string_view sqlite_magic{"SQLite format 3\0", 16};
constexpr std::size_t header_size = 100;
// https://www.sqlite.org/fileformat2.html#the_database_header
constexpr std::size_t user_version_offset = 60;
constexpr std::size_t application_id_offset = 68;

using Header = std::array<unsigned char, header_size>;

std::uint32_t big_endian_word(const Header& header, std::size_t offset) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < sizeof word; ++i) {
    word = word << 8U | header.at(offset + i);
  }
  return word;
}

std::int64_t size_of(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) {
    throw store_failure(file, fmt::format("cannot be looked at ({})", error.message()),
                        StoreRemedy::permission);
  }
  return static_cast<std::int64_t>(size);
}

void require_regular_file(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::regular) {
    return;
  }
  if (status.type() == fs::file_type::not_found) {
    throw store_failure(file, "does not exist", StoreRemedy::run_first);
  }
  if (error) {
    throw store_failure(file, fmt::format("cannot be looked at ({})", error.message()),
                        StoreRemedy::permission);
  }
  throw store_failure(file, "is no regular file", StoreRemedy::other_folder);
}

void make_folder_of(const fs::path& file) {
  const fs::path folder = fs::absolute(file).parent_path();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw store_failure(file, fmt::format("cannot be made: its folder cannot be made ({})", error.message()),
                        StoreRemedy::permission);
  }
  // SQLite needs a journal beside the file; without this check the first measurement would find out.
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw store_failure(file, "cannot be written: its folder is not writable", StoreRemedy::permission);
  }
}

/// Rolls back what a killed run has left half-written; a connection that only reads cannot.
void roll_back_interrupted_write(const fs::path& file) {
  SQLite::Database database(file, SQLite::OPEN_READWRITE, busy_timeout_ms);
  database.exec("SELECT count(*) FROM sqlite_schema");
}

std::int64_t integer(const SQLite::Database& database, const std::string& query) {
  SQLite::Statement statement(database, query);
  statement.executeStep();
  return statement.getColumn(0).getInt64();
}

/// Whether the file lies on a medium on which nothing can be written and files cannot be locked, such as a
/// network file system without a lock service. There SQLite's locks fail, and nobody can need them: a run
/// could not write the file there either. Where locks work they are used, as what is read-only here may be
/// written through another mount.
bool lies_on_read_only_medium_without_locks(const fs::path& file) {
  struct statvfs medium {};
  if (::statvfs(file.c_str(), &medium) != 0 || (medium.f_flag & ST_RDONLY) == 0) {
    return false;
  }
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return false;
  }
  struct flock range {};
  range.l_type = F_RDLCK;
  range.l_whence = SEEK_SET;
  range.l_len = 1;
  // Closing a descriptor drops the locks that this process has on the file, but SQLite holds none: it takes
  // them for the time of a transaction, and each call on a store ends its own.
  const bool locked = ::fcntl(descriptor, F_SETLK, &range) == 0 || errno == EAGAIN || errno == EACCES;
  ::close(descriptor);
  return !locked;
}

bool has_no_pages(SQLite::Database& database) { return integer(database, "PRAGMA page_count") == 0; }

/// The file as SQLite opens it to read, and the flags.
std::pair<std::string, int> name_for_reading(const fs::path& file) {
  if (!lies_on_read_only_medium_without_locks(file)) {
    return {file.string(), SQLite::OPEN_READONLY};
  }
  // SQLite keeps the journal beside the file itself, not beside a link to it.
  const fs::path journal = fs::weakly_canonical(file).string() + "-journal";
  if (fs::exists(journal)) {
    throw store_failure(file,
                        fmt::format("holds a half-written transaction, which {} could undo, on a medium that "
                                    "cannot be written",
                                    journal.filename().string()),
                        StoreRemedy::permission);
  }
  // https://www.sqlite.org/uri.html: all that has a meaning in a URI is escaped.
  std::string uri = "file:";
  for (const char c : fs::absolute(file).string()) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '.' || c == '-';
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return {uri + "?immutable=1", SQLite::OPEN_READONLY | SQLite::OPEN_URI};
}

}  // namespace

StoreFile::StoreFile(fs::path path, const std::string& name, std::unique_ptr<RunLock> lock, int flags)
    : path_(std::move(path)), lock_(std::move(lock)) {
  try {
    database_ = std::make_unique<SQLite::Database>(name, flags, busy_timeout_ms);
  } catch (const SQLite::Exception& error) {
    throw store_failure(path_, error);
  }
  // A store may come from someone else: nothing that stands in its schema may have side effects.
  use([](SQLite::Database& database) { database.exec("PRAGMA trusted_schema = OFF"); });
}

StoreFile StoreFile::open_for_run(const fs::path& file) {
  make_folder_of(file);
  if (fs::exists(file)) {
    require_regular_file(file);
  }
  auto lock = std::make_unique<RunLock>(file);
  StoreFile store(file, file.string(), std::move(lock), SQLite::OPEN_READWRITE);
  store.check_header();
  store.use([&store](SQLite::Database& database) {
    if (!has_no_pages(database)) {
      store.check_content();
    }
    database.exec("PRAGMA journal_mode = DELETE");
    // EXTRA syncs the folder too when a journal is deleted: only then has a commit survived a power cut.
    database.exec("PRAGMA synchronous = EXTRA");
    database.exec("PRAGMA foreign_keys = ON");
  });
  return store;
}

StoreFile StoreFile::open_for_reading(const fs::path& file) {
  require_regular_file(file);
  const auto [name, flags] = name_for_reading(file);
  StoreFile store(file, name, nullptr, flags);
  store.check_header();
  store.use([&store](SQLite::Database& /*database*/) {
    try {
      store.check_content();
    } catch (const SQLite::Exception& error) {
      if (error.getExtendedErrorCode() != SQLITE_READONLY_ROLLBACK) {
        throw;
      }
      roll_back_interrupted_write(store.path_);
      store.check_content();
    }
  });
  return store;
}

void StoreFile::check_header() {
  // Read through SQLite's own descriptor, below its locks and its recovery: a foreign file must not be
  // recovered, and a descriptor of our own would drop SQLite's locks when closed.
  Header header{};
  // Not SQLite's own answer, which takes a file of one byte for an empty one.
  const std::int64_t size = size_of(path_);
  sqlite3_file* handle = nullptr;
  use([&](SQLite::Database& database) {
    database.check(sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &handle));
    const auto wanted = static_cast<int>(std::min<std::int64_t>(size, header_size));
    database.check(handle->pMethods->xRead(handle, header.data(), wanted, 0));
  });
  if (size == 0) {
    return;
  }

  const std::size_t compared = std::min<std::size_t>(static_cast<std::size_t>(size), sqlite_magic.size());
  const bool magic = std::equal(
      sqlite_magic.begin(), sqlite_magic.begin() + static_cast<std::ptrdiff_t>(compared), header.begin(),
      [](char expected, unsigned char found) { return static_cast<unsigned char>(expected) == found; });
  if (!magic) {
    throw store_failure(path_, "is not a relu0 result store, nor any SQLite file", StoreRemedy::other_folder);
  }
  if (size < static_cast<std::int64_t>(header_size)) {
    throw store_failure(path_, "is truncated", StoreRemedy::move_away);
  }
  if (big_endian_word(header, application_id_offset) != store_application_id) {
    throw store_failure(path_, "is not a relu0 result store but another program's SQLite file",
                        StoreRemedy::other_folder);
  }
  const std::uint32_t version = big_endian_word(header, user_version_offset);
  if (version > static_cast<std::uint32_t>(Store::schema_version)) {
    throw store_failure(path_,
                        fmt::format("has schema version {}, newer than the {} that this relu0 knows", version,
                                    Store::schema_version),
                        StoreRemedy::newer_program);
  }
  if (version == 0) {
    throw store_failure(path_, fmt::format("has schema version {}, which no relu0 has written", version),
                        StoreRemedy::move_away);
  }
}

bool StoreFile::is_empty() { return use(has_no_pages); }

void StoreFile::upgrade() {
  use([](SQLite::Database& database) {
    const auto version = static_cast<std::size_t>(integer(database, "PRAGMA user_version"));
    if (version == store_schema_steps.size()) {
      return;
    }
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    for (std::size_t step = version; step < store_schema_steps.size(); ++step) {
      database.exec(store_schema_steps.at(step));
    }
    transaction.commit();
  });
}

void StoreFile::check_content() const {
  SQLite::Transaction one_state(*database_);
  if (has_no_pages(*database_)) {
    throw store_failure(path_, "is empty", StoreRemedy::run_first);
  }
  // SQLite notices missing pages by itself, but takes a part of the last page for the whole.
  const std::int64_t expected =
      integer(*database_, "PRAGMA page_count") * integer(*database_, "PRAGMA page_size");
  if (size_of(path_) < expected) {
    throw store_failure(path_, "is truncated", StoreRemedy::move_away);
  }
  SQLite::Statement check(*database_, "PRAGMA quick_check(1)");
  check.executeStep();
  const std::string answer = check.getColumn(0).getString();
  if (answer != "ok") {
    throw store_failure(path_, fmt::format("is damaged ({})", answer), StoreRemedy::move_away);
  }
}

void StoreFile::throw_damaged(const std::exception& error) const {
  throw store_failure(path_, fmt::format("is damaged ({})", error.what()), StoreRemedy::move_away);
}

}  // namespace relu0
