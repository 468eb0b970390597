#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace relu0::gate {

/// How a process ended.
struct ChildEnd {
  int exit_code = 0;   ///< 128 + n where the signal n ended it, as shells have it
  std::string output;  ///< what it wrote to stdout and stderr together
};

/// What is run, and how.
struct Child {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> variables{};  ///< that its environment has beside this process's
  /// Once it has written this, it is killed (SIGKILL); empty: never.
  std::string kill_at{};
};

/// Runs a process to its end, which comes by SIGKILL after five minutes at the latest. Throws
/// std::system_error where it cannot be started.
ChildEnd run_child(const Child& child);

}  // namespace relu0::gate
