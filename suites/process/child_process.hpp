#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace relu0 {

/// What is run in a process of its own, and how.
struct ChildProgram {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> variables{};  ///< that its environment has in the place of this one's
  /// Its file descriptors that write into the pipe which this process reads. Its others are this process's.
  std::vector<int> piped;
};

/// A process that was started by this one, and what it writes.
class ChildProcess {
 public:
  /// Starts it. Throws std::system_error where it cannot be started.
  explicit ChildProcess(const ChildProgram& program);
  /// Where it has not been waited for it is killed (SIGKILL).
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess(ChildProcess&&) = delete;
  ChildProcess& operator=(ChildProcess&&) = delete;

  enum class Output {
    some,     ///< something was appended
    nothing,  ///< nothing came in time, or a signal interrupted the wait
    end,      ///< there is nothing more to come
  };
  /// Appends what it wrote to `text`, waiting for it at most so long.
  Output read(std::string& text, std::chrono::milliseconds patience);
  /// Sends it a signal.
  void signal(int number);
  /// Waits for its end, and returns its exit code: 128 + n where the signal n ended it, as shells have it.
  int wait();

 private:
  class Pipe;
  std::unique_ptr<Pipe> pipe_;
  pid_t process_ = 0;  ///< 0: waited for
};

}  // namespace relu0
