#include "suites/measurements/packed_numbers.hpp"

#include "reports/store/store.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<std::uint64_t> bits_of(const std::vector<double>& values) {
  std::vector<std::uint64_t> bits;
  for (const double value : values) {
    bits.push_back(std::bit_cast<std::uint64_t>(value));
  }
  return bits;
}

TEST(PackedNumbers, ComeBackWithTheirBits) {
  const std::vector<double> narrow{0, -0.0, 1, 0.1F, -0x1p-149, infinity, -infinity};
  std::vector<double> wide = narrow;
  wide.insert(wide.end(), {0.1, 5e-324, -1e300});
  // Each number of bytes that may be left over.
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

/// As Python's base64.b64encode(struct.pack("<2f", 1, -2)) and ("<d", 1).
TEST(PackedNumbers, AreWhatOtherToolsRead) {
  EXPECT_EQ(pack_numbers({1, -2}, PackedFormat::binary32),
            (nlohmann::json{{"encoding", "base64 of little-endian binary32"}, {"values", "AACAPwAAAMA="}}));
  EXPECT_EQ(pack_numbers({1}, PackedFormat::binary64).at("values"), "AAAAAAAA8D8=");
}

TEST(PackedNumbers, OfTooManyBitsAreRefused) {
  EXPECT_THROW(pack_numbers({0.1}, PackedFormat::binary32), std::logic_error);
}

TEST(PackedNumbers, ThatAreDamagedAreRefused) {
  const nlohmann::json whole = pack_numbers({1, -2}, PackedFormat::binary32);
  for (const char* values : {"AACAPwAAAM", "AACAPwAA", "AACA?wAAAMA=", "====", "A==="}) {
    nlohmann::json damaged = whole;
    damaged["values"] = values;
    EXPECT_THROW(unpack_numbers(damaged), StoreError) << values;
  }
  nlohmann::json other = whole;
  other["encoding"] = "hex";
  EXPECT_THROW(unpack_numbers(other), StoreError);
  other.erase("values");
  EXPECT_THROW(unpack_numbers(other), nlohmann::json::exception);
}

}  // namespace
}  // namespace relu0
