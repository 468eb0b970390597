#pragma once
#include <stdexcept>

namespace relu0 {

/// Exit codes of the command line.
enum ExitCode : int {
  exit_pass = 0,
  exit_failed = 1,        ///< a gate or finding failed
  exit_usage = 2,         ///< usage, configuration or unusable input
  exit_internal = 3,      ///< internal error
  exit_environment = 4,   ///< baseline missing, or measured in another environment
  exit_inconclusive = 5,  ///< nothing selected, interrupted, or inconclusive
  /// A shard was interrupted and is to be started again: EX_TEMPFAIL of sysexits.h, which no other outcome
  /// has, so that a batch system can be told to requeue on it.
  exit_interrupted_shard = 75,
};

/// Results of different environments must not be mixed. Exit code 4.
class EnvironmentMismatch : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Nothing that there is was asked for. Exit code 5.
class NothingSelected : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace relu0
