#include "reports/writers/writers.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <csignal>
#include <random>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::run_relu0;
using test::TemporaryFolder;

/// Long enough that a signal finds it at work: some seconds on one core.
std::vector<std::string> run_into(const std::filesystem::path& out) {
  return {"run", "precision",       "--images", "2000",  "--networks",
          "12",  "--fp64-networks", "4",        "--out", out.string()};
}

std::string content(const std::filesystem::path& out) {
  return json_results(Store::open_for_reading(out / "results.sqlite"));
}

std::size_t recorded(const std::filesystem::path& out) {
  const Store store = Store::open_for_reading(out / "results.sqlite");
  std::size_t draws = 0;
  for (const std::string& key : store.keys()) {
    draws += store.draws(key).size();
  }
  return draws;
}

TEST(Interruption, KillsAtRandomMomentsLeaveTheStoreOfAnUndisturbedRun) {
  const TemporaryFolder undisturbed;
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(run_relu0(run_into(undisturbed.path())).exit_code, exit_pass);
  const auto whole =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  const TemporaryFolder disturbed;
  std::mt19937 random(2021);
  int kills = 0;
  test::ProcessEnd end;
  // Within half of what the whole run took, so that the first two runs cannot end before they are killed,
  // however slow the machine or the build is.
  for (int attempt = 1; end.exit_code != exit_pass && attempt <= 5; ++attempt) {
    const auto moment = whole * static_cast<std::int64_t>(50 + random() % 450) / 1000;
    end = run_relu0(run_into(disturbed.path()), test::Disturbance{SIGKILL, moment});
    ASSERT_TRUE(end.signal == SIGKILL || end.exit_code == exit_pass) << end.output;
    kills += end.signal == SIGKILL ? 1 : 0;
  }
  if (end.exit_code != exit_pass) {
    end = run_relu0(run_into(disturbed.path()));
  }
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_GE(kills, 2) << "the run was too short to be disturbed";
  EXPECT_EQ(content(disturbed.path()), content(undisturbed.path()));
}

TEST(Interruption, SigintFinishesTheDrawsInHandAndSaysHowToGoOn) {
  const TemporaryFolder folder;
  // However slow the machine: a draw is there, and most are still to come.
  const auto first_draw_is_there = [&folder] {
    try {
      return recorded(folder.path()) > 0;
    } catch (const StoreError&) {
      return false;  // no store yet, or one that is being made
    }
  };
  const auto end = run_relu0(run_into(folder.path()),
                             test::Disturbance{SIGINT, std::chrono::milliseconds(0), first_draw_is_there});
  if (end.exit_code == exit_pass) {
    GTEST_SKIP() << "this machine finished the run before the signal came";
  }
  EXPECT_EQ(end.exit_code, exit_inconclusive) << end.output;
  EXPECT_NE(end.output.find("The same command continues"), std::string::npos) << end.output;
  EXPECT_NE(end.output.find("relu0 run precision --scale quick --seed 1 --networks 12"), std::string::npos);
  const std::size_t kept = recorded(folder.path());
  EXPECT_GT(kept, 0U);
  EXPECT_EQ(run_relu0(run_into(folder.path())).exit_code, exit_pass);
  EXPECT_GT(recorded(folder.path()), kept);
}

TEST(Interruption, ASecondRunOnTheSameStoreIsRefusedWhileTheFirstWorks) {
  const TemporaryFolder folder;
  const Store first = Store::open_for_run(folder.path() / "results.sqlite");
  const auto end = run_relu0(run_into(folder.path()));
  EXPECT_EQ(end.exit_code, exit_usage) << end.output;
  EXPECT_NE(end.output.find("another run"), std::string::npos) << end.output;
}

}  // namespace
}  // namespace relu0
