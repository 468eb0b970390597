#include "reports/codec/stored_values.hpp"

#include "suites/tests/numbers.hpp"
#include "suites/tests/reports/support.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::infinity;

using nlohmann::json;
using test::bits_of;
using test::store_error_of;
using testing::HasSubstr;

/// What a row of a store before schema version 4 reads as.
json restored_text(const std::string& text) { return restored_values({.text = text, .numbers = {}}); }

TEST(StoredValues, KeepPackedNumbersBesideTheText) {
  const json values{{"a", {json(1), pack_numbers({1, -2}, PackedFormat::binary32)}},
                    {"b/~c", pack_numbers({}, PackedFormat::binary64)}};
  const StoredValues stored = stored_values(values);
  EXPECT_EQ(stored.text, R"({"a":[1,{"packed":"binary32"}],"b/~c":{"packed":"binary64"}})");
  ASSERT_EQ(stored.numbers.size(), 2U);
  EXPECT_EQ(stored.numbers[0].path, "/a/1");
  EXPECT_EQ(stored.numbers[0].bytes.size(), 8U);
  EXPECT_EQ(stored.numbers[1].path, "/b~1~0c");
  EXPECT_EQ(restored_values(stored), values);
}

TEST(StoredValues, MayBePackedNumbersAndNothingElse) {
  const json values = pack_numbers({0.1}, PackedFormat::binary64);
  EXPECT_EQ(stored_values(values).numbers.at(0).path, "");
  EXPECT_EQ(restored_values(stored_values(values)), values);
}

TEST(StoredValues, HaveWordsForNumbersThatJsonLacks) {
  EXPECT_EQ(stored_values({std::nan(""), infinity, -infinity, -0.0}).text,
            R"(["NaN","Infinity","-Infinity",-0.0])");
}

TEST(StoredValues, OfEachOlderEncodingAreTheSame) {
  const std::string today = canonical_text({std::nan(""), infinity, -infinity});
  EXPECT_EQ(canonical_text(restored_text(R"(["NaN","Infinity","-Infinity"])")), today);
  EXPECT_EQ(canonical_text(restored_text(R"(["nan","inf","-inf"])")), today);
  const std::string base64 = R"({"encoding":"base64 of little-endian binary32","values":"AACAPwAAAMA="})";
  EXPECT_EQ(restored_text(base64), pack_numbers({1, -2}, PackedFormat::binary32));
  // Python's base64.b64encode(struct.pack("<d", -0.0)), and nothing at all.
  EXPECT_EQ(bits_of(unpack_numbers(
                restored_text(R"({"encoding":"base64 of little-endian binary64","values":"AAAAAAAAAIA="})"))),
            bits_of({-0.0}));
  EXPECT_EQ(restored_text(R"({"encoding":"base64 of little-endian binary64","values":""})"),
            pack_numbers({}, PackedFormat::binary64));
}

TEST(StoredValues, ThatAreDamagedAreNamedByTheirPlace) {
  for (const char* values : {"AACAPwAAAM", "AACAPwAA", "AACA?wAAAMA=", "====", "A==="}) {
    const json damaged{{"fp32", {{"encoding", "base64 of little-endian binary32"}, {"values", values}}}};
    EXPECT_THAT(store_error_of([&] { restored_text(damaged.dump()); }), HasSubstr("fp32: ")) << values;
  }
  EXPECT_THAT(store_error_of([] { restored_text("{"); }), HasSubstr("no JSON"));
  StoredValues stored = stored_values({{"fp32", pack_numbers({1}, PackedFormat::binary32)}});
  const StoredValues whole = stored;
  stored.numbers[0].bytes.pop_back();
  EXPECT_THAT(store_error_of([&] { restored_values(stored); }), HasSubstr("/fp32: 3 bytes"));
  for (const char* text : {"{}", R"({"fp32":1})", R"({"fp32":{"packed":"binary16"}})", "3"}) {
    stored = whole;
    stored.text = text;
    EXPECT_THAT(store_error_of([&] { restored_values(stored); }), HasSubstr("/fp32: ")) << text;
  }
  stored = whole;
  stored.numbers[0].path = "fp32";
  EXPECT_NE(store_error_of([&] { restored_values(stored); }), "no StoreError");
}

TEST(StoredValues, AreRefusedWhereTheyWouldNotComeBack) {
  for (const json& values : {json("NaN"), json{{"a", {"Infinity"}}}, json("-Infinity"), json("nan"),
                             json("inf"), json("-inf"), json::binary({1, 2}), json::binary({1, 2}, 32),
                             json("not \xFF UTF-8"), json(json::value_t::discarded),
                             json{{"encoding", "base64 of little-endian binary64"}, {"values", ""}}}) {
    EXPECT_THROW(stored_values(values), std::invalid_argument);
  }
  const json alike{{"encoding", "base64"}, {"values", ""}};
  EXPECT_EQ(restored_values(stored_values(alike)), alike);
  const json unrelated{{"packed", "binary32"}};
  EXPECT_EQ(restored_values(stored_values(unrelated)), unrelated);
}

TEST(CanonicalText, TellsValuesApartByTheirBits) {
  EXPECT_EQ(canonical_text(std::nan("1")), canonical_text(-std::nan("2")));
  EXPECT_NE(canonical_text(0.0), canonical_text(-0.0));
  EXPECT_NE(canonical_text(std::nan("")), canonical_text(infinity));
  EXPECT_NE(canonical_text(nullptr), canonical_text(std::nan("")));
  EXPECT_NE(canonical_text(pack_numbers({1}, PackedFormat::binary32)),
            canonical_text(pack_numbers({1}, PackedFormat::binary64)));
  EXPECT_NE(canonical_text(pack_numbers({0}, PackedFormat::binary64)),
            canonical_text(pack_numbers({-0.0}, PackedFormat::binary64)));
}

TEST(ReadableValues, ListPackedNumbers) {
  EXPECT_EQ(
      readable_values({{"a", pack_numbers({1, 0.5, infinity}, PackedFormat::binary32)}, {"b", -infinity}}),
      (json{{"a", {1.0, 0.5, "Infinity"}}, {"b", "-Infinity"}}));
}

}  // namespace
}  // namespace relu0
