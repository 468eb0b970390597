#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace relu0::test {

/// How a run of the relu0 executable ended.
struct ProcessEnd {
  int exit_code = -1;  ///< -1 when a signal ended it
  int signal = 0;
  std::string output;  ///< stdout and stderr together
};

/// A signal to send while the process runs.
struct Disturbance {
  int signal;
  std::chrono::milliseconds after;
  /// Asked from then on, again and again: the signal is sent once it says true. Absent: at once.
  std::function<bool()> ready{};
};

/// Variables of a process's environment and their values.
using Variables = std::map<std::string, std::string>;

/// Runs relu0 with these arguments, these variables set and RELU0_DATA_DIR unset, and waits for its end. A
/// run that is not to be disturbed, and whose variables are not read while libraries are loaded, is forked by
/// a Relu0Server, which is faster.
ProcessEnd run_relu0(const std::vector<std::string>& arguments,
                     const std::optional<Disturbance>& disturbance = {}, const Variables& variables = {});

}  // namespace relu0::test
