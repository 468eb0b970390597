#include "fixtures/data/files/idx.hpp"
#include "fixtures/error.hpp"
#include "suites/tests/fuzz/fuzz_input.hpp"

using namespace relu0;

/// IDX files of one and of three dimensions, plain and as gzip.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const test::TemporaryFolder folder;
  for (const char* name : {"input", "input.gz"}) {
    const std::filesystem::path file = folder.write(name, test::to_bytes(data, size));
    for (const std::size_t rank : {std::size_t{1}, std::size_t{3}}) {
      try {
        const Idx idx = read_idx(file, rank);
        std::int64_t count = 1;
        for (const std::int64_t extent : idx.extents) {
          count *= extent;
        }
        test::require(idx.extents.size() == rank && std::ssize(idx.values) == count);
      } catch (const InputError&) {
        continue;  // refused by name
      }
    }
  }
  return 0;
}
