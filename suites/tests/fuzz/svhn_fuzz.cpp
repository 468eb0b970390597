#include "fixtures/data/sets/svhn.hpp"
#include "suites/tests/fuzz/data_set_fuzz.hpp"

namespace relu0::test {

const FuzzedReader svhn_reader{"svhn", [](std::span<const std::uint8_t> bytes) {
                                 return fuzz_small_images("test_32x32.mat", bytes, load_svhn);
                               }};

}  // namespace relu0::test
