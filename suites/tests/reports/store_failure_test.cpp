#include "reports/store/store.hpp"
#include "reports/store/store_file.hpp"
#include "suites/tests/reports/support.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;
using test::bytes_of;
using test::in_child;
using test::store_error_of;
using test::StoreFolder;
using testing::AllOf;
using testing::HasSubstr;

std::string error_of_run(const fs::path& file) {
  return store_error_of([&] { Store::open_for_run(file); });
}
std::string error_of_reading(const fs::path& file) {
  return store_error_of([&] { Store::open_for_reading(file); });
}

/// Neither a run nor a reader opens the file; both name it and the failure; not one byte of the folder
/// changes.
void expect_refused_and_untouched(const fs::path& file, const std::string& what) {
  const std::string before = bytes_of(file);
  for (const auto& error : {error_of_run(file), error_of_reading(file)}) {
    EXPECT_THAT(error,
                AllOf(HasSubstr(file.string()), HasSubstr(what), HasSubstr("the file was left as it is")));
  }
  EXPECT_TRUE(bytes_of(file) == before) << "the file was changed";
  const auto entries = std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator());
  EXPECT_EQ(entries, 1) << "a file was left beside it";
}

TEST(UnusableStore, ThatIsNoSqliteFileIsLeftUntouched) {
  const StoreFolder folder;
  for (const std::string& bytes : {std::string("x"), std::string("SQLite format 2, or so"),
                                   std::string(5000, '\0'), std::string("a text of someone else\n")}) {
    test::write_bytes(folder.file(), bytes);
    expect_refused_and_untouched(folder.file(), "not a relu0 result store");
  }
}

TEST(UnusableStore, ThatIsAnotherProgramsSqliteFileIsLeftUntouched) {
  const StoreFolder folder;
  SQLite::Database(folder.file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("PRAGMA application_id = 42; CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  expect_refused_and_untouched(folder.file(), "another program's SQLite file");
}

TEST(UnusableStore, OfANewerSchemaIsLeftUntouched) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  SQLite::Database(folder.file().string(), SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version = " + std::to_string(Store::schema_version + 1));
  expect_refused_and_untouched(folder.file(), "schema version " + std::to_string(Store::schema_version + 1) +
                                                  ", newer than the " +
                                                  std::to_string(Store::schema_version));
}

TEST(UnusableStore, OfNoKnownSchemaIsLeftUntouched) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  SQLite::Database(folder.file().string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 0");
  expect_refused_and_untouched(folder.file(), "schema version 0");
}

TEST(UnusableStore, ThatIsTruncatedIsLeftUntouched) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  const std::string whole = bytes_of(folder.file());
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{16}, std::size_t{50}, std::size_t{99}, std::size_t{100}, std::size_t{512},
        std::size_t{4096}, whole.size() / 2, whole.size() - 4096, whole.size() - 1}) {
    SCOPED_TRACE(size);
    test::write_bytes(folder.file(), whole.substr(0, size));
    expect_refused_and_untouched(folder.file(), "truncated");
  }
}

TEST(UnusableStore, WithOverwrittenPagesIsLeftUntouched) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  std::string bytes = bytes_of(folder.file());
  bytes.replace(4096, 8192, 8192, '\x5A');
  test::write_bytes(folder.file(), bytes);
  expect_refused_and_untouched(folder.file(), "damaged");
}

TEST(UnusableStore, ThatIsEmptyCannotBeReadButCanBeRun) {
  const StoreFolder folder;
  test::write_bytes(folder.file(), "");
  EXPECT_THAT(error_of_reading(folder.file()), AllOf(HasSubstr("is empty"), HasSubstr("Measure first")));
  EXPECT_EQ(fs::file_size(folder.file()), 0U);
  EXPECT_EQ(error_of_run(folder.file()), "no StoreError");
}

TEST(UnusableStore, ThatDoesNotExistCannotBeRead) {
  const StoreFolder folder;
  EXPECT_THAT(error_of_reading(folder.file()),
              AllOf(HasSubstr("does not exist"), HasSubstr("Measure first")));
  EXPECT_FALSE(fs::exists(folder.file()));
}

TEST(UnusableStore, ThatIsAFolderIsRefused) {
  const StoreFolder folder;
  fs::create_directory(folder.file());
  for (const auto& error : {error_of_run(folder.file()), error_of_reading(folder.file())}) {
    EXPECT_THAT(error, HasSubstr("is no regular file"));
  }
}

TEST(UnusableStore, WhoseFolderIsAFileIsRefused) {
  const StoreFolder folder;
  test::write_bytes(folder.file("taken"), "x");
  EXPECT_THAT(error_of_run(folder.file("taken") / "results.sqlite"), HasSubstr("folder cannot be made"));
}

