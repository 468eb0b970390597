#pragma once
#include "suites/tests/fixtures/data/data_files.hpp"
#include "suites/tests/fuzz/readers.hpp"

#include <stdexcept>

namespace relu0::test {

/// The input as the other tests have it.
inline Bytes to_bytes(std::span<const std::uint8_t> input) { return {input.begin(), input.end()}; }

/// Throws std::logic_error, which libFuzzer reports with the input, unless what a reader has returned is
/// whole.
inline void require(bool whole) {
  if (!whole) {
    throw std::logic_error("what the reader returned is not whole");
  }
}

}  // namespace relu0::test
