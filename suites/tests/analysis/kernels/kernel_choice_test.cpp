#include "analysis/kernels/kernel_choice.hpp"

#include "fixtures/error.hpp"

#include <gmock/gmock.h>

namespace relu0 {
namespace {

TEST(KernelChoice, IsReadAndWrittenBothWays) {
  for (const char* text :
       {"native", "bias-last", "portable", "portable:no-fma", "portable:block=64", "portable:bias-first",
        "portable:winograd", "portable:bits=20", "portable:no-fma+block=64+bias-first",
        "portable:block=8+bias-first+bits=8", "portable:no-fma+block=1000000000+winograd"}) {
    EXPECT_EQ(name(parse_kernel_choice(text)), text);
  }
  EXPECT_EQ(parse_kernel_choice("portable:bias-first,block=64,no-fma"),
            (KernelChoice{KernelFamily::portable, {.fma = false, .block = 64, .bias = BiasPlace::first}}));
  EXPECT_EQ(parse_kernel_choice("native"), KernelChoice{});
}

TEST(KernelChoice, DescribesItself) {
  EXPECT_EQ(describe(parse_kernel_choice("portable")),
            "relu0's portable kernels: each term by a fused multiply-add, all terms in one chain, bias last");
  EXPECT_THAT(describe(parse_kernel_choice("portable:bits=20+block=3")),
              testing::HasSubstr("rounded to 20 bits, sums over 3 terms added in order"));
}

TEST(KernelChoice, RefusesWhatItDoesNotKnow) {
  using testing::HasSubstr;
  using testing::ThrowsMessage;
  const auto refuses = [](const char* text, const char* why) {
    EXPECT_THAT([text] { (void)parse_kernel_choice(text); }, ThrowsMessage<InputError>(HasSubstr(why)))
        << text;
  };
  refuses("", "use native, bias-last, or portable");
  refuses("Native", "there is none of that name");
  refuses("native:no-fma", "native takes no details");
  refuses("portable:", "unknown detail ''");
  refuses("portable:fma", "unknown detail 'fma'");
  refuses("portable:no-fma+", "unknown detail ''");
  refuses("portable:no-fma+no-fma", "given twice");
  refuses("portable:block=2+block=3", "given twice");
  refuses("portable:block=0", "whole number from 1 to");
  refuses("portable:block=", "whole number from 1 to");
  refuses("portable:block=12x", "whole number from 1 to");
  refuses("portable:bits=7", "from 8 to 40");
  refuses("portable:bits=41", "from 8 to 40");
  refuses("portable:winograd+bias-first", "leave out bias-first");
  refuses("portable:winograd+bits=20", "leave out one of them");
}

}  // namespace
}  // namespace relu0
