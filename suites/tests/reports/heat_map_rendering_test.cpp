#include "reports/figures/heat_map_rendering.hpp"

#include "reports/figures/heat_map_script.hpp"
#include "suites/tests/numbers.hpp"
#include "suites/tests/reports/support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>

namespace relu0 {
namespace {

using test::infinity;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

const double nan = std::nan("");

HeatMap layers_by_precision() {
  HeatMap map;
  map.id = "m";
  map.title = "A title";
  map.x = {.label = "precision", .categories = {"fp16", "fp32", "fp64"}, .places = {}};
  map.y = {.label = "layer", .categories = {"conv1", "fc"}, .places = {}};
  map.unit = "relative error";
  map.logarithmic = true;
  map.rows = {{2e-3, std::nullopt, 0.0}, {nan, 0.25, infinity}};
  return map;
}

/// A plane of `side` × `side` numbers between -1 and 1 whose value is x.
HeatMap slope(std::size_t side) {
  HeatMap map;
  for (std::size_t i = 0; i < side; ++i) {
    map.x.places.push_back(2.0 * static_cast<double>(i) / static_cast<double>(side - 1) - 1);
  }
  map.y.places = map.x.places;
  map.rows.assign(side, {map.x.places.begin(), map.x.places.end()});
  return map;
}

class HeatMapRendering : public testing::Test {
 protected:
  void render_map(const HeatMap& map) {
    rendered_ = render(map, colour_scale(map, {}), "heat-map-m");
    ASSERT_EQ(rendered_.failure, "");
    ASSERT_TRUE(document_.load_string(rendered_.svg.c_str())) << rendered_.svg;
    svg_ = document_.child("svg");
  }
  [[nodiscard]] std::vector<std::string> texts(const char* xpath) const {
    std::vector<std::string> found;
    for (const auto& node : svg_.select_nodes(xpath)) {
      found.emplace_back(node.node().text().get());
    }
    return found;
  }
  [[nodiscard]] std::size_t count(const char* xpath) const { return svg_.select_nodes(xpath).size(); }
  /// The boxes of a class.
  [[nodiscard]] std::size_t boxes(const std::string& name) const {
    std::size_t found = 0;
    for (const auto& node : svg_.select_nodes(("//path[@class='" + name + "']").c_str())) {
      const std::string outline = node.node().attribute("d").value();
      found += static_cast<std::size_t>(std::count(outline.begin(), outline.end(), 'z'));
    }
    return found;
  }
  RenderedHeatMap rendered_;
  pugi::xml_document document_;
  pugi::xml_node svg_;
};

TEST_F(HeatMapRendering, HasATextAlternative) {
  render_map(layers_by_precision());
  EXPECT_STREQ(svg_.attribute("role").value(), "img");
  EXPECT_STREQ(svg_.attribute("aria-labelledby").value(), "heat-map-m-title heat-map-m-desc");
  EXPECT_STREQ(svg_.child("title").text().get(), "A title");
  EXPECT_STREQ(svg_.child("desc").text().get(),
               "Heat map of relative error (logarithmic colours) by layer (2 rows) and precision (3 "
               "columns). Least 0 at "
               "conv1, fp64; greatest 0.25 at fc, fp32. 1 cell is exactly 0. 1 cell is infinite. 1 cell is "
               "NaN. 1 cell is "
               "not measured.");
}

TEST_F(HeatMapRendering, LabelsItsCellsAndPrintsTheirValues) {
  render_map(layers_by_precision());
  EXPECT_THAT(texts("//text"), UnorderedElementsAre("fp16", "fp32", "fp64", "conv1", "fc", "0.002", "0.25",
                                                    "0", "∞", "NaN", "–"));
  EXPECT_THAT(texts("//g[@class='on-nan']/text"), ElementsAre("NaN"));
  EXPECT_THAT(texts("//g[@class='on-absent']/text"), ElementsAre("–"));
  EXPECT_THAT(texts("//g[@class='on-infinite']/text"), ElementsAre("∞"));
  EXPECT_THAT(texts("//g[@class='on-zero']/text"), ElementsAre("0"));
}

TEST_F(HeatMapRendering, HasABoxOfItsClassForEachCellButTheAbsent) {
  render_map(layers_by_precision());
  for (const char* name : {"h0", "h8", "zero", "infinite", "nan"}) {
    EXPECT_EQ(boxes(name), 1U) << name;
  }
  EXPECT_EQ(boxes("absent"), 0U);
}

TEST_F(HeatMapRendering, HasNoColoursOfItsOwn) {
  HeatMap map = slope(5);
  map.contours = {0.3};
  for (const HeatMap& one : {layers_by_precision(), map}) {
    render_map(one);
    EXPECT_TRUE(svg_.attribute("viewBox"));
    EXPECT_FALSE(svg_.attribute("width"));
    EXPECT_THAT(rendered_.svg, Not(HasSubstr("rgb(")));
    EXPECT_THAT(rendered_.svg, Not(HasSubstr("black")));
    EXPECT_THAT(rendered_.svg, Not(HasSubstr("white")));
  }
}

TEST_F(HeatMapRendering, ReadsNamesDownwardsAndANumberLineUpwards) {
  const auto height_of = [this](const char* label) {
    const auto text = svg_.select_node((std::string("//g[text='") + label + "']").c_str()).node();
    const std::string transform = text.attribute("transform").value();
    return std::stod(transform.substr(transform.find(',') + 1));
  };
  HeatMap map = layers_by_precision();
  render_map(map);
  EXPECT_LT(height_of("conv1"), height_of("fc"));
  map.y = {.label = "bits", .categories = {}, .places = {10, 20}};
  render_map(map);
  EXPECT_GT(height_of("10"), height_of("20"));
}

TEST_F(HeatMapRendering, PrintsOnlySignsWhereNumbersHaveNoRoom) {
  HeatMap map = layers_by_precision();
  map.x.categories.assign(24, "fp32");
  map.rows = {std::vector<std::optional<double>>(24, 0.123), std::vector<std::optional<double>>(24, nan)};
  map.rows[0][0] = std::nullopt;
  render_map(map);
  EXPECT_THAT(texts("//g[@class='on-h4']/text"), ElementsAre());
  EXPECT_THAT(texts("//g[@class='on-nan']/text"), testing::AllOf(testing::SizeIs(24), testing::Each("×")));
  EXPECT_THAT(texts("//g[@class='on-absent']/text"), ElementsAre("–"));
}

TEST_F(HeatMapRendering, JoinsEqualNeighboursWhereCellsAreSmall) {
  render_map(slope(100));
  std::size_t all = 0;
  for (int i = 0; i < 9; ++i) {
    all += boxes("h" + std::to_string(i));
  }
  EXPECT_EQ(all, 100 * colour_scale(slope(100), {}).steps());
}

TEST_F(HeatMapRendering, DrawsContoursWhereTheValuesCrossThem) {
  HeatMap map = slope(20);
  map.contours = {0.1, 5};
  render_map(map);
  EXPECT_GT(count("//path[@class='contour']"), 0U);
  EXPECT_EQ(count("//path[@class='contour']"), count("//path[@class='halo']"));
  map.contours = {5};
  render_map(map);
  EXPECT_EQ(count("//path[@class='contour']"), 0U);
}

TEST_F(HeatMapRendering, InterpolatesContoursOfTheLogarithmOnALogarithmicScale) {
  HeatMap map;
  map.logarithmic = true;
  map.x.places = {3, 7};  // labels that are no cell's text
  map.y.places = {0, 1};
  map.rows = {{1.0, 100.0}, {1.0, 100.0}};
  map.contours = {10};
  render_map(map);
  // Halfway between the columns' centres, below which their labels stand.
  const std::string path = svg_.select_node("//path[@class='contour']").node().attribute("d").value();
  const double contour = std::stod(path.substr(1));
  double sum = 0;
  for (const auto& node : svg_.select_nodes("//g[text='3' or text='7']")) {
    sum += std::stod(std::string(node.node().attribute("transform").value()).substr(10));
  }
  constexpr double printed = 0.005;  // gnuplot writes two decimals
  EXPECT_NEAR(contour, sum / 2, 2 * printed);
}

TEST_F(HeatMapRendering, ShortensLongNamesInTheirMiddle) {
  HeatMap map = layers_by_precision();
  map.y.categories = {"layer4.2.downsample.éééé.1.weight", "twenty-four characters…"};
  render_map(map);
  EXPECT_THAT(texts("//text"), testing::Contains("layer4.2.dow…éé.1.weight"));
  EXPECT_THAT(texts("//text"), testing::Contains("twenty-four characters…"));
}

TEST_F(HeatMapRendering, KeepsHostileTextOutOfGnuplotAndInItsPlace) {
  HeatMap map = layers_by_precision();
  map.title = map.unit = map.x.label = test::hostile;
  map.y.categories = {"`touch x` <b>", "#0 'y'\n"};
  EXPECT_THAT(heat_map_script(map, colour_scale(map, {})).text, Not(HasSubstr("touch")));
  render_map(map);
  EXPECT_EQ(svg_.child("title").text().get(), test::hostile);
  EXPECT_THAT(texts("//text"), testing::IsSupersetOf({"`touch x` <b>", "#0 'y'\n"}));
  EXPECT_EQ(count("//script"), 0U);
}

TEST_F(HeatMapRendering, HasUniqueIdsAndIsTheSameEachTime) {
  const HeatMap map = layers_by_precision();
  render_map(map);
  std::set<std::string> ids;
  for (const auto& node : svg_.select_nodes("//*[@id]")) {
    const std::string id = node.node().attribute("id").value();
    EXPECT_THAT(id, testing::StartsWith("heat-map-m-"));
    EXPECT_TRUE(ids.insert(id).second) << id << " twice";
  }
  EXPECT_EQ(render(map, colour_scale(map, {}), "heat-map-m").svg, rendered_.svg);
}

/// |x + y| over 200 × 200 points of a square whose middle no point is.
HeatMap valley() {
  constexpr std::size_t side = 200;
  HeatMap map = slope(side);
  map.filled = true;
  map.logarithmic = true;
  for (std::size_t i = 0; i < side; ++i) {
    for (std::size_t j = 0; j < side; ++j) {
      // Numbers that cancel exactly on the falling diagonal.
      const auto distance = static_cast<double>(i + j) - static_cast<double>(side - 1);
      map.rows[i][j] = std::abs(distance) / static_cast<double>(side - 1);
    }
  }
  return map;
}

TEST_F(HeatMapRendering, OfFilledContoursHasAreasOfALevelAndOfExactZeros) {
  const HeatMap map = valley();
  render_map(map);
  EXPECT_EQ(boxes("zero"), 200U);
  // Two sides of the valley, and at most two runs of a level in each row.
  EXPECT_GT(colour_scale(map, {}).steps(), 3U);
  for (const char* level : {"h0", "h8"}) {
    EXPECT_THAT(boxes(level), testing::AllOf(testing::Gt(0U), testing::Le(400U))) << level;
  }
  constexpr std::size_t kilobytes = 1000;
  EXPECT_LT(rendered_.svg.size(), 100 * kilobytes);
  EXPECT_EQ(count("//rect"), 0U);
}

TEST_F(HeatMapRendering, OfFilledContoursHasRoundNumbersAtItsAxes) {
  render_map(valley());
  // As many as have room: fewer upwards.
  EXPECT_THAT(texts("//text"), ElementsAre("-1", "-0.75", "-0.5", "-0.25", "0", "0.25", "0.5", "0.75", "1",
                                           "-1", "-0.5", "0", "0.5", "1"));
}

TEST_F(HeatMapRendering, OfFilledContoursSaysWhatItShows) {
  HeatMap map = valley();
  map.unit = "|pre-activation|";
  map.x.label = "u";
  map.y.label = "v";
  map.rows[0][0] = nan;
  map.rows[0][1] = infinity;
  render_map(map);
  EXPECT_THAT(
      svg_.child("desc").text().get(),
      testing::AllOf(
          testing::StartsWith("Filled contours of |pre-activation| (logarithmic colours) by v (200 rows)"),
          HasSubstr("200 points are exactly 0."), HasSubstr("1 point is infinite. 1 point is NaN.")));
}

TEST_F(HeatMapRendering, OfFilledContoursDoesNotSeparateFewPoints) {
  HeatMap map = slope(3);
  map.filled = true;
  map.rows.assign(3, {1.0, 1.0, nan});
  render_map(map);
  EXPECT_EQ(boxes("h4"), 3U) << "one run a row";
  EXPECT_EQ(boxes("nan"), 3U);
  EXPECT_EQ(count("//g[@class='on-nan']"), 0U);
}

TEST(FilledContoursOfOddNumbers, AreDrawn) {
  for (const double value :
       {nan, infinity, 0.0, std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min()}) {
    HeatMap map = valley();
    map.rows.assign(200, std::vector<std::optional<double>>(200, value));
    EXPECT_EQ(render(map, colour_scale(map, {}), "a").failure, "") << value;
    map.floor = 1e-9;
    EXPECT_EQ(render(map, colour_scale(map, {}), "a").failure, "") << value;
  }
  HeatMap absent = valley();
  absent.rows.assign(200, std::vector<std::optional<double>>(200));
  EXPECT_EQ(render(absent, colour_scale(absent, {}), "a").failure, "");
}

TEST(HeatMapOfOddNumbers, IsDrawn) {
  const auto failure = [](std::size_t side, const std::optional<double>& value) {
    HeatMap map = slope(side);
    map.contours = {0.5};
    map.rows.assign(side, std::vector<std::optional<double>>(side, value));
    return render(map, colour_scale(map, {}), "a").failure;
  };
  for (const std::size_t side : {2U, 100U}) {
    EXPECT_EQ(failure(side, std::nullopt), "") << side;
    EXPECT_EQ(failure(side, nan), "") << side;
    EXPECT_EQ(failure(side, -infinity), "") << side;
    EXPECT_EQ(failure(side, 0.5), "") << side;
    EXPECT_EQ(failure(side, std::numeric_limits<double>::max()), "") << side;
    EXPECT_EQ(failure(side, std::numeric_limits<double>::denorm_min()), "") << side;
  }
  HeatMap gap = slope(10);
  gap.contours = {0.5};
  gap.rows[3] = std::vector<std::optional<double>>(10, nan);
  EXPECT_EQ(render(gap, colour_scale(gap, {}), "a").failure, "");
  HeatMap cliff = slope(3);
  cliff.contours = {0.5};
  cliff.rows.assign(3, {0.0, nan, 1.0});
  EXPECT_EQ(render(cliff, colour_scale(cliff, {}), "a").failure, "")
      << "no two neighbours with a line between";
}

}  // namespace
}  // namespace relu0
