#include "fixtures/data/images/decode_image.hpp"
#include "suites/tests/fuzz/fuzz_input.hpp"

#include <zlib.h>

namespace relu0::test {
namespace {

bool decode(const Bytes& file) {
  try {
    const Image image = decode_image(file);
    require(image.channels == 3 && image.height > 0 && image.width > 0 &&
            image.pixels.size() == 3 * image.height * image.width);
    return true;
  } catch (const ImageRefused&) {
    return false;
  }
}

/// The PNG with right checksums in its chunks: otherwise nothing that has been changed gets past them.
Bytes with_right_checksums(Bytes png) {
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

bool reads_image(std::span<const std::uint8_t> bytes) {
  const Bytes file = to_bytes(bytes);
  const bool taken = decode(file);
  const bool is_png = !file.empty() && file.front() == 0x89;
  return (is_png && decode(with_right_checksums(file))) || taken;
}

}  // namespace

const FuzzedReader image_reader{"image", reads_image};

}  // namespace relu0::test
