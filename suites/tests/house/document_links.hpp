#pragma once
#include "suites/tests/house/rules.hpp"

#include <filesystem>
#include <vector>

namespace relu0::house {

/// Links of the Markdown files among `tracked` that lead nowhere in the tree below `root`: to a file that is
/// not there, or to a heading that its file does not have. Links to other hosts are not followed, and what
/// stands in a block of code is no link. A heading's anchor is what GitHub makes of it: lower case, blanks as
/// '-', without punctuation.
Violations broken_links(const std::filesystem::path& root, const std::vector<std::filesystem::path>& tracked);

}  // namespace relu0::house
