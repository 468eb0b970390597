#include "reports/figures/gnuplot.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace relu0 {
namespace {

/// A file in memory: unlike a pipe it can neither fill up nor break while the other side is busy.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {
    if (descriptor_ < 0) {
      throw std::system_error(errno, std::generic_category(), "memfd_create");
    }
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  MemoryFile(MemoryFile&&) = delete;
  MemoryFile& operator=(MemoryFile&&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  [[nodiscard]] int descriptor() const { return descriptor_; }

  /// Fills the file and leaves it at its start.
  void fill(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written < 0) {
        throw std::system_error(errno, std::generic_category(), "write to a memory file");
      }
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(descriptor_, 0, SEEK_SET);
  }

  [[nodiscard]] std::string content() const {
    ::lseek(descriptor_, 0, SEEK_SET);
    std::string text;
    std::array<char, 65536> buffer{};
    while (true) {
      const ssize_t got = ::read(descriptor_, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        throw std::system_error(errno, std::generic_category(), "read from a memory file");
      }
      if (got == 0) {
        return text;
      }
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int descriptor_;
};

/// Starts gnuplot with these files as its standard streams. Returns an error number, or 0.
int spawn_gnuplot(pid_t& process, const MemoryFile& input, const MemoryFile& output,
                  const MemoryFile& errors) {
  const char* search_path = std::getenv("PATH");
  std::string path = fmt::format("PATH={}", search_path == nullptr ? "" : search_path);
  std::string locale = "LC_ALL=C";
  const std::array<char*, 3> environment{path.data(), locale.data(), nullptr};
  std::string program = "gnuplot";
  std::string no_startup_files = "--default-settings";
  const std::array<char*, 3> arguments{program.data(), no_startup_files.data(), nullptr};

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.descriptor(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output.descriptor(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors.descriptor(), STDERR_FILENO);
  const int error =
      ::posix_spawnp(&process, program.c_str(), &actions, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// True when the process has ended by itself with status 0.
bool ended_well(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) {
      return false;
    }
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string first_line(const std::string& text) {
  const std::size_t start = text.find_first_not_of("\n ");
  if (start == std::string::npos) {
    return "no message";
  }
  return text.substr(start, text.find('\n', start) - start);
}

GnuplotOutput failed(std::string failure) { return {.svg = "", .failure = std::move(failure)}; }

GnuplotOutput run_with_memory_files(const std::string& script) {
  const MemoryFile input("gnuplot script");
  const MemoryFile output("gnuplot output");
  const MemoryFile errors("gnuplot errors");
  input.fill(script);

  pid_t process = 0;
  const int error = spawn_gnuplot(process, input, output, errors);
  if (error == ENOENT) {
    return failed("gnuplot is not installed (Debian package gnuplot-nox)");
  }
  if (error != 0) {
    return failed("gnuplot cannot be started: " + std::generic_category().message(error));
  }
  if (!ended_well(process)) {
    return failed("gnuplot failed: " + first_line(errors.content()));
  }
  return {.svg = output.content(), .failure = ""};
}

}  // namespace

GnuplotOutput run_gnuplot(const std::string& script) {
  try {
    return run_with_memory_files(script);
  } catch (const std::system_error& error) {
    return failed(std::string("gnuplot cannot be run: ") + error.what());
  }
}

}  // namespace relu0
