#include "suites/command_line/arguments.hpp"
#include "suites/tests/input_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(Duration, IsWholeNumbersWithUnits) {
  EXPECT_EQ(parse_duration("--budget", "90s"), 90);
  EXPECT_EQ(parse_duration("--budget", "10m"), 600);
  EXPECT_EQ(parse_duration("--budget", "1h30m"), 5400);
  EXPECT_EQ(parse_duration("--budget", "2h0m5s"), 7205);
  EXPECT_EQ(parse_duration("--budget", "8784h"), 8784.0 * 3600) << "a year";
}

TEST(Duration, IsNothingElse) {
  for (const char* text : {"", "10", "m", "10 m", "m10", "1m1h", "1m2m", "-5s", "1.5h", "0s", "0h0m", "10M",
                           "5sx", "8785h", "99999999999h", "inf", "nan"}) {
    EXPECT_THAT(test::input_error_of([&] { (void)parse_duration("--budget", text); }),
                ::testing::AllOf(::testing::HasSubstr("--budget"), ::testing::HasSubstr("1h30m")))
        << text;
  }
}

}  // namespace
}  // namespace relu0
