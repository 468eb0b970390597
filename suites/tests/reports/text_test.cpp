#include "reports/model/text.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(PrintableText, KeepsWhatIsGoodText) {
  const std::string good = "θ – é 漢 😀\t<&>\"'\n";
  EXPECT_EQ(printable(good), good);
}

TEST(PrintableText, HasAReplacementForWhatXmlCannotHold) {
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\uFFFDb");
  EXPECT_EQ(printable("\x1B[31m\x7F"), "\uFFFD[31m\uFFFD");
  EXPECT_EQ(printable("cut \xE2\x82"), "cut \uFFFD");
  EXPECT_EQ(printable("latin \xE9!"), "latin \uFFFD!");
  EXPECT_EQ(printable("\xEF\xBF\xBE,\xEF\xBF\xBF"), "\uFFFD,\uFFFD");
}

TEST(ReadableNumber, IsShort) {
  EXPECT_EQ(readable(0), "0");
  EXPECT_EQ(readable(60000), "60000");
  EXPECT_EQ(readable(1e15), "1e+15");
  EXPECT_EQ(readable(-2.5), "-2.5");
  EXPECT_EQ(readable(1.0 / 3), "0.333333");
  EXPECT_EQ(readable(1.0 / 3, 2), "0.33");
  EXPECT_EQ(readable(2e-8), "2e-08");
}

TEST(ReadableNumber, NamesWhatIsNoNumber) {
  EXPECT_EQ(readable(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(readable(std::numeric_limits<double>::infinity()), "Infinity");
  EXPECT_EQ(readable(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(CompactNumber, HasTwoDigitsAndPowersOfTen) {
  EXPECT_EQ(compact(0), "0");
  EXPECT_EQ(compact(500), "500");
  EXPECT_EQ(compact(0.0021), "0.0021");
  EXPECT_EQ(compact(1.0 / 3), "0.33");
  EXPECT_EQ(compact(123.4), "123");
  EXPECT_EQ(compact(1e-8), "10⁻⁸");
  EXPECT_EQ(compact(-1e5), "-10⁵");
  EXPECT_EQ(compact(2e-7), "2·10⁻⁷");
  EXPECT_EQ(compact(1.26e12), "1.3·10¹²");
  EXPECT_EQ(compact(9.96e-6), "10⁻⁵") << "of the exponent that it has when rounded";
  EXPECT_EQ(compact(std::numeric_limits<double>::denorm_min()), "4.9·10⁻³²⁴");
  EXPECT_EQ(compact(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(compact(std::numeric_limits<double>::infinity()), "∞");
  EXPECT_EQ(compact(-std::numeric_limits<double>::infinity()), "−∞");
}

TEST(CompactNumber, HasMoreDigitsIfAsked) {
  EXPECT_EQ(compact(1.0 / 3, 3), "0.333");
  EXPECT_EQ(compact(1234.5, 3), "1234") << "all that stand before the point";
  EXPECT_EQ(compact(1.25e-9, 4), "1.25·10⁻⁹");
}

TEST(CompactNumber, SaysExactlyWhatFewDigitsCan) {
  EXPECT_EQ(compact_exactly(0), "0");
  EXPECT_EQ(compact_exactly(0.5), "0.5");
  EXPECT_EQ(compact_exactly(1.25), "1.25");
  EXPECT_EQ(compact_exactly(1000.25), "1000.25");
  EXPECT_EQ(compact_exactly(2.25e8), "2.25·10⁸");
  EXPECT_EQ(compact_exactly(1e-7), "10⁻⁷");
  EXPECT_EQ(compact_exactly(0.1 + 0.2), "0.3") << "no more than 15 digits";
  EXPECT_EQ(compact_exactly(std::numeric_limits<double>::infinity()), "∞");
}

TEST(ExactNumber, ReadsBackAsTheSame) {
  EXPECT_EQ(exact(0.2), "0.2");
  EXPECT_EQ(exact(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(exact(40), "40");
  EXPECT_EQ(exact(5e-324), "5e-324");
  EXPECT_EQ(exact(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(exact(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

TEST(Percent, HasFewDigits) {
  EXPECT_EQ(percent(0), "0 %");
  EXPECT_EQ(percent(0.001234), "0.12 %");
  EXPECT_EQ(percent(0.025), "2.5 %");
  EXPECT_EQ(percent(0.45833), "45.8 %");
  EXPECT_EQ(percent(0.9996), "100 %");
  EXPECT_EQ(percent(1), "100 %");
}

TEST(JoinedWithAnd, ReadsLikeASentence) {
  EXPECT_EQ(joined_with_and({}), "");
  EXPECT_EQ(joined_with_and({"a"}), "a");
  EXPECT_EQ(joined_with_and({"a", "b"}), "a and b");
  EXPECT_EQ(joined_with_and({"a", "b", "c"}), "a, b and c");
}

TEST(IntervalText, ShowsTheEndsThatThereAre) {
  EXPECT_EQ(interval_text(0.39448, 0.53668), "[0.394, 0.537]");
  EXPECT_EQ(interval_text(std::nullopt, 1.0), "[…, 1]");
  EXPECT_EQ(interval_text(std::nullopt, std::nullopt), "");
  EXPECT_EQ(interval_text(std::optional<Interval>()), "");
}

}  // namespace
}  // namespace relu0
