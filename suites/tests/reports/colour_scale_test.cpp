#include "reports/figures/colour_scale.hpp"

#include "reports/figures/page_svg.hpp"
#include "suites/tests/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::infinity;

using testing::ElementsAre;

const ScaleKind linear;
const ScaleKind logarithmic{.logarithmic = true};
const ScaleKind filled{.logarithmic = true, .filled = true};

std::string_view class_of(const ColourScale& scale, const std::optional<double>& value) {
  return cell_classes.at(scale.value_class(value));
}

TEST(LogarithmicColourScale, HasAStepPerDecadeWhereTheyAreFew) {
  EXPECT_THAT(ColourScale({2e-6, 3e-3}, logarithmic).edges(), ElementsAre(1e-6, 1e-5, 1e-4, 1e-3, 1e-2));
}

TEST(LogarithmicColourScale, DividesOneOrTwoDecades) {
  EXPECT_THAT(ColourScale({0.3, 4}, logarithmic).edges(), ElementsAre(0.2, 0.5, 1, 2, 5));
}

TEST(LogarithmicColourScale, JoinsManyDecades) {
  const ColourScale scale({1e-17, 1}, logarithmic);
  EXPECT_THAT(scale.edges(), ElementsAre(1e-17, 1e-15, 1e-13, 1e-11, 1e-9, 1e-7, 1e-5, 1e-3, 1e-1, 10));
  EXPECT_EQ(class_of(scale, 1e-17), "h0");
  EXPECT_EQ(class_of(scale, 1), "h8");
}

TEST(FilledContourScale, HasSeveralLevelsPerDecadeWhereColoursSuffice) {
  EXPECT_THAT(ColourScale({4e-9, 9e-7}, filled).edges(),
              ElementsAre(2e-9, 5e-9, 1e-8, 2e-8, 5e-8, 1e-7, 2e-7, 5e-7, 1e-6));
  EXPECT_THAT(ColourScale({2e-9, 3e-6}, filled).edges(),
              ElementsAre(1e-9, 3e-9, 1e-8, 3e-8, 1e-7, 3e-7, 1e-6, 3e-6));
  EXPECT_THAT(ColourScale({2e-12, 3e-6}, filled).edges(),
              ElementsAre(1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5));
}

TEST(FilledContourScale, BeginsAtItsFloor) {
  ScaleKind kind = filled;
  kind.floor = 1e-9;
  const ColourScale scale({1e-30, 2e-12, 0, 3e-6}, kind);
  EXPECT_THAT(scale.edges(), ElementsAre(1e-9, 3e-9, 1e-8, 3e-8, 1e-7, 3e-7, 1e-6, 3e-6));
  EXPECT_TRUE(scale.begins_below());
  EXPECT_EQ(class_of(scale, 1e-30), "h0");
  EXPECT_EQ(class_of(scale, 0), "zero");
  EXPECT_FALSE(ColourScale({1e-9, 3e-6}, kind).begins_below());
  const ColourScale below({1e-30, 1e-20}, kind);
  EXPECT_THAT(below.edges(), ElementsAre(1e-9, 1e-9));
  EXPECT_TRUE(below.begins_below());
}

TEST(LinearColourScale, HasRoundEdges) {
  EXPECT_THAT(ColourScale({-0.3, 0.55}, linear).edges(),
              ElementsAre(-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6))
      << "exactly these numbers, so that 0.3 lies where the legend says";
  EXPECT_THAT(ColourScale({-0.35, 0.55}, linear).edges(), ElementsAre(-0.4, -0.2, 0, 0.2, 0.4, 0.6));
  EXPECT_THAT(ColourScale({0.1, 1.9}, linear).edges(),
              ElementsAre(0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2));
}

TEST(ColourScale, PutsAnEdgeIntoTheStepThatItBegins) {
  const ColourScale scale({1, 1000}, logarithmic);
  ASSERT_THAT(scale.edges(), ElementsAre(1, 10, 100, 1000));
  EXPECT_EQ(scale.value_class(std::nextafter(10.0, 0.0)), scale.value_class(1.0));
  EXPECT_EQ(scale.value_class(10.0), scale.value_class(99.0));
  EXPECT_EQ(scale.value_class(1000.0), scale.value_class(100.0)) << "the last edge has no step of its own";
}

TEST(ColourScale, SpreadsFewStepsOverAllColours) {
  const ColourScale scale({1, 1000}, logarithmic);
  EXPECT_EQ(class_of(scale, 1), "h0");
  EXPECT_EQ(class_of(scale, 10), "h4");
  EXPECT_EQ(class_of(scale, 100), "h8");
}

