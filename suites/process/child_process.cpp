#include "suites/process/child_process.hpp"

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

namespace relu0 {

namespace {

void require(int error, const char* what) {
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), what);
  }
}

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

}  // namespace

/// Both ends are closed in a process that is spawned.
class ChildProcess::Pipe {
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

ChildProcess::ChildProcess(const ChildProgram& program) : pipe_(std::make_unique<Pipe>()) {
  std::vector<std::string> words{program.program.string()};
  words.insert(words.end(), program.arguments.begin(), program.arguments.end());
  std::vector<std::string> variables = environment_with(program.variables);
  posix_spawn_file_actions_t actions{};
  require(posix_spawn_file_actions_init(&actions), "a process cannot be started");
  for (const int descriptor : program.piped) {
    posix_spawn_file_actions_adddup2(&actions, pipe_->writing(), descriptor);
  }
  const int error = posix_spawn(&process_, program.program.c_str(), &actions, nullptr,
                                pointers_to(words).data(), pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    process_ = 0;
  }
  require(error, program.program.c_str());
  pipe_->close_writing();
}

ChildProcess::~ChildProcess() {
  if (process_ != 0) {
    signal(SIGKILL);
    wait();
  }
}

ChildProcess::Output ChildProcess::read(std::string& text, std::chrono::milliseconds patience) {
  pollfd waiting{.fd = pipe_->reading(), .events = POLLIN, .revents = 0};
  if (poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) {
    return Output::nothing;
  }
  constexpr std::size_t most = 4096;
  std::array<char, most> buffer{};
  const ssize_t count = ::read(pipe_->reading(), buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
    return Output::some;
  }
  return count < 0 && errno == EINTR ? Output::nothing : Output::end;
}

void ChildProcess::signal(int number) {
  if (process_ != 0) {
    kill(process_, number);
  }
}

int ChildProcess::wait() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = 0;
  constexpr int by_signal = 128;
  return WIFSIGNALED(status) ? by_signal + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace relu0
