#pragma once
#include <string_view>

namespace relu0 {

/// Opens /dev/null in the place of standard input, output and error where the caller closed them ("2>&-"): a
/// file that is opened later would take their number, and get what is printed. Call it first of all.
void open_standard_streams();

/// Prints a text to standard error as it is; where that fails (a full disk, a closed pipe) nothing else does.
void print_to_stderr(std::string_view text);

/// "relu0: message" and the end of the line, in the same way.
void print_error(std::string_view message);

}  // namespace relu0
