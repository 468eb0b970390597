#include "suites/tests/suites/run/process/relu0_process.hpp"

#include "suites/tests/processor_time.hpp"
#include "suites/tests/suites/run/process/relu0_server.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace relu0::test {

namespace {

/// Whether libraries read a variable while they are loaded, or before main() could set it.
bool is_read_while_loading(std::string_view variable) {
  constexpr std::array<std::string_view, 5> beginnings{"LD_", "OPENBLAS_", "OMP_", "DNNL_", "ATEN_"};
  return std::ranges::any_of(
      beginnings, [variable](std::string_view beginning) { return variable.starts_with(beginning); });
}

/// The environment of a run: this process's without the folder of real data, with these variables set.
std::vector<std::string> environment_with(const Variables& variables) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string name(text.substr(0, text.find('=')));
    if (name != "RELU0_DATA_DIR" && !variables.contains(name)) {
      environment.emplace_back(text);
    }
  }
  for (const auto& [name, value] : variables) {
    environment.push_back(fmt::format("{}={}", name, value));
  }
  return environment;
}

/// The status of a run that a server forks.
int status_of_served(const ServedCall& call) {
  static Relu0Server server;
  const ServedEnd end = server.run(call);
  note_processor_seconds(end.processor_seconds);
  return end.status;
}

/// The status of a process of its own, to which the signal is sent.
int status_of_executed(ServedCall call, const std::optional<Disturbance>& disturbance) {
  const std::vector<char*> arguments = pointers(call.arguments);
  const std::vector<char*> environment = pointers(call.environment);
  const pid_t child = fork();
  if (child < 0) {
    throw std::runtime_error("fork failed");
  }
  if (child == 0) {
    const int file = open(call.output.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execve(arguments[0], arguments.data(), environment.data());
    _exit(not_started);
  }
  if (disturbance) {
    std::this_thread::sleep_for(disturbance->after);
    const auto runs = [child] {
      siginfo_t ended{};
      return waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
             ended.si_pid == 0;
    };
    while (disturbance->ready && runs() && !disturbance->ready()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    kill(child, disturbance->signal);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace

ProcessEnd run_relu0(const std::vector<std::string>& arguments, const std::optional<Disturbance>& disturbance,
                     const Variables& variables) {
  const test::TemporaryFolder folder;
  ServedCall call{.folder = std::filesystem::current_path(),
                  .output = folder.path() / "output",
                  .arguments{RELU0_EXECUTABLE},
                  .environment = environment_with(variables)};
  call.arguments.insert(call.arguments.end(), arguments.begin(), arguments.end());
  const bool is_served =
      Relu0Server::can_serve && !disturbance && std::ranges::none_of(variables, [](const auto& variable) {
        return is_read_while_loading(variable.first);
      });
  const int status = is_served ? status_of_served(call) : status_of_executed(call, disturbance);
  ProcessEnd end;
  if (WIFEXITED(status)) {
    end.exit_code = WEXITSTATUS(status);
  } else {
    end.signal = WTERMSIG(status);
  }
  std::ifstream output(call.output);
  end.output.assign(std::istreambuf_iterator<char>(output), {});
  return end;
}

}  // namespace relu0::test
