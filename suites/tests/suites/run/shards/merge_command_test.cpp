#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/run/shards/shard.hpp"
#include "suites/tests/small_disk.hpp"
#include "suites/tests/suites/run/idx_files.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"
#include "suites/tests/text_file.hpp"

#include <algorithm>
#include <csignal>
#include <functional>
#include <memory>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::few_images;
using test::ProcessEnd;
using test::run_relu0;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A run of two measurements whose draws take milliseconds.
std::vector<std::string> small_run(const std::vector<std::string>& more, const std::string& networks = "5") {
  std::vector<std::string> arguments{
      "run",        "width",  "--only", "network=mlp-3x16,network=mlp-3x64,precision=fp32",
      "--networks", networks, "--data", few_images()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// Stores of three shards of small_run() in folders 1, 2 and 3, made once.
class MergeCommand : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = std::make_unique<TemporaryFolder>();
    for (int number = 1; number <= 3; ++number) {
      const ProcessEnd end =
          run_relu0(small_run({"--shard", std::to_string(number) + "/3", "--out", shard(number)}));
      ASSERT_EQ(end.exit_code, exit_pass) << end.output;
    }
  }
  static void TearDownTestSuite() { folder.reset(); }

  static std::string path(const std::string& name) { return (folder->path() / name).string(); }
  static std::string shard(int number) { return path(std::to_string(number)); }
  static ProcessEnd merge(const std::vector<std::string>& shards, const std::string& out) {
    std::vector<std::string> arguments{"merge"};
    arguments.insert(arguments.end(), shards.begin(), shards.end());
    arguments.insert(arguments.end(), {"--out", out});
    return run_relu0(arguments);
  }
  /// The shards refused: nothing is written, and the message says why.
  static void expect_refused(const std::vector<std::string>& shards, const std::string& why,
                             ExitCode code = exit_usage) {
    const std::string out = path("refused");
    const ProcessEnd end = merge(shards, out);
    EXPECT_EQ(end.exit_code, code) << end.output;
    EXPECT_THAT(end.output, HasSubstr(why));
    EXPECT_FALSE(std::filesystem::exists(out));
  }
  /// A copy of a shard's store, changed.
  static std::string changed(int number, const std::string& name, const std::function<void(Store&)>& change) {
    const std::filesystem::path out = path(name);
    std::filesystem::create_directory(out);
    std::filesystem::copy_file(std::filesystem::path(shard(number)) / "results.sqlite",
                               out / "results.sqlite");
    Store store = Store::open_for_run(out / "results.sqlite");
    change(store);
    return out.string();
  }

  static std::unique_ptr<TemporaryFolder> folder;
};

std::unique_ptr<TemporaryFolder> MergeCommand::folder;

TEST_F(MergeCommand, MakesTheReportsOfARunWithoutShards) {
  ASSERT_EQ(run_relu0(small_run({"--out", path("whole")})).exit_code, exit_pass);
  const ProcessEnd end = merge({shard(2), shard(3) + "/results.sqlite", shard(1)}, path("joined"));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  for (const std::string report : {"results.json", "junit.xml", "summary.md", "report.html"}) {
    EXPECT_EQ(test::text_of(path("joined") + "/" + report), test::text_of(path("whole") + "/" + report))
        << report;
  }
  const Store whole = Store::open_for_reading(path("whole") + "/results.sqlite");
  const Store joined = Store::open_for_reading(path("joined") + "/results.sqlite");
  ASSERT_EQ(joined.keys(), whole.keys());
  for (const std::string& key : whole.keys()) {
    EXPECT_EQ(joined.draws(key), whole.draws(key));
  }
  const ProcessEnd again = run_relu0(small_run({"--out", path("joined")}));
  EXPECT_EQ(again.exit_code, exit_pass) << "the joined store is a run's: " << again.output;
  EXPECT_EQ(merge({shard(1), shard(2), shard(3)}, path("joined")).exit_code, exit_usage)
      << "nothing is replaced";
}

TEST_F(MergeCommand, AShardMakesNoReportAndOnlyItsDraws) {
  EXPECT_FALSE(std::filesystem::exists(shard(1) + "/report.html"));
  const Store store = Store::open_for_reading(shard(1) + "/results.sqlite");
  ASSERT_FALSE(store.keys().empty());
  for (const std::string& key : store.keys()) {
    for (const std::int64_t draw : store.draws(key)) {
      EXPECT_EQ(shard_of(key, draw, 3), 1);
    }
  }
}

TEST_F(MergeCommand, RefusesMissingAndDoubleShards) {
  expect_refused({shard(1), shard(3)}, "shards missing: 2/3");
  expect_refused({shard(3)}, "shards missing: 1/3, 2/3");
  expect_refused({shard(1), shard(2), shard(2), shard(3)}, "are both shard 2/3");
}

