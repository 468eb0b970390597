// Sources and text files are held against each other: no dead text, no missing one, the arguments that each
// takes.
#include "suites/tests/suites/texts/text_calls.hpp"

#include "suites/experiments/experiment.hpp"
#include "suites/tests/house/source_tree.hpp"

#include <filesystem>

#include <fmt/ranges.h>
#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::text_calls;
using test::text_violations;
using test::TextCall;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The sources of suites outside the tests, by their path, without comments.
std::map<std::string, std::string> sources_of_suites() {
  const std::filesystem::path root = RELU0_SOURCE_DIR;
  std::map<std::string, std::string> sources;
  for (const std::filesystem::path& file : house::cpp_files(root)) {
    if (file.string().starts_with("suites/") && !file.string().starts_with("suites/tests/")) {
      sources[file.string()] = fmt::format("{}", fmt::join(house::code_lines(root / file), "\n"));
    }
  }
  return sources;
}

TEST(TextCalls, FitTheFilesAndLeaveNoTextUnused) {
  const auto sources = sources_of_suites();
  std::size_t calls = 0;
  for (const auto& [path, source] : sources) {
    calls += text_calls(path, sources).size();
  }
  EXPECT_GT(calls, 100U);
  EXPECT_THAT(text_violations(sources, all_texts()), IsEmpty());
}

TEST(TextCalls, EveryExperimentHasItsTitleAndSummary) {
  for (const Experiment& experiment : experiments()) {
    EXPECT_FALSE(experiment.title().empty()) << experiment.id;
    EXPECT_FALSE(experiment.summary().empty()) << experiment.id;
  }
}

TEST(TextCalls, AreFoundWithTheEntriesAndArgumentsThatTheyGive) {
  const std::string source =
      "constexpr Texts text{\"depth\"};\n"
      "auto a = text(\"title\");\n"
      "auto b = text(deep ? \"claim.deep\" : (wide ? \"claim.wide\" : \"claim\"), \"factor\"_a = f(\"x\", "
      "2),\n"
      "              \"inner\"_a = text(\"nested\", \"only_inner\"_a = \"a, b\"));\n"
      "auto c = other_text(\"no\"), d = text.size();\n";
  EXPECT_THAT(text_calls("a.cpp", {{"a.cpp", source}}),
              ElementsAre(TextCall{2, "depth", {"title"}, {}},
                          TextCall{3, "depth", {"claim.deep", "claim.wide", "claim"}, {"factor", "inner"}},
                          TextCall{4, "depth", {"nested"}, {"only_inner"}}));
}

TEST(TextCalls, ByTheHandleOfAHeaderAreFoundInItsReadersOnly) {
  const std::map<std::string, std::string> sources{
      {"text.hpp", "inline constexpr Texts text{\"depth\"};\n"},
      {"reader.cpp", "#include \"text.hpp\"\ntext(\"claim\");\n"},
      {"other.cpp", "text(\"claim\");\n"},
      {"own.cpp", "#include \"text.hpp\"\nconstexpr Texts text{\"width\"};\ntext(\"claim\");\n"}};
  EXPECT_THAT(text_calls("reader.cpp", sources), ElementsAre(TextCall{2, "depth", {"claim"}, {}}));
  EXPECT_THAT(text_calls("other.cpp", sources), IsEmpty());
  EXPECT_THAT(text_calls("own.cpp", sources), ElementsAre(TextCall{3, "width", {"claim"}, {}}));
}

TEST(TextCalls, ThatDoNotFitAreNamed) {
  const std::map<std::string, TextEntries, std::less<>> texts{
      {"depth", {{"title", "Depth"}, {"claim", "grows with {factor}"}, {"dead", "unused"}}}};
  const std::map<std::string, std::string> sources{
      {"a.cpp",
       "constexpr Texts text{\"depth\"};\n"
       "text(\"claim\");\n"
       "text(\"claim\", \"factor\"_a = 1, \"level\"_a = 2);\n"
       "text(\"missing\");\n"
       "text(name);\n"},
      {"b.cpp", "constexpr Texts words{\"width\"};\nwords(\"claim\");\n"}};
  EXPECT_THAT(text_violations(sources, texts),
              ElementsAre("a.cpp:2: 'claim' of depth.toml takes the arguments [factor], not []",
                          "a.cpp:3: 'claim' of depth.toml takes the arguments [factor], not [factor, level]",
                          "a.cpp:4: depth.toml has no entry 'missing'",
                          "a.cpp:5: the entry is not named by a literal",
                          "b.cpp:2: there is no text file width.toml", "depth.toml: nothing uses 'dead'"));
}

TEST(TextCalls, ThatFitAreAccepted) {
  EXPECT_THAT(
      text_violations({{"a.cpp", "constexpr Texts text{\"depth\"};\ntext(\"claim\", \"factor\"_a = 1);\n"}},
                      {{"depth", {{"summary", "…"}, {"claim", "grows with {factor:.1f}"}}}}),
      IsEmpty());
}

}  // namespace
}  // namespace relu0
