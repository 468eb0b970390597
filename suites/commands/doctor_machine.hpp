#pragma once
#include <string>

namespace relu0::commands {

/// Prints what this process measures with, all but the data: processor, libraries and their instruction sets,
/// the variables that steer them, how it rounds; and what would make it better.
void print_machine();

/// Prints a line of advice below what it is about.
void advise(const std::string& text);

}  // namespace relu0::commands
