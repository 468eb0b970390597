#include "reports/codec/packed_numbers.hpp"
#include "reports/store/store.hpp"
#include "suites/tests/reports/support.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;
using test::StoreFolder;

constexpr int kills = 20;

StoredDraw measurement_of(std::int64_t draw) {
  return {.key = draw % 2 == 0 ? "even" : "odd",
          .draw = draw,
          .values = {{"draw", draw},
                     {"text", std::string(200, 'x')},
                     // More than a page of the file, so that a transaction touches several.
                     {"packed", pack_numbers(std::vector<double>(1000, static_cast<double>(draw)),
                                             PackedFormat::binary64)}}};
}

/// All draws in the store; each of them must hold what was recorded for it.
std::set<std::int64_t> checked_draws(const Store& store) {
  std::set<std::int64_t> draws;
  for (const std::string& key : store.keys()) {
    for (const StoredDraw& measurement : store.stored_draws(key)) {
      const StoredDraw expected = measurement_of(measurement.draw);
      EXPECT_EQ(measurement.key, expected.key);
      EXPECT_EQ(measurement.values, expected.values);
      draws.insert(measurement.draw);
    }
  }
  return draws;
}

/// Lets a child record one draw after the other, each reported when it is done, and kills it. All reported
/// draws.
/// The delay counts from the child's start or, however slow the machine, from its first draw.
std::set<std::int64_t> record_until_killed(const fs::path& file, std::chrono::microseconds delay,
                                           bool after_first_draw) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const pid_t child = test::start_child([&] {
    Store store = Store::open_for_run(file);
    const std::set<std::int64_t> done = checked_draws(store);
    for (std::int64_t draw = done.empty() ? 0 : *done.rbegin() + 1;; ++draw) {
      store.record(measurement_of(draw));
      if (::write(ends[1], &draw, sizeof draw) != sizeof draw) {
        ::_exit(1);
      }
    }
  });
  ::close(ends[1]);
  std::set<std::int64_t> reported;
  std::int64_t first = 0;
  if (after_first_draw && ::read(ends[0], &first, sizeof first) == sizeof first) {
    reported.insert(first);
  }
  std::this_thread::sleep_for(delay);
  test::kill_child(child);
  for (std::int64_t draw = 0; ::read(ends[0], &draw, sizeof draw) == sizeof draw;) {
    reported.insert(draw);
  }
  ::close(ends[0]);
  return reported;
}