TEST(UnusableStore, WithMeaninglessContentIsADamagedStore) {
  const StoreFolder folder;
  test::sample_store(folder.file());
  SQLite::Database(folder.file().string(), SQLite::OPEN_READWRITE)
      .exec(
          "UPDATE finding SET verdict = 'maybe'; UPDATE measurement SET measured = '{'; DROP TABLE "
          "environment");
  const Store store = Store::open_for_reading(folder.file());
  EXPECT_THAT(store_error_of([&] { (void)store.results(); }), HasSubstr("maybe"));
  EXPECT_THAT(store_error_of([&] { (void)store.stored_draws(store.keys().at(0)); }), HasSubstr("damaged"));
  EXPECT_THAT(store_error_of([&] { (void)store.environment(); }), HasSubstr("no such table"));
}

// Permissions. Root may do everything, so the child gives its rights away first.

std::string error_without_rights(const std::function<void()>& action) {
  return in_child([&] { return test::drop_rights() ? store_error_of(action) : std::string("skip"); });
}

class Permissions : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
    if (error_without_rights([] {}) == "skip") {
      GTEST_SKIP() << "this user can neither drop rights nor lacks them";
    }
  }
  StoreFolder folder_;
};

TEST_F(Permissions, OfTheFolderAreNeededForARunButNotForReading) {
  test::sample_store(folder_.file());
  ASSERT_EQ(::chmod(folder_.file().c_str(), 0666), 0);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
  const std::string before = bytes_of(folder_.file());
  EXPECT_THAT(error_without_rights([&] { Store::open_for_run(folder_.file()); }),
              AllOf(HasSubstr("folder is not writable"), HasSubstr("Make the file and its folder writable")));
  EXPECT_EQ(error_without_rights([&] { Store::open_for_reading(folder_.file()); }), "no StoreError");
  EXPECT_TRUE(bytes_of(folder_.file()) == before);
}

TEST_F(Permissions, OfTheFileAreNeededForARunButNotForReading) {
  test::sample_store(folder_.file());
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0777), 0);
  ASSERT_EQ(::chmod(folder_.file().c_str(), 0444), 0);
  EXPECT_THAT(error_without_rights([&] { Store::open_for_run(folder_.file()); }),
              AllOf(HasSubstr("cannot be opened for writing"), HasSubstr("Permission denied")));
  EXPECT_EQ(error_without_rights([&] { Store::open_for_reading(folder_.file()); }), "no StoreError");
}

TEST_F(Permissions, ToReadAreNeededForReading) {
  test::sample_store(folder_.file());
  ASSERT_EQ(::chmod(folder_.file().c_str(), 0000), 0);
  EXPECT_THAT(error_without_rights([&] { Store::open_for_reading(folder_.file()); }),
              AllOf(HasSubstr(folder_.file().string()), HasSubstr("writable for you")));
}

// A read-only medium.

/// Makes the child's folder a small disk of its own that holds a store, and then read-only. False where this
/// user may not.
bool make_read_only_medium(const StoreFolder& folder) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
    return false;
  }
  test::sample_store(folder.file("a store? #1%.sqlite"));
  return true;
}

