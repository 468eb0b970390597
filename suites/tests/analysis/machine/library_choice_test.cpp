#include "analysis/machine/library_choice.hpp"

#include "analysis/machine/processor.hpp"
#include "suites/tests/input_error.hpp"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(LibraryChoices, HaveNamesThatAreReadBack) {
  const std::vector<std::pair<LibraryChoice, std::string>> named{
      {{}, ""},
      {{.onednn = "AVX2"}, "onednn=AVX2"},
      {{.openblas = "Haswell", .im2col = true}, "im2col+openblas=Haswell"},
      {{.libtorch = "default", .threads = 2}, "libtorch=default+threads=2"},
  };
  for (const auto& [choice, text] : named) {
    EXPECT_EQ(name(choice), text);
    EXPECT_EQ(parse_library_choice(text), choice) << text;
    EXPECT_EQ(choice.is_usual(), text.empty());
  }
  EXPECT_EQ(parse_library_choice("threads=2+im2col"), parse_library_choice("im2col+threads=2"));
}

TEST(LibraryChoices, RefuseWhatIsNone) {
  for (const char* text :
       {"avx2", "onednn", "onednn=", "threads=0", "threads=65", "threads=two", "im2col+im2col",
        "onednn=AVX2+onednn=AVX", "im2col+", "+im2col", "openblas=Haswell,im2col+x"}) {
    const std::string message = test::input_error_of([&] { parse_library_choice(text); });
    EXPECT_THAT(message, HasSubstr(text));
    EXPECT_THAT(message, HasSubstr("openblas=CORE_TYPE"));
  }
}

TEST(LibraryChoices, AreMadeByVariables) {
  EXPECT_THAT(variables_of({}), IsEmpty());
  EXPECT_THAT(variables_of({.im2col = true, .threads = 2}), IsEmpty());
  EXPECT_THAT(variables_of({.onednn = "AVX", .openblas = "Zen", .libtorch = "avx2"}),
              UnorderedElementsAre(Pair("DNNL_MAX_CPU_ISA", "AVX"), Pair("OPENBLAS_CORETYPE", "Zen"),
                                   Pair("ATEN_CPU_CAPABILITY", "avx2")));
}

TEST(LibraryChoices, AreThoseThatTheProcessorCanRun) {
  const std::string sets = processor_info().instruction_sets + " ";
  std::set<std::string> names;
  for (const auto& choices : {onednn_choices(), openblas_choices()}) {
    for (const LibraryChoice& choice : choices) {
      EXPECT_TRUE(names.insert(name(choice)).second) << name(choice) << " is listed twice";
      EXPECT_EQ(parse_library_choice(name(choice)), choice);
    }
  }
  const bool has_512 = sets.find("avx512bw ") != std::string::npos;
  EXPECT_TRUE(has_512 || !names.contains("onednn=AVX512_CORE"));
  EXPECT_TRUE(has_512 || !names.contains("openblas=SkylakeX"));
  EXPECT_TRUE(sets.find("avx2 ") != std::string::npos || !names.contains("openblas=Haswell"));
}

TEST(LibraryChoices, SayWhatIsInForce) {
  EXPECT_THAT(libraries_in_force(), HasSubstr("LibTorch's own kernels for"));
}

}  // namespace
}  // namespace relu0
