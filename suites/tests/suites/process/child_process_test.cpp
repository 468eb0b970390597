#include "suites/process/child_process.hpp"

#include <csignal>
#include <system_error>

#include <gtest/gtest.h>
#include <unistd.h>

namespace relu0 {
namespace {

using std::chrono::milliseconds;

ChildProgram shell(const std::string& script, std::vector<int> piped = {STDOUT_FILENO}) {
  return {.program = "/bin/sh",
          .arguments = {"-c", script},
          .variables = {{"RELU0_CHILD", "told"}},
          .piped = std::move(piped)};
}

std::string all_of(ChildProcess& process) {
  std::string text;
  while (process.read(text, milliseconds(1000)) != ChildProcess::Output::end) {
  }
  return text;
}

TEST(ChildProcess, IsReadToItsEndAndGivesItsExitCode) {
  ChildProcess process(shell("echo $RELU0_CHILD; exit 7"));
  EXPECT_EQ(all_of(process), "told\n");
  EXPECT_EQ(process.wait(), 7);
}

TEST(ChildProcess, WritesToTheDescriptorsThatAreAskedFor) {
  ChildProcess process(shell("echo one; echo two >&2; echo three >&3", {3}));
  EXPECT_EQ(all_of(process), "three\n");
  EXPECT_EQ(process.wait(), 0);
}

TEST(ChildProcess, IsEndedBySignals) {
  ChildProcess process(shell("echo ready; exec sleep 600"));
  std::string text;
  while (text.empty()) {
    process.read(text, milliseconds(1000));
  }
  EXPECT_EQ(process.read(text, milliseconds(1)), ChildProcess::Output::nothing);
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 128 + SIGTERM);
}

TEST(ChildProcess, IsKilledWhereNobodyWaitsForIt) {
  pid_t child = 0;
  {
    ChildProcess process(shell("echo $$; exec sleep 600"));
    std::string text;
    while (text.find('\n') == std::string::npos) {
      process.read(text, milliseconds(1000));
    }
    child = std::stoi(text);
  }
  EXPECT_NE(kill(child, 0), 0) << "it still runs";
}

TEST(ChildProcess, ThrowsWhereItCannotBeStarted) {
  EXPECT_THROW(ChildProcess({.program = "/nowhere/at/all", .arguments = {}, .piped = {}}), std::system_error);
}

}  // namespace
}  // namespace relu0