TEST(ColourScale, HasPlacesForWhatItCannotHold) {
  const ColourScale scale({1, 1000, 0, infinity, std::nan("")}, logarithmic);
  EXPECT_THAT(scale.edges(), ElementsAre(1, 10, 100, 1000)) << "they do not widen it";
  EXPECT_EQ(class_of(scale, std::nullopt), "absent");
  EXPECT_EQ(class_of(scale, std::nan("")), "nan");
  EXPECT_EQ(class_of(scale, infinity), "infinite");
  EXPECT_EQ(class_of(scale, -infinity), "infinite");
  EXPECT_EQ(class_of(scale, 0), "zero");
  EXPECT_EQ(class_of(scale, -0.0), "zero");
  EXPECT_EQ(class_of(ColourScale({0, 9}, linear), 0), "h0") << "on a linear scale 0 is a number like others";
}

TEST(ColourScale, OfOneValueHasOneStepAndOfNoneNone) {
  const ColourScale one({0.25, 0.25}, linear);
  EXPECT_THAT(one.edges(), ElementsAre(0.25, 0.25));
  EXPECT_EQ(class_of(one, 0.25), "h4");
  EXPECT_EQ(ColourScale({}, linear).steps(), 0U);
  EXPECT_EQ(ColourScale({0, infinity, std::nan("")}, logarithmic).steps(), 0U);
}

/// Every finite range: the ends are covered, the edges ascend, there are colours enough, and order is kept.
TEST(ColourScale, CoversAnyRange) {
  using limits = std::numeric_limits<double>;
  std::mt19937_64 bits(20240602);
  std::vector<double> numbers{limits::denorm_min(),
                              limits::min(),
                              1e-300,
                              1,
                              std::nextafter(1.0, 2.0),
                              1e15,
                              1e300,
                              1e-5,
                              limits::max(),
                              1e17,
                              std::nextafter(1e17, 1e18)};
  std::uniform_real_distribution<double> exponent(-300, 300);
  for (int i = 0; i < 60; ++i) {
    numbers.push_back(std::pow(10.0, exponent(bits)));
  }
  std::ranges::sort(numbers);
  for (auto low = numbers.begin(); low != numbers.end(); ++low) {
    for (const double high : std::ranges::subrange(low, numbers.end())) {
      for (const ScaleKind& kind : {linear, logarithmic, filled}) {
        const std::vector<double> leasts =
            kind.logarithmic ? std::vector<double>{*low} : std::vector<double>{*low, -*low};
        for (const double least : leasts) {
          const ColourScale scale({least, high}, kind);
          SCOPED_TRACE(testing::Message()
                       << least << " to " << high << (kind.logarithmic ? ", logarithmic" : "")
                       << (kind.filled ? ", filled" : ""));
          const auto equal_or_less =
              std::adjacent_find(scale.edges().begin(), scale.edges().end(), std::greater_equal<>());
          ASSERT_TRUE(equal_or_less == scale.edges().end() || least == high);
          ASSERT_LE(scale.edges().front(), least);
          ASSERT_GE(scale.edges().back(), high);
          ASSERT_THAT(scale.steps(), testing::AllOf(testing::Ge(1U), testing::Le(std::size_t{heat_colours})));
          ASSERT_LE(scale.value_class(least), scale.value_class(high));
          ASSERT_LT(scale.value_class(high), std::size_t{heat_colours});
        }
      }
    }
  }
}

TEST(ColourScale, IsSharedWithinAGroup) {
  HeatMap a;
  a.logarithmic = true;
  a.rows = {{1.0}};
  HeatMap b = a;
  b.rows = {{100.0}};
  EXPECT_THAT(colour_scale(a, {a, b}).edges(), ElementsAre(1, 1)) << "without a group, its own";
  a.group = "g";
  EXPECT_THAT(colour_scale(a, {a, b}).edges(), ElementsAre(1, 1));
  b.group = "g";
  EXPECT_EQ(colour_scale(a, {a, b}).edges(), colour_scale(b, {a, b}).edges());
  EXPECT_EQ(colour_scale(a, {a, b}).edges().back(), 100);
}

TEST(CellClass, OfAnUnknownNameDoesNotExist) { EXPECT_THROW(cell_class("h9"), std::logic_error); }

}  // namespace
}  // namespace relu0