TEST(KilledRun, LosesNoCompletedDraw) {
  const StoreFolder folder;
  std::mt19937 random(7);
  std::uniform_int_distribution<int> microseconds(0, 60'000);
  std::set<std::int64_t> completed;
  for (int kill = 0; kill < kills; ++kill) {
    completed.merge(
        record_until_killed(folder.file(), std::chrono::microseconds(microseconds(random)), kill % 3 != 0));
    // Readers and runs take turns in being the first to meet what the kill has left.
    if (kill % 2 == 0 && fs::exists(folder.file()) && !completed.empty()) {
      Store::open_for_reading(folder.file());
    }
    const Store store = Store::open_for_run(folder.file());
    const std::set<std::int64_t> found = checked_draws(store);
    // The draw in hand may have been on disk already when the kill came.
    std::set<std::int64_t> expected = completed;
    if (found.size() == completed.size() + 1) {
      expected.insert(*found.rbegin());
    }
    EXPECT_EQ(found, expected) << "kill " << kill;
    completed = found;
    EXPECT_EQ(SQLite::Database(folder.file().string()).execAndGet("PRAGMA integrity_check").getString(),
              "ok");
  }
  EXPECT_GE(completed.size(), kills / 2U) << "too few draws before the kills to have tested anything";
}

TEST(KilledRun, CanBeStartedAgainWhenItWasKilledWhileMakingTheStore) {
  std::mt19937 random(8);
  std::uniform_int_distribution<int> microseconds(0, 8'000);
  for (int kill = 0; kill < kills; ++kill) {
    const StoreFolder folder;
    const std::set<std::int64_t> completed =
        record_until_killed(folder.file(), std::chrono::microseconds(microseconds(random)), false);
    const std::set<std::int64_t> found = checked_draws(Store::open_for_run(folder.file()));
    EXPECT_TRUE(std::includes(found.begin(), found.end(), completed.begin(), completed.end()));
    EXPECT_LE(found.size(), completed.size() + 1);
  }
}

TEST(KilledRun, KeepsTheOldConclusionsOrTheNewOnes) {
  const StoreFolder folder;
  Results old_results;
  Results new_results;
  for (int i = 0; i < 500; ++i) {
    old_results.notes.emplace_back("old");
    new_results.notes.emplace_back("new");
  }
  Store::open_for_run(folder.file()).replace_results(old_results);
  std::mt19937 random(9);
  std::uniform_int_distribution<int> microseconds(0, 40'000);
  for (int kill = 0; kill < kills; ++kill) {
    const pid_t child = test::start_child([&] {
      Store store = Store::open_for_run(folder.file());
      while (true) {
        store.replace_results(new_results);
        store.replace_results(old_results);
      }
    });
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
    test::kill_child(child);
    const std::vector<std::string> notes = Store::open_for_reading(folder.file()).results().notes;
    EXPECT_TRUE(notes == old_results.notes || notes == new_results.notes) << "kill " << kill;
  }
}

TEST(KilledRun, GivesItsLockBack) {
  const StoreFolder folder;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t child = test::start_child([&] {
    const Store store = Store::open_for_run(folder.file());
    if (::write(ends[1], "x", 1) != 1) {
      ::_exit(1);
    }
    ::pause();
  });
  char ready = 0;
  ASSERT_EQ(::read(ends[0], &ready, 1), 1);
  EXPECT_THAT(test::store_error_of([&] { Store::open_for_run(folder.file()); }),
              testing::HasSubstr("another run"));
  test::kill_child(child);
  EXPECT_EQ(test::store_error_of([&] { Store::open_for_run(folder.file()); }), "no StoreError");
  ::close(ends[0]);
  ::close(ends[1]);
}

/// A store whose file holds half of a transaction, and the journal to undo it: what a kill in the middle of a
/// commit leaves, made without waiting for luck.
void leave_hot_journal(const fs::path& file) {
  test::sample_store(file);
  const pid_t child = test::start_child([&] {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    // A cache of one page makes SQLite write pages before the commit.
    database.exec("PRAGMA cache_size = 1; BEGIN IMMEDIATE; DELETE FROM measurement; DELETE FROM finding");
    for (int i = 0; i < 500; ++i) {
      database.exec("INSERT INTO note (text) VALUES (hex(randomblob(500)))");
    }
    ::_exit(0);
  });
  ::waitpid(child, nullptr, 0);
  ASSERT_TRUE(fs::exists(file.string() + "-journal"));
  ASSERT_GT(fs::file_size(file), 500U * 1000U) << "the half-written transaction is not in the file";
}

TEST(HalfWrittenStore, IsRestoredForAReader) {
  const StoreFolder folder;
  leave_hot_journal(folder.file());
  const Store store = Store::open_for_reading(folder.file());
  EXPECT_EQ(store.results().notes, test::sample_results().notes);
  EXPECT_EQ(store.results().findings.size(), test::sample_results().findings.size());
  EXPECT_FALSE(fs::exists(folder.file().string() + "-journal"));
}

TEST(HalfWrittenStore, IsRestoredForARun) {
  const StoreFolder folder;
  leave_hot_journal(folder.file());
  const Store store = Store::open_for_run(folder.file());
  EXPECT_EQ(store.results().notes, test::sample_results().notes);
  EXPECT_EQ(store.keys().size(), 2U);
}

}  // namespace
}  // namespace relu0
