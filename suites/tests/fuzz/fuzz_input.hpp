#pragma once
#include "suites/tests/fixtures/data/data_files.hpp"

#include <cstddef>
#include <cstdint>

namespace relu0::test {

/// libFuzzer's input as the other tests have it.
inline Bytes to_bytes(const std::uint8_t* data, std::size_t size) { return {data, data + size}; }

/// Ends the process, which libFuzzer reports with the input, unless what a reader has returned is whole.
inline void require(bool whole) {
  if (!whole) {
    __builtin_trap();
  }
}

}  // namespace relu0::test
