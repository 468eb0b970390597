#pragma once
#include <string>

namespace relu0::test {

/// What a shell command writes to its standard output; "" where it fails to start.
std::string output_of(const std::string& command);

/// Debian's interpreter: another python3 in PATH would not see Debian's packages.
inline constexpr const char* python = "/usr/bin/python3";

/// Whether that interpreter can import `modules` ("torch, numpy").
bool python_imports(const std::string& modules);

}  // namespace relu0::test
