// Runs whose measurements take processes of their own: the executable itself, on small data.
#include "analysis/machine/library_choice.hpp"
#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/measurements/kernel_sweep.hpp"
#include "suites/tests/suites/run/idx_files.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::few_images;
using test::run_relu0;
using test::TemporaryFolder;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> run_into(const std::filesystem::path& out, const std::string& only,
                                  const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"run",       "kernels", "--only", "network=mlp-3x256," + only,
                                     "--threads", "1",       "--out",  out.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// As little as such a run can measure.
std::vector<std::string> small_run_into(const std::filesystem::path& out, const std::string& only) {
  return run_into(out, only, {"--networks", "2", "--data", few_images()});
}

/// One that lasts long enough to be disturbed.
std::vector<std::string> long_run_into(const std::filesystem::path& out) {
  return run_into(out, "kernel=native:threads=2", {"--networks", "6", "--images", "6000"});
}

/// The outcomes of a store by the libraries in their key: "" for the usual ones.
std::map<std::string, std::vector<KernelSweepOutcome>> outcomes(const std::filesystem::path& out) {
  const Store store = Store::open_for_reading(out / "results.sqlite");
  std::map<std::string, std::vector<KernelSweepOutcome>> result;
  for (const std::string& key : store.keys()) {
    for (const StoredDraw& draw : store.stored_draws(key)) {
      result[nlohmann::json::parse(key).value("libraries", "")].push_back(KernelSweep::decode(draw.values));
    }
  }
  return result;
}

std::size_t recorded(const std::filesystem::path& out, const std::string& libraries) {
  try {
    return outcomes(out)[libraries].size();
  } catch (const StoreError&) {
    return 0;  // no store yet, or one that is being made
  }
}

/// How many processes have the folder among their arguments.
int processes_on(const std::filesystem::path& folder) {
  int count = 0;
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(process.path() / "cmdline");
    const std::string arguments{std::istreambuf_iterator<char>(file), {}};
    count += arguments.find(folder.string()) != std::string::npos ? 1 : 0;
  }
  return count;
}

TEST(Workers, MeasureWithOtherLibrariesIntoTheSameStore) {
  if (openblas_choices().empty()) {
    GTEST_SKIP() << "LibTorch's products are not those of an OpenBLAS that can choose";
  }
  const TemporaryFolder folder;
  const auto end = run_relu0(small_run_into(folder.path(), "kernel=native,kernel=native:openblas=Nehalem"));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  const auto found = outcomes(folder.path());
  ASSERT_EQ(found.size(), 2U);
  ASSERT_EQ(found.at("").size(), 2U);
  ASSERT_EQ(found.at("openblas=Nehalem").size(), 2U);
  EXPECT_THAT(found.at("openblas=Nehalem")[0].computed_by, HasSubstr("for Nehalem"));
  EXPECT_EQ(found.at("")[0].sweep.images, found.at("openblas=Nehalem")[0].sweep.images);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("worker"))) << "nothing is left behind";
  }
  // What is there is not measured again, and the reports are the same.
  const auto again = run_relu0(small_run_into(folder.path(), "kernel=native,kernel=native:openblas=Nehalem"));
  EXPECT_EQ(again.exit_code, exit_pass) << again.output;
  EXPECT_EQ(outcomes(folder.path()).at("openblas=Nehalem").size(), 2U);
}

TEST(Workers, MeasureWhatTheVariablesOfAWholeRunWould) {
  if (openblas_choices().empty()) {
    GTEST_SKIP() << "LibTorch's products are not those of an OpenBLAS that can choose";
  }
  const TemporaryFolder worker;
  const TemporaryFolder whole;
  ASSERT_EQ(run_relu0(small_run_into(worker.path(), "kernel=native:openblas=Nehalem")).exit_code, exit_pass);
  ASSERT_EQ(run_relu0(small_run_into(whole.path(), "kernel=native"), {}, {{"OPENBLAS_CORETYPE", "Nehalem"}})
                .exit_code,
            exit_pass);
  const auto by_worker = outcomes(worker.path()).at("openblas=Nehalem");
  const auto by_run = outcomes(whole.path()).at("");
  ASSERT_EQ(by_worker.size(), by_run.size());
  for (std::size_t i = 0; i < by_run.size(); ++i) {
    EXPECT_EQ(by_worker[i].gradient_sha256, by_run[i].gradient_sha256);
    EXPECT_EQ(by_worker[i].sweep.zeros, by_run[i].sweep.zeros);
    EXPECT_EQ(by_worker[i].computed_by, by_run[i].computed_by);
  }
}

