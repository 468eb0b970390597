#include "suites/verdicts/wording.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(Wording, SaysCountsIntervalsAndPValues) {
  EXPECT_EQ(wording::count({93, 200}), "93/200 (46.5 %)");
  EXPECT_EQ(wording::count({0, 0}), "none measured");
  EXPECT_EQ(wording::interval({0.39512, 0.5}), "[0.395, 0.500]");
  EXPECT_EQ(wording::p_value(0.6213), "0.62");
  EXPECT_EQ(wording::p_value(3.14e-7), "3.1e-07");
  EXPECT_EQ(wording::p_value(0), "< 1e-99");
}

TEST(Wording, SaysDurationsAndAbsentNumbers) {
  EXPECT_EQ(wording::duration(12.4), "12 s");
  EXPECT_EQ(wording::duration(200), "3 min 20 s");
  EXPECT_EQ(wording::duration(7500), "2 h 5 min");
  EXPECT_EQ(wording::number(std::nullopt), "none");
  EXPECT_EQ(wording::number(1.23456e-7), "1.23e-07");
}

TEST(Wording, ReadsCountsBack) {
  for (const Proportion proportion : {Proportion{0, 7}, Proportion{93, 200}, Proportion{36, 36}}) {
    const auto read = wording::parse_count(wording::count(proportion));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->successes, proportion.successes);
    EXPECT_EQ(read->trials, proportion.trials);
  }
  for (const char* text : {"", "none measured", "93/200", "93/200 (46.5 %) and more", "93/200 (46.6 %)",
                           "9/2 (450.0 %)", "-1/2 (-50.0 %)", "1: 54/1000", "/"}) {
    EXPECT_FALSE(wording::parse_count(text)) << text;
  }
}

}  // namespace
}  // namespace relu0