TEST_F(MergeCommand, RefusesAStoreOfAWholeRunAndOneOfAnotherDivision) {
  ASSERT_EQ(run_relu0(small_run({"--out", path("unshared")})).exit_code, exit_pass);
  expect_refused({path("unshared"), shard(2), shard(3)}, "holds no shard");
  ASSERT_EQ(run_relu0(small_run({"--shard", "1/2", "--out", path("half")})).exit_code, exit_pass);
  expect_refused({path("half"), shard(2), shard(3)}, "shards of different runs");
}

TEST_F(MergeCommand, NamesTheCommandsOfDifferentRunsAsTheyCanBeRun) {
  for (const std::string number : {"1", "2"}) {
    const ProcessEnd end =
        run_relu0(small_run({"--shard", number + "/2", "--seed", number, "--out", path("seed-" + number)}));
    ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  }
  const ProcessEnd end = merge({path("seed-1"), path("seed-2")}, path("refused"));
  EXPECT_EQ(end.exit_code, exit_usage) << end.output;
  EXPECT_THAT(end.output, AllOf(HasSubstr("--seed 1"), HasSubstr("--seed 2"),
                                HasSubstr("--data " + few_images()), Not(HasSubstr("DATA"))));
}

TEST_F(MergeCommand, RefusesShardsOfOtherSettings) {
  ASSERT_EQ(run_relu0(small_run({"--shard", "1/3", "--seed", "7", "--out", path("seed")})).exit_code,
            exit_pass);
  expect_refused({path("seed"), shard(2), shard(3)}, "--seed 7");
}

TEST_F(MergeCommand, RefusesOtherEnvironmentsButForCores) {
  const auto with = [](const std::string& fact) {
    return [fact](Store& store) {
      Environment environment = store.environment();
      environment[fact] = "another";
      store.set_environment(environment);
    };
  };
  expect_refused({changed(1, "libtorch", with(facts::libtorch)), shard(2), shard(3)},
                 "LibTorch was 'another'", exit_environment);
  const ProcessEnd end =
      merge({changed(1, "cores", with(facts::processor_cores)), shard(2), shard(3)}, path("cores-joined"));
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
}

TEST_F(MergeCommand, NamesTheGapAndTheCommandThatFillsIt) {
  ASSERT_EQ(run_relu0(small_run({"--shard", "2/3", "--out", path("short")}, "4")).exit_code, exit_pass);
  // Its command says that it was to make five, as that of a shard that was killed.
  const std::string command = Store::open_for_reading(shard(2) + "/results.sqlite").run_info().command;
  {
    Store store = Store::open_for_run(path("short") + "/results.sqlite");
    RunInfo info = store.run_info();
    info.command = command;
    store.set_run_info(info);
  }
  expect_refused({shard(1), path("short"), shard(3)}, "shard 2/3 lacks");
  expect_refused({shard(1), path("short"), shard(3)}, command + " --out " + path("short"));
}

TEST_F(MergeCommand, RefusesADrawOfAnotherShard) {
  const std::string overlapping = changed(1, "overlap", [](Store& store) {
    const std::string key = store.keys().front();
    StoredDraw draw = store.stored_draws(key).front();
    ++draw.draw;
    store.record(draw);
  });
  expect_refused({overlapping, shard(2), shard(3)}, "belongs to shard 2/3");
}

TEST_F(MergeCommand, NamesTheShardWhoseDrawsCannotBeRead) {
  const std::filesystem::path other = path("unreadable");
  {
    const Store original = Store::open_for_reading(shard(2) + "/results.sqlite");
    Store store = Store::open_for_run(other / "results.sqlite");
    store.set_environment(original.environment());
    store.set_run_info(original.run_info());
    for (const std::string& key : original.keys()) {
      for (StoredDraw draw : original.stored_draws(key)) {
        draw.values = nlohmann::json::object();
        store.record(draw);
      }
    }
  }
  expect_refused({shard(1), other.string(), shard(3)}, other.string());
}

