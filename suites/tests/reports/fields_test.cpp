#include "reports/codec/fields.hpp"

#include "fixtures/error.hpp"
#include "reports/codec/stored_values.hpp"
#include "suites/tests/reports/support.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::test {

enum class Colour { red, green };

std::string_view name(Colour colour) { return colour == Colour::red ? "red" : "green"; }

Colour parse_colour(std::string_view text) {
  if (text != "red" && text != "green") {
    throw InputError("'" + std::string(text) + "' is no colour");
  }
  return text == "red" ? Colour::red : Colour::green;
}

struct Leaf {
  Colour colour = Colour::red;
  double size = 0;
  bool operator==(const Leaf&) const = default;
};

void fields(Fields& f, Leaf& leaf) { f("size", leaf.size); }

struct Tree {
  bool tall = false;
  std::int8_t small = 0;
  std::uint64_t large = 0;
  double number = 0;
  std::string text;
  Colour colour = Colour::red;
  std::optional<std::int64_t> maybe;
  std::optional<double> left_out;
  std::vector<double> numbers;
  std::array<int, 2> pair{};
  std::map<std::string, int> by_text;
  std::map<int, std::vector<std::string>> by_number;
  std::vector<std::vector<std::optional<double>>> rows;
  std::vector<Leaf> leaves;
  std::optional<Leaf> nested;
  std::vector<double> packed;
  int later = 7;
  bool operator==(const Tree&) const = default;
};

void fields(Fields& f, Tree& tree) {
  f("tall", tree.tall);
  f("small", tree.small);
  f("large", tree.large);
  f("number", tree.number);
  f("text", tree.text);
  f.named("colour", tree.colour, parse_colour);
  f("maybe", tree.maybe);
  f.where_present("left_out", tree.left_out);
  f("numbers", tree.numbers);
  f("pair", tree.pair);
  f("by_text", tree.by_text);
  f("by_number", tree.by_number);
  f("rows", tree.rows);
  f.by_name("leaves", tree.leaves, &Leaf::colour, parse_colour);
  f("nested", tree.nested);
  f.packed("packed", tree.packed, PackedFormat::binary64);
  f.added_later("later", tree.later);
  f.require(tree.numbers.size() != 3, "numbers", "has three numbers");
}

