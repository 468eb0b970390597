#include "suites/gate/self_test/child_process.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace relu0::gate {

namespace {

constexpr std::chrono::minutes longest{5};

void require(int error, const char* what) {
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), what);
  }
}

/// Both ends are closed in a process that is spawned.
class Pipe {
 public:
  Pipe() { require(pipe2(ends_.data(), O_CLOEXEC) == 0 ? 0 : errno, "a pipe cannot be made"); }
  ~Pipe() {
    close(ends_[0]);
    close_writing();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  Pipe(Pipe&&) = delete;
  Pipe& operator=(Pipe&&) = delete;

  [[nodiscard]] int reading() const { return ends_[0]; }
  [[nodiscard]] int writing() const { return ends_[1]; }
  void close_writing() {
    if (ends_[1] >= 0) {
      close(ends_[1]);
      ends_[1] = -1;
    }
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// This process's environment with these variables in the place of its own.
std::vector<std::string> environment_with(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!variables.contains(text.substr(0, text.find('=')))) {
      result.push_back(text);
    }
  }
  for (const auto& [name, value] : variables) {
    result.push_back(name + "=" + value);
  }
  return result;
}

pid_t spawn(const Child& child, const Pipe& pipe) {
  std::vector<std::string> words{child.program.string()};
  words.insert(words.end(), child.arguments.begin(), child.arguments.end());
  std::vector<std::string> variables = environment_with(child.variables);
  posix_spawn_file_actions_t actions{};
  require(posix_spawn_file_actions_init(&actions), "a process cannot be started");
  posix_spawn_file_actions_adddup2(&actions, pipe.writing(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe.writing(), STDERR_FILENO);
  pid_t process = 0;
  const int error = posix_spawn(&process, child.program.c_str(), &actions, nullptr, pointers_to(words).data(),
                                pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  require(error, child.program.c_str());
  return process;
}

/// Appends what the pipe holds, waiting for it until `end`. Returns false once there is nothing more to come.
bool read_some(const Pipe& pipe, std::string& text, std::chrono::steady_clock::time_point end) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  pollfd waiting{.fd = pipe.reading(), .events = POLLIN, .revents = 0};
  if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) == 0) {
    return false;
  }
  constexpr std::size_t most = 4096;
  std::array<char, most> buffer{};
  const ssize_t count = read(pipe.reading(), buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return count > 0 || (count < 0 && errno == EINTR);
}

}  // namespace

ChildEnd run_child(const Child& child) {
  Pipe pipe;
  const pid_t process = spawn(child, pipe);
  pipe.close_writing();
  ChildEnd end;
  const auto deadline = std::chrono::steady_clock::now() + longest;
  bool killed = false;
  while (read_some(pipe, end.output, deadline)) {
    if (!killed && !child.kill_at.empty() && end.output.find(child.kill_at) != std::string::npos) {
      killed = kill(process, SIGKILL) == 0;
    }
  }
  if (std::chrono::steady_clock::now() >= deadline) {
    kill(process, SIGKILL);
  }
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int by_signal = 128;
  end.exit_code = WIFSIGNALED(status) ? by_signal + WTERMSIG(status) : WEXITSTATUS(status);
  return end;
}

}  // namespace relu0::gate
