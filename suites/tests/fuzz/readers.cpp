#include "suites/tests/fuzz/readers.hpp"

#include <array>

namespace relu0::test {

std::span<const FuzzedReader* const> fuzzed_readers() {
  static constexpr std::array readers{&cifar10_reader, &idx_reader, &image_reader, &onnx_reader,
                                      &svhn_reader};
  return readers;
}

}  // namespace relu0::test
