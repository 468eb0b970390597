#include "reports/figures/figure_rendering.hpp"

#include "reports/figures/figure_script.hpp"
#include "reports/model/figure_description.hpp"
#include "suites/tests/reports/support.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>

namespace relu0 {
namespace {

using testing::HasSubstr;
using testing::Not;

FigureSeries series(std::string label, std::vector<FigurePoint> points, bool published = false,
                    std::string group = "") {
  return {.label = std::move(label),
          .published = published,
          .points = std::move(points),
          .group = std::move(group)};
}

Figure figure_of(std::vector<FigureSeries> all) {
  Figure figure;
  figure.id = "f";
  figure.title = "A title";
  figure.x.label = "depth";
  figure.y.label = "share";
  figure.series = std::move(all);
  return figure;
}

const std::vector<FigurePoint> three_points{{.x = 1, .y = 0.25, .low = 0.125, .high = 0.5},
                                            {.x = 2, .y = 0.5, .low = 0.25, .high = 0.75},
                                            {.x = 4, .y = 1, .low = 0.75, .high = 1}};

std::size_t count(pugi::xml_node node, const char* xpath) { return node.select_nodes(xpath).size(); }

class FigureRendering : public testing::Test {
 protected:
  void render_figure(const Figure& figure) {
    rendered_ = render(figure, "figure-f");
    ASSERT_EQ(rendered_.failure, "");
    ASSERT_TRUE(document_.load_string(rendered_.svg.c_str())) << rendered_.svg;
    svg_ = document_.child("svg");
  }
  RenderedFigure rendered_;
  pugi::xml_document document_;
  pugi::xml_node svg_;
};

TEST_F(FigureRendering, HasATextAlternative) {
  render_figure(figure_of({series("ours", three_points)}));
  EXPECT_STREQ(svg_.attribute("role").value(), "img");
  EXPECT_STREQ(svg_.attribute("aria-labelledby").value(), "figure-f-title figure-f-desc");
  EXPECT_STREQ(svg_.child("title").text().get(), "A title");
  EXPECT_STREQ(svg_.child("desc").text().get(),
               "Line figure of share against depth. ours (solid): 0.25 at 1, 0.5 at 2, 1 at 4.");
}

TEST_F(FigureRendering, NamesTheCategoriesOfAnAxisWithoutNumbers) {
  Figure figure = figure_of({series(
      "ours", {{.x = 0, .y = 0.25, .low = {}, .high = {}}, {.x = 2, .y = 1, .low = {}, .high = {}}})});
  figure.x.categories = {"fp16", test::hostile, "fp64"};
  EXPECT_THAT(figure_script(figure, series_styles(figure)).text, Not(HasSubstr("touch")));
  render_figure(figure);
  EXPECT_STREQ(svg_.child("desc").text().get(),
               "Figure of share against depth. ours (solid): 0.25 at fp16, 1 at fp64.");
  std::vector<std::string> labels;
  for (const auto& node : svg_.select_nodes("//text")) {
    labels.emplace_back(node.node().text().get());
  }
  EXPECT_THAT(labels, testing::IsSupersetOf({"fp16", test::hostile.c_str(), "fp64"}));
}

TEST_F(FigureRendering, ScalesAndHasNoColoursOfItsOwn) {
  render_figure(figure_of({series("ours", three_points), series("theirs", three_points, true)}));
  EXPECT_TRUE(svg_.attribute("viewBox"));
  EXPECT_FALSE(svg_.attribute("width"));
  EXPECT_THAT(rendered_.svg, Not(HasSubstr("rgb(")));
  EXPECT_THAT(rendered_.svg, Not(HasSubstr("black")));
  EXPECT_THAT(rendered_.svg, Not(HasSubstr("white")));
}

TEST_F(FigureRendering, DrawsOursSolidAndFilledAndThePublishedDashedAndHollow) {
  render_figure(
      figure_of({series("ours", three_points, false, "g"), series("theirs", three_points, true, "g")}));
  EXPECT_EQ(count(svg_, "//path[@class='s0' and @stroke-dasharray]"), 1U);
  EXPECT_EQ(count(svg_, "//use[@class='s0' and @href='#figure-f-gpPt6']"), 3U) << "filled discs";
  EXPECT_EQ(count(svg_, "//use[@class='s0 hollow' and @href='#figure-f-gpPt5']"), 3U) << "circles";
}

/// Where the first rectangle of a path "M115.2,218.6H141.0V…" begins and ends.
std::pair<double, double> first_extent(const pugi::xml_node& path) {
  const std::string d = path.attribute("d").value();
  return {std::stod(d.substr(1)), std::stod(d.substr(d.find('H') + 1))};
}

TEST_F(FigureRendering, DrawsBoxesWithWhiskersSideBySide) {
  const FigurePoint box{.x = 0, .y = 0.25, .low = 0.125, .high = 0.5, .least = 0.0625, .greatest = 1};
  FigurePoint second = box;
  second.x = 1;
  Figure figure = figure_of({series("ours", {box, second}), series("others", {box, second})});
  figure.x.categories = {"a", "b"};
  for (FigureSeries& of : figure.series) {
    of.joined = false;
  }
  render_figure(figure);
  ASSERT_EQ(count(svg_, "//path[contains(@class, 's0') and @fill-opacity]"), 2U) << "a box at each category";
  const auto ours = first_extent(svg_.select_node("//path[contains(@class, 's0') and @fill-opacity]").node());
  const auto others =
      first_extent(svg_.select_node("//path[contains(@class, 's1') and @fill-opacity]").node());
  EXPECT_LT(ours.first, ours.second);
  EXPECT_LT(ours.second, others.first) << "they do not overlap";
  EXPECT_EQ(count(svg_, "//use[@class='s0']"), 2U) << "the medians";
  EXPECT_THAT(figure_script(figure, series_styles(figure)).text, Not(HasSubstr("yerrorbars")));
}

TEST_F(FigureRendering, DrawsABandBehindALine) {
  Figure figure = figure_of({series("ours", three_points)});
  figure.series.front().band = true;
  EXPECT_THAT(figure_script(figure, series_styles(figure)).text, Not(HasSubstr("yerrorbars")));
  render_figure(figure);
  EXPECT_EQ(count(svg_, "//path[contains(@class, 's0') and @fill-opacity]"), 1U);
  EXPECT_EQ(count(svg_, "//use[@class='s0']"), 3U);
}

TEST_F(FigureRendering, HasUniqueIdsAndNoDanglingReferences) {
  render_figure(
      figure_of({series("a", three_points), series("b", three_points), series("c", three_points),
                 series("d", three_points), series("e", three_points), series("f", three_points, true)}));
  std::set<std::string> ids;
  for (const auto& node : svg_.select_nodes("//*[@id]")) {
    const std::string id = node.node().attribute("id").value();
    EXPECT_THAT(id, testing::StartsWith("figure-f-"));
    EXPECT_TRUE(ids.insert(id).second) << id << " twice";
  }
  for (const auto& node : svg_.select_nodes("//*[@href]")) {
    EXPECT_TRUE(ids.contains(node.node().attribute("href").value() + 1));
  }
}

TEST_F(FigureRendering, IsTheSameEachTime) {
  const Figure figure = figure_of({series("ours", three_points)});
  EXPECT_EQ(render(figure, "figure-f").svg, render(figure, "figure-f").svg);
}

TEST_F(FigureRendering, KeepsHostileTextOutOfGnuplotAndInItsPlace) {
  Figure figure = figure_of({series(test::hostile, three_points)});
  figure.title = test::hostile;
  figure.x.label = test::hostile;
  const std::string script = figure_script(figure, series_styles(figure)).text;
  EXPECT_THAT(script, Not(HasSubstr("touch")));
  render_figure(figure);
  EXPECT_EQ(svg_.child("title").text().get(), test::hostile);
  EXPECT_EQ(count(svg_, "//script"), 0U);
}

TEST_F(FigureRendering, LeavesAGapWhereThereIsNoNumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  render_figure(figure_of({series("ours", {{.x = 1, .y = 1, .low = {}, .high = {}},
                                           {.x = 2, .y = 2, .low = {}, .high = {}},
                                           {.x = 3, .y = nan, .low = {}, .high = {}},
                                           {.x = 4, .y = 2, .low = {}, .high = {}},
                                           {.x = 5, .y = 1, .low = {}, .high = {}}})}));
  EXPECT_EQ(rendered_.omitted_points, 1);
  EXPECT_EQ(count(svg_, "//use[@class='s0']"), 4U);
  const std::string path = svg_.select_node("//path[@class='s0']").node().attribute("d").value();
  EXPECT_EQ(std::count(path.begin(), path.end(), 'M'), 2) << path;
}

TEST_F(FigureRendering, OmitsWhatALogarithmicAxisCannotShow) {
  Figure figure = figure_of({series("ours", {{.x = 1, .y = 0, .low = {}, .high = 1e-3},
                                             {.x = 2, .y = 1e-3, .low = 0, .high = 1e-2},
                                             {.x = 3, .y = 1e-2, .low = 1e-3, .high = 1e-1}})});
  figure.y.logarithmic = true;
  render_figure(figure);
  EXPECT_EQ(rendered_.omitted_points, 1);
  EXPECT_EQ(count(svg_, "//use[@class='s0']"), 2U);
}

TEST(FigureScript, HasALabelForEachPlaceOfAFewPoints) {
  const Figure figure = figure_of({series("ours", three_points)});
  EXPECT_THAT(figure_script(figure, series_styles(figure)).text,
              HasSubstr("set xtics ('1' 1, '2' 2, '4' 4)"));
}

TEST(FigureScript, LabelsALongLogarithmicAxisByPowersOfTen) {
  Figure figure = figure_of({series(
      "ours", {{.x = 1, .y = 2e-9, .low = {}, .high = {}}, {.x = 2, .y = 5e-4, .low = {}, .high = {}}})});
  figure.y.logarithmic = true;
  EXPECT_THAT(figure_script(figure, series_styles(figure)).text, HasSubstr("'10⁻⁸' 1e-08, '10⁻⁷' 1e-07"));
}

TEST(FigureScript, SetsPublishedPointsBesideOursAtFewPlacesOnly) {
  std::vector<FigurePoint> many;
  many.reserve(50);
  for (int i = 0; i < 50; ++i) {
    many.push_back({.x = i * 1.0, .y = 1.0, .low = {}, .high = {}});
  }
  const auto side_by_side = [](const Figure& figure) {
    return figure_script(figure, series_styles(figure)).side_by_side;
  };
  EXPECT_TRUE(side_by_side(figure_of({series("ours", three_points), series("theirs", three_points, true)})));
  EXPECT_FALSE(side_by_side(figure_of({series("ours", three_points), series("also ours", three_points)})));
  EXPECT_FALSE(side_by_side(figure_of({series("ours", many), series("theirs", many, true)})));
}

TEST(FigureOfOddNumbers, IsDrawnOrSaysWhyNot) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto one = [](double x, double y) {
    return figure_of({series("ours", {{.x = x, .y = y, .low = {}, .high = {}}})});
  };
  EXPECT_EQ(render(one(0, 0), "a").failure, "") << "a single point";
  EXPECT_EQ(render(one(1e300, -1e-300), "a").failure, "");
  EXPECT_EQ(render(one(infinity, 1), "a").failure, "none of its points can be drawn");
  EXPECT_EQ(render(figure_of({}), "a").failure, "none of its points can be drawn");
  EXPECT_EQ(render(figure_of({series("empty", {}), series("ours", three_points)}), "a").failure, "");
}

TEST(SeriesStyles, AreSharedWithinAGroupAndDifferBetweenGroups) {
  const std::vector<SeriesStyle> styles = series_styles(
      figure_of({series("a", {}, false, "fp32"), series("b", {}, true, "fp32"), series("c", {})}));
  EXPECT_EQ(styles[0].colour, styles[1].colour);
  EXPECT_NE(styles[0].gnuplot_point_type, styles[1].gnuplot_point_type);
  EXPECT_NE(styles[0].colour, styles[2].colour);
}

TEST(SeriesStyles, StayApartForThirtyGroups) {
  std::vector<FigureSeries> all;
  all.reserve(30);
  for (int i = 0; i < 30; ++i) {
    all.push_back(series(std::to_string(i), {}));
  }
  std::set<std::pair<int, int>> seen;
  for (const SeriesStyle& style : series_styles(figure_of(all))) {
    EXPECT_TRUE(seen.emplace(style.colour, style.gnuplot_point_type).second);
  }
}

TEST(FigureDescription, SumsUpALongSeries) {
  std::vector<FigurePoint> many;
  many.reserve(20);
  for (int i = 1; i <= 20; ++i) {
    many.push_back({.x = i * 1.0, .y = (i - 5.0) * (i - 5.0), .low = {}, .high = {}});
  }
  EXPECT_EQ(
      describe(figure_of({series("theirs", many, true)})),
      "Line figure of share against depth. theirs (published, dashed): 20 points, from 16 at 1 to 225 at 20; "
      "least 0 at 5, greatest 225 at 20.");
}

}  // namespace
}  // namespace relu0
