#include "suites/gate/self_test/child_process.hpp"

#include "suites/process/child_process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>

#include <unistd.h>

namespace relu0::gate {

namespace {

constexpr std::chrono::minutes longest{5};

}  // namespace

ChildEnd run_child(const Child& child) {
  ChildProcess process({.program = child.program,
                        .arguments = child.arguments,
                        .variables = child.variables,
                        .piped = {STDOUT_FILENO, STDERR_FILENO}});
  ChildEnd end;
  const auto deadline = std::chrono::steady_clock::now() + longest;
  bool killed = false;
  const auto left = [&deadline] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  };
  while (left().count() > 0 && process.read(end.output, left()) != ChildProcess::Output::end) {
    if (!killed && !child.kill_at.empty() && end.output.find(child.kill_at) != std::string::npos) {
      killed = true;
      process.signal(SIGKILL);
    }
  }
  if (left().count() <= 0) {
    process.signal(SIGKILL);
  }
  end.exit_code = process.wait();
  return end;
}

}  // namespace relu0::gate
