#pragma once
#include "suites/tests/house/rules.hpp"

#include <filesystem>

namespace relu0::house {

/// README.md, "How to add …": each row of its table names the files that one thing takes, with "<name>" for
/// the thing's name and "*" for one folder, and the lists that name it. Reported are patterns without a file,
/// rows that describe fewer than two things, and things that have all files of a row and are missing in one
/// of its lists: by their file name, its words joined ("leaky_relu" as "leaky_relu", "leakyrelu" or
/// "leaky-relu").
Violations broken_how_to_add(const std::filesystem::path& root);

}  // namespace relu0::house
