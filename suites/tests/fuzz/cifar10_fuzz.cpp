#include "fixtures/data/sets/cifar10.hpp"
#include "suites/tests/fuzz/data_set_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  relu0::test::fuzz_small_images("test_batch.bin", data, size, relu0::load_cifar10);
  return 0;
}
