#include "fixtures/data/sets/cifar10.hpp"
#include "suites/tests/fuzz/data_set_fuzz.hpp"

namespace relu0::test {

const FuzzedReader cifar10_reader{"cifar10", [](std::span<const std::uint8_t> bytes) {
                                    return fuzz_small_images("test_batch.bin", bytes, load_cifar10);
                                  }};

}  // namespace relu0::test