TEST(Workers, EndWithTheirRunAndAreContinued) {
  const TemporaryFolder folder;
  const auto arguments = long_run_into(folder.path());
  const auto killed =
      run_relu0(arguments, test::Disturbance{SIGKILL, std::chrono::milliseconds(0),
                                             [&] { return recorded(folder.path(), "threads=2") > 0; }});
  if (killed.exit_code == exit_pass) {
    GTEST_SKIP() << "this machine finished the run before the signal came";
  }
  EXPECT_EQ(killed.signal, SIGKILL);
  // The kernel kills the worker at once, but it takes a moment to go.
  for (int attempt = 0; processes_on(folder.path()) > 0 && attempt < 1000; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(processes_on(folder.path()), 0) << "its worker still runs";
  // Whatever was recorded is whole, and the rest comes with the same command.
  const std::size_t kept = recorded(folder.path(), "threads=2");
  EXPECT_GE(kept, 1U);
  const auto end = run_relu0(arguments);
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_EQ(recorded(folder.path(), "threads=2"), 6U);
}

TEST(Workers, FinishTheDrawInHandWhereTheRunIsAskedToStop) {
  const TemporaryFolder folder;
  const auto arguments = long_run_into(folder.path());
  const auto end = run_relu0(arguments, test::Disturbance{SIGTERM, std::chrono::milliseconds(0), [&] {
                                                            return recorded(folder.path(), "threads=2") > 0;
                                                          }});
  if (end.exit_code == exit_pass) {
    GTEST_SKIP() << "this machine finished the run before the signal came";
  }
  EXPECT_EQ(end.exit_code, exit_inconclusive) << end.output;
  EXPECT_THAT(end.output, HasSubstr("The same command continues"));
  EXPECT_LT(recorded(folder.path(), "threads=2"), 6U);
}

TEST(Workers, AreNotStartedByARunThroughOneKernel) {
  const TemporaryFolder folder;
  const auto end = run_relu0({"run", "kernels", "--only", "network=mlp-3x256", "--kernel", "portable",
                              "--data", few_images(), "--networks", "1", "--out", folder.path().string()});
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  const auto found = outcomes(folder.path());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.begin()->first, "");
  const Store store = Store::open_for_reading(folder.path() / "results.sqlite");
  ASSERT_EQ(store.keys().size(), 1U);
  EXPECT_THAT(store.keys()[0], HasSubstr("\"kernel\":\"portable\""));
  EXPECT_THAT(end.output, HasSubstr("this run leaves them out"));
}

TEST(Workers, AreLeftOutAtQuickScaleUnlessTheRunAsksForNetworks) {
  const TemporaryFolder folder;
  const auto end = run_relu0({"run", "kernels", "--only", "kernel=native:threads=2", "--data", few_images(),
                              "--out", folder.path().string()});
  EXPECT_EQ(end.exit_code, exit_inconclusive) << end.output;
  EXPECT_THAT(end.output, HasSubstr("at --scale quick no network is drawn for"));
  EXPECT_THAT(end.output, HasSubstr("give --networks N"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "nothing is half-written";
}

TEST(Workers, AreNotForOthersToStart) {
  const TemporaryFolder folder;
  auto arguments = small_run_into(folder.path(), "kernel=native:threads=2");
  arguments.insert(arguments.end(), {"--worker", "threads=2", "--worker-of", "1"});
  const auto end = run_relu0(arguments);
  EXPECT_EQ(end.exit_code, exit_usage) << end.output;
  EXPECT_THAT(end.output, HasSubstr("for relu0's own use"));
}

}  // namespace
}  // namespace relu0
