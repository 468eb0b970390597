#include "fixtures/data/sets/svhn.hpp"
#include "suites/tests/fuzz/data_set_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  relu0::test::fuzz_small_images("test_32x32.mat", data, size, relu0::load_svhn);
  return 0;
}
