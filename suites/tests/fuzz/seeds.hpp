#pragma once
#include "suites/tests/fixtures/data/data_files.hpp"

#include <map>
#include <string>
#include <vector>

namespace relu0::test {

/// Small files that each reader takes, from which libFuzzer starts: by reader, then by name.
std::map<std::string, std::map<std::string, Bytes>> seeds();

/// The seed with one thing wrong each time: cut off within its first bytes or at a sixteenth of its length,
/// longer than it says, or one of its first bytes another. At most 402 inputs, always the same.
std::vector<Bytes> damaged(const Bytes& seed);

}  // namespace relu0::test
