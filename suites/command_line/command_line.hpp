#pragma once

namespace relu0 {

/// Parses the arguments of `relu0`, runs the subcommand and returns its exit code. Nothing is thrown: every
/// error becomes a message on stderr and an exit code.
int command_line(int argument_count, const char* const* arguments);

}  // namespace relu0
