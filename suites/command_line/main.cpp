#include "suites/command_line/command_line.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/command_line/standard_streams.hpp"

#include <algorithm>
#include <string_view>

namespace {

/// LibTorch takes about half a second to register its operators, before main() begins. A run that is
/// interrupted in that time ends like one that is interrupted later. Commands that do not ask InterruptGuard
/// keep the default, which ends the process.
void before_libraries(int argument_count, char** arguments, char** /*environment*/) {
  using namespace std::string_view_literals;
  const std::string_view command = argument_count > 1 ? arguments[1] : "";
  const bool is_self_test = std::any_of(arguments, arguments + argument_count,
                                        [](const char* argument) { return argument == "--self-test"sv; });
  if (command == "run" || (command == "gate" && !is_self_test)) {
    relu0::note_interrupts();
  }
}

/// The dynamic loader calls what is in this section before any library's own initialisation (System V ABI).
[[gnu::section(".preinit_array"), gnu::used]] void (*called_by_loader)(int, char**,
                                                                       char**) = before_libraries;

}  // namespace

int main(int argument_count, char** arguments) {
  relu0::open_standard_streams();
  return relu0::command_line(argument_count, arguments);
}
