// The report is rebuilt while a store changes.
#include "reports/store/store.hpp"
#include "suites/commands/commands.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

bool within_half_a_minute(const std::function<bool()>& condition) {
  using namespace std::chrono_literals;
  for (int i = 0; i < 600 && !condition(); ++i) {
    std::this_thread::sleep_for(50ms);
  }
  return condition();
}

Results with_note(const std::string& note) {
  Results results;
  results.notes = {note};
  return results;
}

TEST(WatchReport, FollowsTheStoreUntilInterrupted) {
  const test::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "results.sqlite";
  const std::filesystem::path report = folder.path() / "report.html";
  const auto says = [&report](const std::string& text) {
    std::ifstream stream(report);
    return std::string{std::istreambuf_iterator<char>(stream), {}}.find(text) != std::string::npos;
  };
  Store store = Store::open_for_run(file);
  store.replace_results(with_note("as it was at first"));
  ExitCode code = exit_internal;
  std::thread watcher([&] { code = commands::watch_report(file, folder.path(), 0.1); });
  EXPECT_TRUE(within_half_a_minute([&] { return says("as it was at first"); }));
  store.replace_results(with_note("as it is now"));
  EXPECT_TRUE(within_half_a_minute([&] { return says("as it is now"); }));
  EXPECT_EQ(std::raise(SIGINT), 0);
  watcher.join();
  EXPECT_EQ(code, exit_pass);
}

}  // namespace
}  // namespace relu0
