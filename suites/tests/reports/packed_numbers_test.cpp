#include "reports/codec/packed_numbers.hpp"

#include "suites/tests/numbers.hpp"
#include "suites/tests/reports/support.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::infinity;

using nlohmann::json;
using test::bits_of;
using test::store_error_of;

TEST(PackedNumbers, ComeBackWithTheirBits) {
  const std::vector<double> narrow{0, -0.0, 1, 0.1F, -0x1p-149, infinity, -infinity};
  std::vector<double> wide = narrow;
  wide.insert(wide.end(), {0.1, 5e-324, -1e300});
  for (std::size_t count = 0; count <= narrow.size(); ++count) {
    const std::vector<double> some(narrow.begin(), narrow.begin() + static_cast<std::ptrdiff_t>(count));
    EXPECT_EQ(bits_of(unpack_numbers(pack_numbers(some, PackedFormat::binary32))), bits_of(some));
    EXPECT_EQ(bits_of(unpack_numbers(pack_numbers(some, PackedFormat::binary64))), bits_of(some));
  }
  EXPECT_EQ(bits_of(unpack_numbers(pack_numbers(wide, PackedFormat::binary64))), bits_of(wide));
  for (const PackedFormat format : {PackedFormat::binary32, PackedFormat::binary64}) {
    EXPECT_TRUE(std::isnan(unpack_numbers(pack_numbers({std::nan("")}, format)).at(0)));
  }
}

TEST(PackedNumbers, KeepThePayloadOfANaN) {
  const std::vector<double> payload{std::nan("123")};
  EXPECT_EQ(bits_of(unpack_numbers(pack_numbers(payload, PackedFormat::binary64))), bits_of(payload));
}

/// As Python's struct.pack("<2f", 1, -2) and ("<d", 1).
TEST(PackedNumbers, AreWhatOtherToolsRead) {
  using Bytes = std::vector<std::uint8_t>;
  EXPECT_EQ(Bytes(pack_numbers({1, -2}, PackedFormat::binary32).get_binary()),
            (Bytes{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}));
  EXPECT_EQ(Bytes(pack_numbers({1}, PackedFormat::binary64).get_binary()),
            (Bytes{0, 0, 0, 0, 0, 0, 0xf0, 0x3f}));
}

TEST(PackedNumbers, OfTooManyBitsAreRefused) {
  EXPECT_THROW(pack_numbers({0.1}, PackedFormat::binary32), std::logic_error);
}

TEST(PackedNumbers, ThatAreDamagedAreRefusedByPlace) {
  const Place root;
  const Place place(root, "fp32");
  for (const json& damaged :
       {json(3), json::array({1.0}), json::binary({0, 0, 0x80, 0x3f}), json::binary({0, 0, 0x80, 0x3f}, 16),
        json::binary({0, 0, 0x80}, 32), json::binary({0, 0, 0x80, 0x3f}, 64)}) {
    EXPECT_EQ(store_error_of([&] { unpack_numbers(damaged, place); }), "fp32: expected packed numbers");
  }
  EXPECT_THAT(store_error_of([&] {
                packed_bytes({1, 2, 3}, PackedFormat::binary32, place);
              }),
              testing::HasSubstr("fp32: 3 bytes are no whole number of binary32 numbers"));
}

}  // namespace
}  // namespace relu0
