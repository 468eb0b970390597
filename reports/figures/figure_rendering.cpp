#include "reports/figures/figure_rendering.hpp"

#include "reports/figures/figure_script.hpp"
#include "reports/figures/gnuplot.hpp"
#include "reports/figures/page_svg.hpp"
#include "reports/model/figure_description.hpp"

#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

/// gnuplot's point types, filled and hollow: circle, square, triangle, diamond, triangle upside down. Their
/// number and that of the colours have no common factor, so that the same colour meets the same marker again
/// only after 30 groups.
constexpr std::array<std::pair<int, int>, 5> markers{{{7, 6}, {5, 4}, {9, 8}, {13, 12}, {11, 10}}};

/// The symbols of the published series, which the page fills with its own background.
std::set<std::string> hollow_symbols(const Figure& figure, const std::vector<SeriesStyle>& styles,
                                     const std::string& anchor) {
  std::set<std::string> hollow;
  for (std::size_t i = 0; i < styles.size(); ++i) {
    if (figure.series[i].published) {
      hollow.insert(symbol_id(anchor, styles[i].gnuplot_point_type));
    }
  }
  return hollow;
}

}  // namespace

std::vector<SeriesStyle> series_styles(const Figure& figure) {
  std::map<std::string, int> groups;
  std::vector<SeriesStyle> styles;
  for (const FigureSeries& series : figure.series) {
    const std::string& group = series.group.empty() ? series.label : series.group;
    const int number = groups.try_emplace(group, static_cast<int>(groups.size())).first->second;
    const auto& [filled, hollow] = markers.at(static_cast<std::size_t>(number) % markers.size());
    styles.push_back(
        {.colour = number % series_colours, .gnuplot_point_type = series.published ? hollow : filled});
  }
  return styles;
}

std::string symbol_id(const std::string& anchor, int gnuplot_point_type) {
  return fmt::format("{}-gpPt{}", anchor, gnuplot_point_type - 1);
}

RenderedFigure render(const Figure& figure, const std::string& anchor) {
  const std::vector<SeriesStyle> styles = series_styles(figure);
  const FigureScript script = figure_script(figure, styles);
  RenderedFigure rendered{
      .svg = "", .failure = "", .omitted_points = script.omitted_points, .side_by_side = script.side_by_side};
  if (script.text.empty()) {
    rendered.failure = "none of its points can be drawn";
    return rendered;
  }
  const GnuplotOutput output = run_gnuplot(script.text);
  rendered.failure = output.failure;
  if (rendered.failure.empty()) {
    rendered.svg = page_svg(output.svg, {.anchor = anchor,
                                         .title = figure.title,
                                         .description = describe(figure),
                                         .hollow_symbols = hollow_symbols(figure, styles, anchor),
                                         .texts = script.texts});
    if (rendered.svg.empty()) {
      rendered.failure = "gnuplot wrote no SVG";
    }
  }
  return rendered;
}

}  // namespace relu0