// A merge that finds the disk full, while it keeps draws or what it concluded, leaves no store under the name
// of a complete one, and the same command ends it with room again.
TEST_F(MergeCommand, CanBeMadeAgainAfterAFullDisk) {
  ASSERT_EQ(run_relu0(small_run({"--shard", "1/1", "--out", path("draws alone")})).exit_code, exit_pass);
  ASSERT_EQ(merge({path("draws alone")}, path("enough room")).exit_code, exit_pass);
  const auto size = [](const std::string& file) { return std::filesystem::file_size(path(file)); };
  const std::uintmax_t draws = size("draws alone/results.sqlite");
  const std::uintmax_t store = size("enough room/results.sqlite");
  const std::uintmax_t html = size("enough room/report.html");
  ASSERT_GT(store, draws);
  for (const std::uintmax_t bytes : {draws + (store - draws) / 2, store + html / 2}) {
    SCOPED_TRACE(bytes);
    const std::filesystem::path at = path(std::to_string(bytes));
    const test::SmallDisk disk(at, bytes);
    if (!disk.mounted()) {
      GTEST_SKIP() << "a small tmpfs cannot be mounted here: " << disk.why_not();
    }
    const ProcessEnd full = merge({path("draws alone")}, at);
    EXPECT_EQ(full.exit_code, exit_usage) << full.output;
    EXPECT_THAT(full.output, testing::AnyOf(HasSubstr("no space left"), HasSubstr("No space left")));
    EXPECT_TRUE(std::filesystem::is_empty(at));
    ASSERT_TRUE(disk.resize(4 * (store + html)));
    const ProcessEnd again = merge({path("draws alone")}, at);
    EXPECT_EQ(again.exit_code, exit_pass) << again.output;
    EXPECT_EQ(test::text_of(at / "results.json"), test::text_of(path("enough room/results.json")));
    EXPECT_FALSE(Store::open_for_reading(at / "results.sqlite").results().findings.empty());
  }
}

TEST_F(MergeCommand, CanBeMadeAgainWhereReportsCouldNotBeWritten) {
  const std::string out = path("in the way");
  std::filesystem::create_directories(out + "/report.html");
  const ProcessEnd failed = merge({shard(1), shard(2), shard(3)}, out);
  EXPECT_EQ(failed.exit_code, exit_usage) << failed.output;
  EXPECT_THAT(failed.output,
              AllOf(HasSubstr("report.html cannot be written"), HasSubstr("the same command")));
  EXPECT_FALSE(std::filesystem::exists(out + "/results.sqlite"));
  std::filesystem::remove(out + "/report.html");
  const ProcessEnd again = merge({shard(1), shard(2), shard(3)}, out);
  EXPECT_EQ(again.exit_code, exit_pass) << again.output;
}

TEST_F(MergeCommand, AShardIsContinuedByItsOwnCommandOnly) {
  const ProcessEnd other = run_relu0(small_run({"--shard", "1/3", "--seed", "9", "--out", shard(1)}));
  EXPECT_EQ(other.exit_code, exit_usage);
  EXPECT_THAT(other.output, AllOf(HasSubstr("of another run"), HasSubstr("--seed 9")));
  const ProcessEnd same = run_relu0(small_run({"--shard", "1/3", "--out", shard(1)}));
  EXPECT_EQ(same.exit_code, exit_pass) << same.output;
  const ProcessEnd fails =
      run_relu0(small_run({"--shard", "1/3", "--fail-on", "not-reproduced", "--out", path("fail")}));
  EXPECT_EQ(fails.exit_code, exit_usage);
  EXPECT_THAT(fails.output, HasSubstr("--fail-on"));
}

TEST_F(MergeCommand, AStoreStaysTheShardsThatItIs) {
  const ProcessEnd other = run_relu0(small_run({"--shard", "2/3", "--out", shard(1)}));
  EXPECT_EQ(other.exit_code, exit_usage);
  EXPECT_THAT(other.output, HasSubstr("holds shard 1/3"));
  const ProcessEnd whole = run_relu0(small_run({"--out", shard(1)}));
  EXPECT_EQ(whole.exit_code, exit_usage);
  EXPECT_THAT(whole.output, HasSubstr("holds shard 1/3"));
  const ProcessEnd by_results =
      run_relu0(small_run({"--shard", "1/3", "--budget", "1m", "--out", path("budget")}));
  EXPECT_EQ(by_results.exit_code, exit_usage);
  EXPECT_THAT(by_results.output, HasSubstr("--budget"));
}

TEST_F(MergeCommand, AShardThatIsToldToStopEndsWithTheCodeToRequeueOn) {
  const auto measures = [] {
    try {
      const Store store = Store::open_for_reading(path("stopped") + "/results.sqlite");
      return !store.keys().empty();
    } catch (const StoreError&) {
      return false;
    }
  };
  const std::vector<std::string> long_run{"run",        "precision", "--images",        "4000",
                                          "--networks", "24",        "--fp64-networks", "8",
                                          "--shard",    "1/2",       "--out",           path("stopped")};
  const ProcessEnd end =
      run_relu0(long_run, test::Disturbance{SIGTERM, std::chrono::milliseconds(0), measures});
  if (end.exit_code == exit_pass) {
    GTEST_SKIP() << "this machine finished the shard before the signal came";
  }
  EXPECT_EQ(end.exit_code, exit_interrupted_shard) << end.output;
  EXPECT_THAT(end.output, HasSubstr("--shard 1/2"));
}

}  // namespace
}  // namespace relu0
