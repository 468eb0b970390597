#include "analysis/gate/batches/pickled_items.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

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

TEST(PickledItems, StayWhereAPickleIsCutOrUnknown) {
  for (const Single& single : singles()) {
    for (std::size_t length = 0; length < single.pickle.size(); ++length) {
      const std::string cut = single.pickle.substr(0, length);
      EXPECT_EQ(with_grouped_items(cut), cut);
    }
  }
  using namespace std::string_view_literals;
  for (const std::string_view damaged : {"a."sv, "Na."sv, "](a."sv, "}Ns."sv, "e."sv, "]\xffNa."sv,
                                         "X\xff\xff\xff\xff"sv, "cmodule\nname"sv}) {
    const std::string pickle(damaged);
    EXPECT_TRUE(with_grouped_items(pickle) == pickle || pickle == "Na.") << pickle;
  }
}

TEST(PickledItems, SurviveEveryOtherByte) {
  for (const Single& single : singles()) {
    for (std::size_t at = 0; at < single.pickle.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string damaged = single.pickle;
        damaged[at] = static_cast<char>(byte);
        EXPECT_LE(with_grouped_items(damaged).size(), 2 * damaged.size()) << at << ", " << byte;
      }
    }
  }
}

}  // namespace
}  // namespace relu0::gate
