#include "reports/writers/writers.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/suites/run/process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <csignal>
#include <random>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::TemporaryFolder;
using testing::run_relu0;

/// Long enough that a signal finds it at work: some seconds on one core.
std::vector<std::string> run_into(const std::filesystem::path& out) {
  return {"run", "precision",       "--images", "4000",  "--networks",
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
  ASSERT_EQ(run_relu0(run_into(undisturbed.path())).exit_code, exit_pass);
  const TemporaryFolder disturbed;
  std::mt19937 random(2021);
  int kills = 0;
  testing::ProcessEnd end;
  // Each run is given longer, so that the last ones get through however slow the machine is.
  for (int attempt = 1; end.exit_code != exit_pass && attempt <= 60; ++attempt) {
    const auto longest = static_cast<std::uint32_t>(600 + 150 * attempt);
    end = run_relu0(run_into(disturbed.path()),
                    testing::Disturbance{SIGKILL, std::chrono::milliseconds(300 + random() % longest)});
    ASSERT_TRUE(end.signal == SIGKILL || end.exit_code == exit_pass) << end.output;
    kills += end.signal == SIGKILL ? 1 : 0;
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
                             testing::Disturbance{SIGINT, std::chrono::milliseconds(0), first_draw_is_there});
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
