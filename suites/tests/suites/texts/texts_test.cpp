// How text files are read, and what is refused.
#include "suites/texts/texts.hpp"

#include <functional>
#include <stdexcept>
#include <tuple>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

/// What the logic_error says that `action` must throw.
std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Texts, AreNamedByTheirTablesAndFoldTheirLines) {
  EXPECT_THAT(parse_texts("depth",
                          "title = 'Depth'  # a comment\n"
                          "[figure]\n"
                          "caption = \"\"\"\n"
                          "One line,  \n"
                          "   another:\t\n"
                          "\n"
                          "ein Maß.\n"
                          "\"\"\"\n"
                          "[figure.inner]\n"
                          "empty = ''\n"),
              ElementsAre(Pair("figure.caption", "One line, another: ein Maß."),
                          Pair("figure.inner.empty", ""), Pair("title", "Depth")));
}

TEST(Texts, NameTheirArguments) {
  EXPECT_THAT(text_arguments("{a} of {b_2:.3f}, {{braces}}, {a:>5}"), ElementsAre("a", "b_2"));
  EXPECT_THAT(text_arguments("none"), IsEmpty());
}

TEST(Texts, RefuseWhatIsNoTextFile) {
  EXPECT_THAT(error_of([] { parse_texts("depth", "title = 'a'\ntitle = 'b'\n"); }),
              ::testing::StartsWith("depth.toml:2: "));
  EXPECT_EQ(error_of([] { parse_texts("depth", "\n[figure]\nbars = 3\n"); }),
            "depth.toml:3: 'figure.bars' is not a text");
}

TEST(Texts, RefuseArgumentsWithoutNameAndSingleBraces) {
  for (const char* field : {"{}", "{0}", "{:.2f}", "{two words}", "{a-b}"}) {
    EXPECT_THAT(error_of([&] { text_arguments(field); }), ::testing::HasSubstr("does not name its argument"))
        << field;
  }
  for (const char* text : {"open {", "close }", "{a {b}}", "{a:{width}}", "{a"}) {
    EXPECT_THAT(error_of([&] { text_arguments(text); }), ::testing::StartsWith("a brace stands alone"))
        << text;
  }
  EXPECT_EQ(error_of([] { parse_texts("depth", "title = '{}'"); }),
            "depth.toml:1: 'title': '{}' does not name its argument; write letters, digits and _, as in "
            "{networks}");
}

TEST(Texts, PutArgumentsInPlace) {
  EXPECT_EQ(Texts{"shared-levels"}("claim.grows", "factor"_a = "hidden layers"),
            "the share of θ whose gradient depends on s grows with the number of hidden layers");
}

TEST(Texts, RefuseWhatTheFilesDoNotHave) {
  EXPECT_EQ(error_of([] { std::ignore = Texts{"no-such-file"}("title"); }),
            "there is no text file no-such-file.toml");
  EXPECT_EQ(error_of([] { std::ignore = Texts{"depth"}("no-such-entry"); }),
            "depth.toml has no entry 'no-such-entry'");
  EXPECT_THAT(error_of([] { std::ignore = Texts{"shared-levels"}("claim.grows", "other"_a = 3); }),
              ::testing::StartsWith(
                  "shared-levels.toml: 'claim.grows' cannot be written with the arguments given: "));
  EXPECT_THAT(error_of([] {
                std::ignore = Texts{"conv-volume"}("published.index", "affected"_a = 1, "networks"_a = 2,
                                                   "index"_a = "three");
              }),
              ::testing::StartsWith("conv-volume.toml: 'published.index' cannot be written"));
}

TEST(Texts, OfEveryFileAreThere) {
  EXPECT_THAT(all_texts(), Not(IsEmpty()));
  for (const auto& [file, entries] : all_texts()) {
    EXPECT_THAT(entries, Not(IsEmpty())) << file;
    for (const auto& [name, text] : entries) {
      EXPECT_FALSE(text.empty()) << file << ": " << name;
    }
  }
}

}  // namespace
}  // namespace relu0
