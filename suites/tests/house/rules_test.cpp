// The rules of the house, applied to trees that break them: a rule that finds nothing anywhere is no rule.
#include "suites/tests/house/rules.hpp"

#include "suites/tests/house/document_links.hpp"
#include "suites/tests/house/how_to_add.hpp"
#include "suites/tests/house/source_tree.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <unistd.h>

namespace relu0::house {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

/// A tree in a temporary folder that keeps every rule, for a test to break one in.
class HouseRules : public testing::Test {
 public:
  HouseRules() {
    write("fixtures/a.hpp", "#pragma once\n#include <vector>\n");
    write("fixtures/a.cpp", "#include \"fixtures/a.hpp\"\n");
    write("suites/tests/main.cpp", "#include \"fixtures/a.hpp\"\n#include <torch/torch.h>\n");
  }
  ~HouseRules() override { fs::remove_all(root_); }
  HouseRules(const HouseRules&) = delete;
  HouseRules& operator=(const HouseRules&) = delete;

  void write(const fs::path& file, const std::string& text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  [[nodiscard]] const fs::path& root() const { return root_; }

 private:
  // A process runs one test at a time.
  fs::path root_ = fs::temp_directory_path() / ("relu0-house-" + std::to_string(getpid()));
};

TEST_F(HouseRules, AcceptATreeThatKeepsThem) {
  EXPECT_THAT(cpp_files(root()), ElementsAre("fixtures/a.cpp", "fixtures/a.hpp", "suites/tests/main.cpp"));
  EXPECT_THAT(includes_from_above(root()), IsEmpty());
  EXPECT_THAT(comments_that_begin_with_of(root()), IsEmpty());
  EXPECT_THAT(engines_out_of_place(root()), IsEmpty());
  EXPECT_THAT(crowded_folders(root()), IsEmpty());
}

TEST_F(HouseRules, RejectAnIncludeFromAFolderAbove) {
  write("fixtures/a.cpp",
        "#include \"fixtures/a.hpp\"\n  #  include \"reports/store/store.hpp\"\n#include <analysis/x.hpp>\n");
  write("reports/b.hpp", "#include \"analysis/x.hpp\"\n#include \"suites/x.hpp\"\n");
  EXPECT_THAT(includes_from_above(root()),
              ElementsAre("fixtures/a.cpp:2: includes 'reports/store/store.hpp' from a folder above its own",
                          "fixtures/a.cpp:3: includes 'analysis/x.hpp' from a folder above its own",
                          "reports/b.hpp:2: includes 'suites/x.hpp' from a folder above its own"));
}

TEST_F(HouseRules, RejectAnIncludeThatIsNotWrittenFromTheRoot) {
  write("fixtures/a.cpp", "#include \"a.hpp\"\n#include \"../reports/store.hpp\"\n");
  EXPECT_THAT(
      includes_from_above(root()),
      ElementsAre("fixtures/a.cpp:1: 'a.hpp' is not written from the root of the project",
                  "fixtures/a.cpp:2: '../reports/store.hpp' is not written from the root of the project"));
}

TEST_F(HouseRules, RejectDurationsOfSuitesWithoutTests) {
  write("suites/tests/a_test.cpp", "TEST(Here, Is) {}\nTEST_P(AlsoHere, Is) {}\n");
  write("suites/tests/durations.tsv",
        "suite\tprocessor seconds\nsuites.Here\t3\nsuites.All/AlsoHere\t4\nsuites.Gone\t5\n");
  EXPECT_THAT(slow_suites_without_tests(root()), ElementsAre("suites.Gone"));
}

TEST_F(HouseRules, RejectCommentsThatBeginWithOf) {
  write("fixtures/a.cpp",
        "/// Of a network: its name.\n"
        "int a;  ///< Of the first.\n"
        "\n"
        "// Of a line.\n"
        "/// @name Of one choice\n"
        "int b;\n"
        "  /* Of a block. */\n");
  const std::string wrong = "a comment begins with 'Of'; say what it is, then whose";
  EXPECT_THAT(
      comments_that_begin_with_of(root()),
      ElementsAre("fixtures/a.cpp:1: " + wrong, "fixtures/a.cpp:2: " + wrong, "fixtures/a.cpp:4: " + wrong,
                  "fixtures/a.cpp:5: " + wrong, "fixtures/a.cpp:7: " + wrong));
  write("fixtures/a.cpp",
        "/// The name of a network, one\n"
        "/// Of several lines.\n"
        "const char* text = \"// Of no comment\";  // Often, offered\n");
  EXPECT_THAT(comments_that_begin_with_of(root()), IsEmpty());
}

TEST_F(HouseRules, RejectLibTorchBelowAndBesideAnalysis) {
  write("fixtures/a.hpp", "#include <torch/torch.h>\n");
  write("reference/b.cpp", "#include <ATen/ATen.h>\n");
  write("reports/c.hpp", "void draw(const at::Tensor& tensor);\n");
  write("analysis/d.hpp", "#include <torch/torch.h>\nvoid measure(const torch::Tensor& tensor);\n");
  EXPECT_THAT(engines_out_of_place(root()),
              ElementsAre("fixtures/a.hpp:1: fixtures/ must not know LibTorch",
                          "reference/b.cpp:1: reference/ must not know LibTorch",
                          "reports/c.hpp:1: reports/ must not know LibTorch"));
}

TEST_F(HouseRules, RejectMpfrInFixtures) {
  write("fixtures/a.hpp",
        "#include <mpfr.h>\n#include <boost/multiprecision/mpfr.hpp>\nvoid f(mpfr_srcptr x);\n");
  write("reference/b.cpp", "#include <mpfr.h>\n");
  EXPECT_THAT(engines_out_of_place(root()), ElementsAre("fixtures/a.hpp:1: fixtures/ must not know MPFR",
                                                        "fixtures/a.hpp:2: fixtures/ must not know MPFR",
                                                        "fixtures/a.hpp:3: fixtures/ must not know MPFR"));
}

TEST_F(HouseRules, ReadCodeAndNotComments) {
  write("fixtures/a.cpp",
        "// torch::Tensor\n"
        "/* #include \"reports/store/store.hpp\"\n"
        "   at::Tensor */ const char* url = \"http://host/*\";\n"
        "const int million = 1'000'000;  // it's at::\n"
        "const char* raw = R\"x(\" // )\" )x\"; const char quote = '\"'; /* c10:: */\n"
        "torch::Tensor here;\n");
  EXPECT_THAT(includes_from_above(root()), IsEmpty());
  EXPECT_THAT(engines_out_of_place(root()),
              ElementsAre("fixtures/a.cpp:6: fixtures/ must not know LibTorch"));
}

TEST_F(HouseRules, RejectACrowdedFolder) {
  for (std::size_t i = 0; i < most_files_in_a_folder; ++i) {
    write("fixtures/network/" + std::to_string(i) + ".csv", "");
  }
  write("fixtures/network/operations/relu.cpp", "");
  EXPECT_THAT(crowded_folders(root()), IsEmpty());
  write("fixtures/network/one_too_many.cpp", "");
  EXPECT_THAT(crowded_folders(root()),
              ElementsAre("fixtures/network: 26 files beside one another, more than 25"));
}

TEST_F(HouseRules, RejectAThingThatIsNotBuiltAsTheReadmeSays) {
  write("README.md",
        "# x\n\n## How to add …\n\n| what | files | lists |\n|---|---|---|\n"
        "| an operation | `fixtures/*/<name>.hpp`, `reference/<name>.hpp` | `fixtures/list.hpp` |\n"
        "\n## Licence\n\n| a | `nowhere/<name>` | b |\n");
  for (const char* name : {"relu", "leaky_relu", "clamp"}) {
    write("fixtures/activations/" + std::string(name) + ".hpp", "");
    write("reference/" + std::string(name) + ".hpp", "");
  }
  write("reference/helper.hpp", "");
  write("fixtures/list.hpp", "Relu, LeakyRelu, Clamp\n");
  EXPECT_THAT(broken_how_to_add(root()), IsEmpty());

  write("fixtures/list.hpp", "Relu, LeakyRelu\n");
  EXPECT_THAT(broken_how_to_add(root()), ElementsAre("fixtures/list.hpp: does not name clamp"));
  write("fixtures/list.hpp", "LeakyRelu, leaky_relu, Clamp\n");
  EXPECT_THAT(broken_how_to_add(root()), ElementsAre("fixtures/list.hpp: does not name relu"));
  fs::remove_all(root() / "fixtures/activations");
  EXPECT_THAT(
      broken_how_to_add(root()),
      ElementsAre("README.md: no file is named as fixtures/*/<name>.hpp",
                  "README.md: fewer than two things have all files of the row of fixtures/*/<name>.hpp"));
  write("README.md", "# x\n");
  EXPECT_THAT(broken_how_to_add(root()), ElementsAre("README.md: has no table under \"How to add\""));
}

TEST_F(HouseRules, RejectStrangersAtTheTop) {
  EXPECT_THAT(strangers_at_the_top({".ci/run", ".gitignore", "CMakeLists.txt", "CMakePresets.json", "LICENSE",
                                    "README.md", "analysis/a.cpp", "ci/test", "fixtures/a.cpp",
                                    "reference/a.cpp", "reports/a.cpp", "suites/a.cpp"}),
              IsEmpty());
  EXPECT_THAT(strangers_at_the_top({"docs/a.md", "docs/b.md", "notes.txt", "ci", "suites/a.cpp"}),
              ElementsAre("ci: does not belong at the top level", "docs: does not belong at the top level",
                          "notes.txt: does not belong at the top level"));
}

TEST_F(HouseRules, RejectALinkThatLeadsNowhere) {
  write(
      "README.md",
      "# Top\n\n## What it prints, and why\n\n[a](#what-it-prints-and-why) [b](suites/b.md#top) [c](suites) "
      "[d](https://example.org/d)\n```\n[e](nowhere)\n# No heading\n```\n");
  write("suites/b.md", "# Top\n[up](../README.md) [`a.cpp`](a.cpp)\n");
  write("suites/a.cpp", "// [x](nowhere)\n");
  const std::vector<fs::path> tracked{"README.md", "suites/a.cpp", "suites/b.md"};
  EXPECT_THAT(broken_links(root(), tracked), IsEmpty());

  write("suites/b.md", "\n[a](a.hpp) [b](../README.md#no-heading) [c](#top)\n");
  EXPECT_THAT(broken_links(root(), tracked),
              ElementsAre("README.md:5: links to 'suites/b.md#top', which is no heading there",
                          "suites/b.md:2: links to 'a.hpp', which is not there",
                          "suites/b.md:2: links to '../README.md#no-heading', which is no heading there",
                          "suites/b.md:2: links to '#top', which is no heading there"));
}

TEST_F(HouseRules, TellATreeThatIsNoCheckout) { EXPECT_EQ(tracked_files(root()), std::nullopt); }

}  // namespace
}  // namespace relu0::house
