#include "fixtures/data/images/decode_image.hpp"
#include "suites/tests/fuzz/fuzz_input.hpp"

#include <zlib.h>

using namespace relu0;

namespace {

void decode(const test::Bytes& file) {
  try {
    const Image image = decode_image(file);
    test::require(image.channels == 3 && image.height > 0 && image.width > 0 &&
                  image.pixels.size() == 3 * image.height * image.width);
  } catch (const ImageRefused&) {
    return;
  }
}

/// Of a PNG, the chunks with right checksums: otherwise nothing that has been changed gets past them.
test::Bytes with_right_checksums(test::Bytes png) {
  constexpr std::size_t signature = 8;
  std::size_t at = signature;
  while (at + 12 <= png.size()) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length = length << 8U | png[at + i];
    }
    if (length > png.size() - at - 12) {
      break;
    }
    const unsigned long checksum = crc32(0, png.data() + at + 4, static_cast<uInt>(4 + length));
    for (std::size_t i = 0; i < 4; ++i) {
      png[at + 8 + length + i] = static_cast<std::uint8_t>(checksum >> (24 - 8 * i));
    }
    at += 12 + length;
  }
  return png;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const test::Bytes file = test::to_bytes(data, size);
  decode(file);
  if (size > 0 && data[0] == 0x89) {
    decode(with_right_checksums(file));
  }
  return 0;
}
