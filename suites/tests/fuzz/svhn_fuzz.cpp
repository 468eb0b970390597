#include "fixtures/error.hpp"
#include "fixtures/svhn.hpp"
#include "suites/tests/fuzz/fuzz_input.hpp"

using namespace relu0;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const test::TemporaryFolder folder;
  static_cast<void>(folder.write("test_32x32.mat", test::to_bytes(data, size)));
  try {
    const Dataset dataset = load_svhn(folder.path(), Split::test);
    test::require(dataset.size() > 0 && std::ssize(dataset.images) == 3072 * dataset.size());
    for (const std::uint8_t label : dataset.labels) {
      test::require(label < 10);
    }
  } catch (const InputError&) {
    return 0;  // refused by name
  }
  return 0;
}
