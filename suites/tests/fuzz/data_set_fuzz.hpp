#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/error.hpp"
#include "suites/tests/fuzz/fuzz_input.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace relu0::test {

/// Reads the fuzzer's bytes as the file of that name: refused by name, or images of 3 × 32 × 32 with labels
/// below 10.
inline void fuzz_small_images(const std::string& file, const std::uint8_t* data, std::size_t size,
                              Dataset (*load)(const std::filesystem::path& folder, Split split)) {
  static const TemporaryFolder folder;
  static_cast<void>(folder.write(file, to_bytes(data, size)));
  try {
    const Dataset dataset = load(folder.path(), Split::test);
    require(dataset.size() > 0 && std::ssize(dataset.images) == 3072 * dataset.size());
    for (const std::uint8_t label : dataset.labels) {
      require(label < 10);
    }
  } catch (const InputError&) {
    return;
  }
}

}  // namespace relu0::test