bool make_read_only(const StoreFolder& folder) {
  return ::mount(nullptr, folder.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

/// Lets each fcntl() that sets a lock fail in this process from now on, as on a medium without locks.
bool forbid_locks() {
  const auto load = [](std::size_t offset) {
    return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<__u32>(offset));
  };
  const auto fail = sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL);
  std::array filter{load(offsetof(seccomp_data, nr)),
                    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 3),
                    load(offsetof(seccomp_data, args[1])),
                    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETLK, 0, 1),
                    fail,
                    sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program{.len = static_cast<unsigned short>(filter.size()), .filter = filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// What a reader finds in the store, and whether it takes the file for one that nobody changes.
std::string reading_of(const fs::path& file) {
  try {
    StoreFile store = StoreFile::open_for_reading(file);
    return store.use([](SQLite::Database& database) {
      const char* name = sqlite3_db_filename(database.getHandle(), "main");
      return database.execAndGet("SELECT count(*) FROM measurement").getString() +
             (sqlite3_uri_boolean(name, "immutable", 0) != 0 ? ", immutable" : ", locked");
    });
  } catch (const StoreError& error) {
    return error.what();
  }
}

std::string reading_of_read_only_medium(bool with_locks, const std::string& other_file = "") {
  const StoreFolder folder;
  return in_child([&]() -> std::string {
    if (!make_read_only_medium(folder)) {
      return "skip";
    }
    if (!other_file.empty()) {
      test::write_bytes(folder.file(other_file), "x");
    }
    if (!make_read_only(folder) || (!with_locks && !forbid_locks())) {
      return "skip";
    }
    return reading_of(folder.file("a store? #1%.sqlite"));
  });
}

TEST(ReadOnlyMedium, IsReadWithLocksWhereItHasThem) {
  const std::string reading = reading_of_read_only_medium(true);
  if (reading == "skip") {
    GTEST_SKIP() << "this user may not mount a small disk";
  }
  EXPECT_EQ(reading, "4, locked");
}

TEST(ReadOnlyMedium, IsReadWithoutLocksWhereItHasNone) {
  const std::string reading = reading_of_read_only_medium(false);
  if (reading == "skip") {
    GTEST_SKIP() << "this user may not mount a small disk or filter system calls";
  }
  EXPECT_EQ(reading, "4, immutable");
}

TEST(ReadOnlyMedium, IsNotReadWhereATransactionIsHalfWritten) {
  const std::string reading = reading_of_read_only_medium(false, "a store? #1%.sqlite-journal");
  if (reading == "skip") {
    GTEST_SKIP() << "this user may not mount a small disk or filter system calls";
  }
  EXPECT_THAT(reading, AllOf(HasSubstr("half-written"), HasSubstr("a store? #1%.sqlite-journal")));
}

TEST(WritableMedium, IsNeverTakenForOneThatNobodyChanges) {
  const StoreFolder folder;
  const Store run = test::sample_store(folder.file());
  EXPECT_EQ(reading_of(folder.file()), "4, locked");
  const std::string without_locks =
      in_child([&] { return forbid_locks() ? reading_of(folder.file()) : std::string("skip"); });
  if (without_locks != "skip") {
    EXPECT_THAT(without_locks, HasSubstr("cannot be read or written"));
  }
}

// The lock of a run.

TEST(RunLock, KeepsASecondRunOffButNoReader) {
  const StoreFolder folder;
  const Store first = test::sample_store(folder.file());
  const auto second_run = [&] { return error_of_run(folder.file()); };
  EXPECT_THAT(second_run(), AllOf(HasSubstr("in use by another run"), HasSubstr("use another folder")));
  EXPECT_THAT(in_child(second_run), HasSubstr("in use by another run"));
  EXPECT_EQ(in_child([&] { return error_of_reading(folder.file()); }), "no StoreError");
  EXPECT_EQ(error_of_reading(folder.file()), "no StoreError");
}

TEST(RunLock, StillHoldsAfterARefusedRunAndAReader) {
  const StoreFolder folder;
  Store first = test::sample_store(folder.file());
  EXPECT_NE(error_of_run(folder.file()), "no StoreError");
  EXPECT_EQ(error_of_reading(folder.file()), "no StoreError");
  EXPECT_THAT(in_child([&] { return error_of_run(folder.file()); }), HasSubstr("in use by another run"));
  first.record({.key = "c", .draw = 1, .values = 1});
}

TEST(RunLock, MovesWithTheStoreAndEndsWithIt) {
  const StoreFolder folder;
  {
    Store first = test::sample_store(folder.file());
    const Store moved = std::move(first);
    EXPECT_THAT(error_of_run(folder.file()), HasSubstr("in use by another run"));
  }
  EXPECT_EQ(error_of_run(folder.file()), "no StoreError");
}

TEST(RunLock, LetsAReaderSeeEachMeasurementAsItIsRecorded) {
  const StoreFolder folder;
  Store run = Store::open_for_run(folder.file());
  run.record({.key = "c", .draw = 0, .values = 0});
  const Store reader = Store::open_for_reading(folder.file());
  for (std::int64_t draw = 1; draw < 10; ++draw) {
    run.record({.key = "c", .draw = draw, .values = draw});
    EXPECT_EQ(reader.draws("c").size(), static_cast<std::size_t>(draw) + 1);
  }
}

// A full disk.

/// Records until the disk is full; then the store must hold all that was recorded and nothing else.
std::string fill_disk(const fs::path& file) {
  Store store = Store::open_for_run(file);
  std::int64_t recorded = 0;
  std::string error = store_error_of([&] {
    for (; recorded < 100'000; ++recorded) {
      store.record({.key = "c", .draw = recorded, .values = std::string(5000, 'x')});
    }
  });
  if (recorded == 0) {
    return "nothing could be recorded: " + error;
  }
  if (Store::open_for_reading(file).draws("c").size() != static_cast<std::size_t>(recorded)) {
    return "draws differ";
  }
  return error;
}

TEST(FullDisk, IsReportedAndKeepsAllThatWasRecorded) {
  const StoreFolder folder;
  const std::string error = in_child([&]() -> std::string {
    // A mount of the child's own, gone with it.
    if (::unshare(CLONE_NEWNS) != 0) {
      return "skip";
    }
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      return "skip";
    }
    if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0) {
      return "skip";
    }
    return fill_disk(folder.file());
  });
  if (error == "skip") {
    GTEST_SKIP() << "this user may not mount a small disk";
  }
  EXPECT_THAT(error,
              AllOf(HasSubstr("no space left"), HasSubstr("Free some space"), HasSubstr("continues after")));
}

TEST(FullDisk, OrAQuotaIsReportedAndKeepsAllThatWasRecorded) {
  const StoreFolder folder;
  const std::string error = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    constexpr rlim_t most_bytes = 262'144;
    const rlimit limit{.rlim_cur = most_bytes, .rlim_max = most_bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return fill_disk(folder.file());
  });
  EXPECT_THAT(error, AllOf(HasSubstr(folder.file().string()), HasSubstr("disk I/O error"),
                           HasSubstr("its quota"), HasSubstr("continues after")));
  // With room again, the same store goes on.
  Store store = Store::open_for_run(folder.file());
  store.record({.key = "c", .draw = -1, .values = 0});
}

}  // namespace
}  // namespace relu0
