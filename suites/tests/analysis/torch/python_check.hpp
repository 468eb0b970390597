#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/network/network.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace relu0::test {

/// The mini-batch that the Python scripts make: value i is ((i + shift) · 37 mod 256) / 256, the label of
/// sample j is j mod classes.
Batch patterned_batch(const Network& network, std::int64_t samples, std::int64_t shift = 0);

/// CRC-32 of the values' bytes, as zlib.crc32(tensor.double().numpy().tobytes()) gives it in Python, in the
/// scripts' eight hexadecimal digits.
std::string checksum(const std::vector<double>& values);

}  // namespace relu0::test
