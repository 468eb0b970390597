#include "analysis/gate/batches/pickled_items.hpp"

#include "suites/tests/input_error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

std::string text(std::string_view bytes) { return std::string(bytes); }

struct Single {
  std::string pickle;
  std::string grouped;
};

std::vector<Single> singles() {
  using namespace std::string_view_literals;
  return {
      {text("\x80\x02]q\x00K\x01"
            "a."sv),
       text("\x80\x02]q\x00(K\x01"
            "e."sv)},
      // [[1], (2, 3)]: what is in a group already stays in it.
      {text("](]K\x01"
            "aK\x02K\x03\x86"
            "e."sv),
       text("](](K\x01"
            "eK\x02K\x03\x86"
            "e."sv)},
      // [[[1]]]
      {text("]]]K\x01"
            "aaa."sv),
       text("](](](K\x01"
            "eee."sv)},
      // {"k": [N]}: an 'a' and an 's' in a text are no opcodes.
      {text("}X\x02\x00\x00\x00"
            "as]Nas."sv),
       text("}(X\x02\x00\x00\x00"
            "as](Neu."sv)},
      // [f((1, 2))], built by a call of what a module names.
      {text("]cmodule\nname\n(K\x01K\x02tRa."sv), text("](cmodule\nname\n(K\x01K\x02tRe."sv)},
  };
}

TEST(PickledItems, BecomeGroups) {
  for (const Single& single : singles()) {
    EXPECT_EQ(with_grouped_items(single.pickle), single.grouped);
    EXPECT_EQ(with_grouped_items(single.grouped), single.grouped) << "nothing is left to do";
  }
}

std::string refusal(const std::string& pickle) {
  return relu0::test::input_error_of([&pickle] { (void)with_grouped_items(pickle); });
}

TEST(PickledItems, AreRefusedWhereAPickleIsCut) {
  for (const Single& single : singles()) {
    for (std::size_t length = 0; length < single.pickle.size(); ++length) {
      EXPECT_THAT(refusal(single.pickle.substr(0, length)), testing::StartsWith("its pickle ")) << length;
    }
  }
}

TEST(PickledItems, AreRefusedWhereAPickleIsNone) {
  using namespace std::string_view_literals;
  for (const auto& [pickle, why] : {std::pair{"a."sv, "did not make"},
                                    {"Na."sv, "changes a value"},
                                    {"](a."sv, "a mark for a value"},
                                    {"}Ns."sv, "changes a value"},
                                    {"e."sv, "did not make"},
                                    {"]\xffNa."sv, "the opcode 0xff"},
                                    {"X\xff\xff\xff\xff."sv, "ends early"},
                                    {"cmodule\nname"sv, "ends early"},
                                    {"h\x01."sv, "did not keep"},
                                    {"q\x01."sv, "did not make"}}) {
    EXPECT_THAT(refusal(text(pickle)), testing::HasSubstr(why)) << pickle;
  }
}

TEST(PickledItems, AreNotNestedDeeplyOrInThemselves) {
  using namespace std::string_view_literals;
  const auto nested = [](int times) {
    const auto count = static_cast<std::size_t>(times);
    return std::string(count, ']') + "N" + std::string(count, 'a') + ".";
  };
  EXPECT_NO_THROW((void)with_grouped_items(nested(99)));
  EXPECT_THAT(refusal(nested(100'000)), testing::HasSubstr("more than 100 deep"));
  EXPECT_THAT(refusal("N" + std::string(100'000, '\x85') + "."), testing::HasSubstr("more than 100 deep"));
  // A list in itself, and in a tuple in itself; a list that grows after it became a part of another.
  EXPECT_THAT(refusal(text("]q\x00h\x00"
                           "a."sv)),
              testing::HasSubstr("still making"));
  EXPECT_THAT(refusal(text("]q\x00h\x00\x85"
                           "a."sv)),
              testing::HasSubstr("still making"));
  EXPECT_THAT(refusal(text("]]q\x00"
                           "ah\x00Na0."sv)),
              testing::HasSubstr("changes a value"));
  // The same value twice is no such thing.
  EXPECT_EQ(with_grouped_items(text("](]q\x00h\x00"
                                    "e."sv)),
            text("](]q\x00h\x00"
                 "e."sv));
}

TEST(PickledItems, SurviveEveryOtherByte) {
  for (const Single& single : singles()) {
    for (std::size_t at = 0; at < single.pickle.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string damaged = single.pickle;
        damaged[at] = static_cast<char>(byte);
        try {
          EXPECT_LE(with_grouped_items(damaged).size(), 2 * damaged.size()) << at << ", " << byte;
        } catch (const InputError& error) {
          EXPECT_THAT(error.what(), testing::StartsWith("its pickle ")) << at << ", " << byte;
        }
      }
    }
  }
}

}  // namespace
}  // namespace relu0::gate