namespace {

using nlohmann::json;
using testing::HasSubstr;

Tree full_tree() {
  return {.tall = true,
          .small = -128,
          .large = std::numeric_limits<std::uint64_t>::max(),
          .number = 0.1 + 0.2,
          .text = hostile,
          .colour = Colour::green,
          .maybe = std::numeric_limits<std::int64_t>::min(),
          .left_out = -0.0,
          .numbers = {1, 2},
          .pair = {3, -4},
          .by_text = {{"", 1}, {hostile, 2}},
          .by_number = {{-10, {}}, {9, {"a", ""}}},
          .rows = {{}, {std::nullopt, 1.5}},
          .leaves = {{.colour = Colour::green, .size = 1}, {.colour = Colour::red, .size = 2}},
          .nested = Leaf{.colour = Colour::red, .size = 3},
          .packed = {1, 0.1},
          .later = 8};
}

/// Through the text and the bytes that a store keeps.
Tree through_store(const Tree& tree) { return decode<Tree>(restored_values(stored_values(encode(tree)))); }

TEST(Fields, BringBackAllThatTheyWrote) {
  EXPECT_EQ(through_store(full_tree()), full_tree());
  EXPECT_EQ(through_store({}), Tree{});
}

TEST(Fields, KeepEveryBitOfANumber) {
  using limits = std::numeric_limits<double>;
  Tree tree;
  tree.numbers = {-0.0,          limits::denorm_min(), -limits::denorm_min(), limits::min(),
                  limits::max(), limits::infinity(),   -limits::infinity()};
  tree.packed = tree.numbers;
  tree.packed.push_back(std::nan("77"));
  const Tree back = through_store(tree);
  EXPECT_EQ(bits_of(back.numbers), bits_of(tree.numbers));
  EXPECT_EQ(bits_of(back.packed), bits_of(tree.packed));
  tree.number = limits::quiet_NaN();
  tree.rows = {{limits::quiet_NaN(), std::nullopt}};
  EXPECT_TRUE(std::isnan(through_store(tree).number));
  EXPECT_TRUE(std::isnan(through_store(tree).rows.at(0).at(0).value()));
  EXPECT_EQ(through_store(tree).rows.at(0).at(1), std::nullopt);
}

TEST(Fields, AreWrittenAsTheirListSays) {
  json object = encode(full_tree());
  EXPECT_EQ(object.at("colour"), "green");
  EXPECT_EQ(object.at("leaves"), (json{{"green", {{"size", 1.0}}}, {"red", {{"size", 2.0}}}}));
  EXPECT_EQ(object.at("by_number"), (json{{"-10", json::array()}, {"9", {"a", ""}}}));
  EXPECT_TRUE(object.at("numbers").at(0).is_number_float());
  Tree absent;
  object = encode(absent);
  EXPECT_TRUE(object.at("maybe").is_null());
  EXPECT_FALSE(object.contains("left_out"));
  EXPECT_EQ(field_names<Tree>().size(), 17U);
  EXPECT_EQ(field_names<Leaf>(), std::vector<std::string>{"size"});
}

TEST(Fields, ThatWereAddedLaterMayBeMissing) {
  json object = encode(full_tree());
  object.erase("later");
  EXPECT_EQ(decode<Tree>(object).later, 7);
  object["unknown"] = 1;
  EXPECT_EQ(decode<Tree>(object).pair, full_tree().pair);
}

TEST(Fields, ThatAreMissingAreNamed) {
  for (const std::string& field : field_names<Tree>()) {
    json object = encode(full_tree());
    object.erase(field);
    const std::string error = store_error_of([&] { decode<Tree>(object); });
    const bool may_lack = field == "later" || field == "left_out";
    EXPECT_EQ(error, may_lack ? "no StoreError" : field + ": is missing");
  }
}

TEST(Fields, OfAnotherKindAreNamedByTheirPlace) {
  const auto error_after = [](const std::string& pointer, const json& value) {
    json object = encode(full_tree());
    object[json::json_pointer(pointer)] = value;
    return store_error_of([&] { decode<Tree>(object); });
  };
  EXPECT_EQ(error_after("/tall", 1), "tall: expected true or false");
  EXPECT_EQ(error_after("/small", 1.0), "small: expected a whole number");
  EXPECT_THAT(error_after("/small", 128), HasSubstr("small: expected a whole number within other limits"));
  EXPECT_THAT(error_after("/small", std::numeric_limits<std::uint64_t>::max()), HasSubstr("small: "));
  EXPECT_THAT(error_after("/large", -1), HasSubstr("large: expected a whole number within other limits"));
  EXPECT_EQ(error_after("/number", "large"), "number: expected a number");
  EXPECT_EQ(error_after("/number", nullptr), "number: expected a number");
  EXPECT_EQ(error_after("/text", 3), "text: expected a text");
  EXPECT_EQ(error_after("/colour", "blue"), "colour: 'blue' is no colour");
  EXPECT_EQ(error_after("/maybe", "3"), "maybe: expected a whole number");
  EXPECT_EQ(error_after("/left_out", nullptr), "left_out: expected a number");
  EXPECT_EQ(error_after("/numbers/1", true), "numbers/1: expected a number");
  EXPECT_EQ(error_after("/numbers", 3), "numbers: expected a list");
  EXPECT_EQ(error_after("/numbers", {1, 2, 3}), "numbers: has three numbers");
  EXPECT_EQ(error_after("/pair", {1}), "pair: expected a list of 2");
  EXPECT_EQ(error_after("/by_text", json::array()), "by_text: expected an object");
  EXPECT_EQ(error_after("/by_number/many", json::array()), "by_number/many: expected a whole number as key");
  EXPECT_EQ(error_after("/by_number/9000000000", json::array()),
            "by_number/9000000000: is a key beyond the limits");
  EXPECT_EQ(error_after("/by_number/9/1", 3), "by_number/9/1: expected a text");
  EXPECT_EQ(error_after("/rows/1/1", "x"), "rows/1/1: expected a number");
  EXPECT_EQ(error_after("/leaves/green/size", json::array()), "leaves/green/size: expected a number");
  EXPECT_EQ(error_after("/leaves/blue", json::object()), "leaves/blue: 'blue' is no colour");
  EXPECT_EQ(error_after("/nested", "a leaf"), "nested: expected an object");
  EXPECT_EQ(error_after("/packed", {1, 2}), "packed: expected packed numbers");
  EXPECT_EQ(store_error_of([] { decode<Tree>("a tree"); }), "expected an object");
}

TEST(Fields, RefuseToWriteTwoItemsOfOneName) {
  Tree tree;
  tree.leaves.resize(2);
  EXPECT_THROW(encode(tree), std::logic_error);
}

}  // namespace
}  // namespace relu0::test
