// libFuzzer's entry point; the build names the reader (RELU0_FUZZED_READER) of each program.
#include "suites/tests/fuzz/readers.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const relu0::test::FuzzedReader& reader = [] {
    const auto readers = relu0::test::fuzzed_readers();
    return **std::find_if(readers.begin(), readers.end(), [](const relu0::test::FuzzedReader* candidate) {
      return candidate->name == RELU0_FUZZED_READER;
    });
  }();
  static_cast<void>(reader.read({data, size}));
  return 0;
}
