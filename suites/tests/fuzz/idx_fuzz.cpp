#include "fixtures/data/files/idx.hpp"
#include "fixtures/error.hpp"
#include "suites/tests/fuzz/fuzz_input.hpp"

namespace relu0::test {
namespace {

/// IDX files of one and of three dimensions, plain and as gzip.
bool reads_idx(std::span<const std::uint8_t> bytes) {
  static const DataFolder folder;
  bool taken = false;
  for (const char* name : {"input", "input.gz"}) {
    const std::filesystem::path file = folder.write(name, to_bytes(bytes));
    for (const std::size_t rank : {std::size_t{1}, std::size_t{3}}) {
      try {
        const Idx idx = read_idx(file, rank);
        std::int64_t count = 1;
        for (const std::int64_t extent : idx.extents) {
          count *= extent;
        }
        require(idx.extents.size() == rank && std::ssize(idx.values) == count);
        taken = true;
      } catch (const InputError&) {
        continue;  // refused by name
      }
    }
  }
  return taken;
}

}  // namespace

const FuzzedReader idx_reader{"idx", reads_idx};

}  // namespace relu0::test
