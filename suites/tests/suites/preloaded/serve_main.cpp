// Loaded before relu0 by tests (LD_PRELOAD): in the place of main() the process serves. For each message on
// the socket of the descriptor `server_descriptor` it forks a process which calls relu0's own main() with the
// arguments of the message, and answers how that ended. Loading LibTorch takes a process close to a second, a
// fork some milliseconds.
#include "suites/tests/suites/run/process/served_call.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using Main = int(int, char**, char**);
using StartMain = int(Main*, int, char**, void (*)(), void (*)(), void (*)(), void*);

Main* main_of_relu0 = nullptr;

/// Becomes the process that the call asks for, and ends as its main() does, but without the destructors of
/// what is static: LibTorch's take longer than many a call. Processes that are not served have them.
[[noreturn]] void run(relu0::test::ServedCall& call) {
  const int output = open(call.output.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0 ||
      chdir(call.folder.c_str()) != 0 || clearenv() != 0) {
    _exit(relu0::test::not_started);
  }
  for (std::string& variable : call.environment) {
    (void)putenv(variable.data());
  }
  std::vector<char*> arguments = relu0::test::pointers(call.arguments);
  const int status = main_of_relu0(static_cast<int>(call.arguments.size()), arguments.data(), environ);
  std::cout.flush();
  (void)std::fflush(nullptr);
  _exit(status);
}

int serve(int /*argument_count*/, char** /*arguments*/, char** /*environment*/) {
  std::vector<char> message(relu0::test::largest_message);
  while (true) {
    const ssize_t size = recv(relu0::test::server_descriptor, message.data(), message.size(), MSG_TRUNC);
    if (size <= 0 || size > static_cast<ssize_t>(message.size())) {
      // The test's process has ended; or what it sent is none of its calls.
      return size == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    relu0::test::ServedCall call = relu0::test::decode_call({message.data(), static_cast<std::size_t>(size)});
    const pid_t process = fork();
    if (process == 0) {
      close(relu0::test::server_descriptor);
      run(call);
    }
    relu0::test::ServedEnd end{};
    rusage usage{};
    if (process < 0 || wait4(process, &end.status, 0, &usage) != process) {
      return EXIT_FAILURE;
    }
    end.processor_seconds = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                            1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    if (send(relu0::test::server_descriptor, &end, sizeof end, MSG_NOSIGNAL) != sizeof end) {
      return EXIT_FAILURE;
    }
  }
}

}  // namespace

/// What the start of every executable calls with its main() (glibc). Its other arguments are passed on.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the name is glibc's
extern "C" int __libc_start_main(Main* main_function, int argument_count, char** arguments, void (*begin)(),
                                 void (*end)(), void (*end_of_loader)(), void* stack_end) {
  main_of_relu0 = main_function;
  auto* const start_main = reinterpret_cast<StartMain*>(dlsym(RTLD_NEXT, "__libc_start_main"));
  return start_main(serve, argument_count, arguments, begin, end, end_of_loader, stack_end);
}
