#include "suites/tests/suites/run/process.hpp"

#include "suites/tests/temporary_folder.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace relu0::test {

ProcessEnd run_relu0(const std::vector<std::string>& arguments, std::optional<Disturbance> disturbance,
                     const Variables& variables) {
  const test::TemporaryFolder folder;
  const std::string output_file = folder.path() / "output";
  std::vector<std::string> words{RELU0_EXECUTABLE};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) {
    throw std::runtime_error("fork failed");
  }
  if (child == 0) {
    const int file = open(output_file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    unsetenv("RELU0_DATA_DIR");
    for (const auto& [name, value] : variables) {
      setenv(name.c_str(), value.c_str(), 1);
    }
    execv(pointers[0], pointers.data());
    _exit(127);
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
  ProcessEnd end;
  if (WIFEXITED(status)) {
    end.exit_code = WEXITSTATUS(status);
  } else {
    end.signal = WTERMSIG(status);
  }
  std::ifstream output(output_file);
  end.output.assign(std::istreambuf_iterator<char>(output), {});
  return end;
}

}  // namespace relu0::test
