#include "reports/model/heat_map.hpp"

#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using testing::HasSubstr;

HeatMap two_by_two() {
  HeatMap map;
  map.id = "m";
  map.x = {.label = "x", .categories = {}, .places = {0, 1}};
  map.y = {.label = "y", .categories = {}, .places = {-1, 1}};
  map.unit = "ulp";
  map.logarithmic = true;
  map.rows = {{1.0, 0.0}, {std::nullopt, std::numeric_limits<double>::quiet_NaN()}};
  map.contours = {0.5};
  return map;
}

/// The message that `change` makes the map be refused with.
template <class Change>
std::string refusal(Change change) {
  HeatMap map = two_by_two();
  change(map);
  try {
    require_consistent(map);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(HeatMap, OfNumbersZeroNotANumberAndAbsentCellsIsConsistent) {
  EXPECT_EQ(refusal([](HeatMap&) {}), "accepted");
}

TEST(HeatMap, WhoseShapesDoNotFitIsRefused) {
  EXPECT_THAT(refusal([](HeatMap& m) { m.rows.pop_back(); }),
              HasSubstr("'m': 1 rows for 2 places of axis y"));
  EXPECT_THAT(refusal([](HeatMap& m) { m.rows[1].pop_back(); }), HasSubstr("a row of 1 cells for 2 places"));
}

TEST(HeatMap, WithoutOneKindOfAxisIsRefused) {
  EXPECT_THAT(refusal([](HeatMap& m) { m.x.places.clear(); }),
              HasSubstr("axis x needs either categories or places"));
  EXPECT_THAT(refusal([](HeatMap& m) {
                m.y.categories = {"a", "b"};
              }),
              HasSubstr("axis y needs either categories or places"));
}

TEST(HeatMap, OfPlacesWithoutOrderIsRefused) {
  for (const std::vector<double>& places :
       {std::vector<double>{1, 1}, {1, 0}, {0, std::numeric_limits<double>::infinity()}}) {
    EXPECT_THAT(refusal([&](HeatMap& m) { m.x.places = places; }), HasSubstr("not finite and ascending"));
  }
}

TEST(HeatMap, WithANegativeValueOnALogarithmicScaleIsRefused) {
  EXPECT_THAT(refusal([](HeatMap& m) { m.rows[0][0] = -1; }), HasSubstr("cannot show -1"));
  EXPECT_EQ(refusal([](HeatMap& m) {
              m.rows[0][0] = -1;
              m.logarithmic = false;
            }),
            "accepted");
}

TEST(HeatMap, WithContoursThatCannotBeDrawnIsRefused) {
  EXPECT_THAT(refusal([](HeatMap& m) { m.contours = {0}; }), HasSubstr("positive"));
  EXPECT_THAT(refusal([](HeatMap& m) {
                m.x = {.label = "", .categories = {"a", "b"}, .places = {}};
              }),
              HasSubstr("two number lines"));
}

TEST(HeatMap, OfTheMostCellsIsAcceptedAndOfOneMoreIsNot) {
  const auto with_columns = [](std::size_t columns) {
    return refusal([columns](HeatMap& m) {
      m.contours.clear();
      m.y = {.label = "", .categories = {"only"}, .places = {}};
      m.x = {.label = "", .categories = std::vector<std::string>(columns, "c"), .places = {}};
      m.rows = {std::vector<std::optional<double>>(columns, 1.0)};
    });
  };
  EXPECT_EQ(with_columns(most_heat_map_cells), "accepted");
  EXPECT_THAT(with_columns(most_heat_map_cells + 1), HasSubstr("1 × 16385 cells are more than 16384"));
}

HeatMap filled_map(std::size_t side) {
  HeatMap map = two_by_two();
  map.contours.clear();
  map.filled = true;
  map.x.places.clear();
  for (std::size_t i = 0; i < side; ++i) {
    map.x.places.push_back(static_cast<double>(i));
  }
  map.y.places = map.x.places;
  map.rows.assign(side, std::vector<std::optional<double>>(side, 1.0));
  return map;
}

TEST(FilledContours, MayHaveMorePoints) {
  constexpr std::size_t side = 200;
  static_assert(side * side == most_filled_cells);
  EXPECT_EQ(refusal([](HeatMap& m) { m = filled_map(side); }), "accepted");
  EXPECT_THAT(refusal([](HeatMap& m) { m = filled_map(side + 1); }),
              HasSubstr("201 × 201 cells are more than 40000"));
}

TEST(FilledContours, OfOtherThanTwoNumberLinesAreRefused) {
  EXPECT_THAT(refusal([](HeatMap& m) {
                m = filled_map(2);
                m.x = {.label = "", .categories = {"a", "b"}, .places = {}};
              }),
              HasSubstr("two number lines"));
  EXPECT_THAT(refusal([](HeatMap& m) {
                m = filled_map(2);
                m.contours = {0.5};
              }),
              HasSubstr("no other contours"));
}

TEST(FilledContours, WithAFloorThatIsNoneAreRefused) {
  for (const double floor : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(refusal([floor](HeatMap& m) { m.floor = floor; }), HasSubstr("positive and finite"));
  }
  EXPECT_THAT(refusal([](HeatMap& m) {
                m.logarithmic = false;
                m.floor = 1;
              }),
              HasSubstr("only a logarithmic scale has a floor"));
}

TEST(HeatMapGroup, SharesUnitAndKindOfScale) {
  HeatMap first = two_by_two();
  HeatMap second = two_by_two();
  first.group = second.group = "g";
  EXPECT_NO_THROW(require_consistent({first, second}));
  second.floor = 0.1;
  EXPECT_THROW(require_consistent({first, second}), std::invalid_argument);
  second.floor.reset();
  second.contours = first.contours = {};
  second.filled = true;
  EXPECT_THROW(require_consistent({first, second}), std::invalid_argument);
  second.filled = false;
  second.unit = "relative error";
  EXPECT_THROW(require_consistent({first, second}), std::invalid_argument);
  second.group.clear();
  EXPECT_NO_THROW(require_consistent({first, second})) << "each has a scale of its own";
}

TEST(HeatMapAxis, NamesItsCells) {
  EXPECT_EQ(cell_name({.label = "", .categories = {"a", "b"}, .places = {}}, 1), "b");
  EXPECT_EQ(cell_name({.label = "", .categories = {}, .places = {0.25}}, 0), "0.25");
}

}  // namespace
}  // namespace relu0
