#pragma once
#include "suites/command_line/exit_code.hpp"

#include <functional>

namespace CLI {
class App;
}

namespace relu0 {

/// Adds the subcommand `gate`, which sets `action` where it is chosen. What it throws when it is called:
/// InputError for arguments that are refused, and what commands::gate() throws.
void add_gate(CLI::App& app, std::function<ExitCode()>& action);

}  // namespace relu0
