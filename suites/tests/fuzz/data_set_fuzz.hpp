#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/error.hpp"
#include "suites/tests/fuzz/fuzz_input.hpp"

#include <filesystem>
#include <string>

namespace relu0::test {

/// Reads the bytes as the file of that name: whether they are images of 3 × 32 × 32 with labels below 10, or
/// refused by name.
inline bool fuzz_small_images(const std::string& file, std::span<const std::uint8_t> bytes,
                              Dataset (*load)(const std::filesystem::path& folder, Split split)) {
  static const DataFolder folder;
  static_cast<void>(folder.write(file, to_bytes(bytes)));
  try {
    const Dataset dataset = load(folder.path(), Split::test);
    require(dataset.size() > 0 && std::ssize(dataset.images) == 3072 * dataset.size());
    for (const std::uint8_t label : dataset.labels) {
      require(label < 10);
    }
    return true;
  } catch (const InputError&) {
    return false;
  }
}

}  // namespace relu0::test
