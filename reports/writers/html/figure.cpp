#include "reports/writers/html/figure.hpp"

#include "reports/figures/figure_rendering.hpp"
#include "reports/model/text.hpp"
#include "reports/writers/html/dictionary.hpp"

#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include <ctemplate/template.h>
#include <fmt/format.h>

namespace relu0 {
namespace {

using ctemplate::TemplateDictionary;

void fill_legend(TemplateDictionary& drawn, const Figure& figure, const std::string& anchor) {
  const std::vector<SeriesStyle> styles = series_styles(figure);
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    TemplateDictionary& entry = *drawn.AddSectionDictionary("SERIES");
    const bool published = figure.series[i].published;
    set(entry, "LABEL", figure.series[i].label);
    set(entry, "COLOUR_CLASS", fmt::format("s{}", styles[i].colour));
    if (figure.series[i].joined) {
      set_section(entry, "LINE", "LINE_CLASS", published ? "dashed" : "solid");
    }
    set(entry, "POINT_CLASS", published ? "hollow" : "filled");
    set(entry, "SYMBOL_ID", symbol_id(anchor, styles[i].gnuplot_point_type));
  }
}

/// All x of a figure, in order; NaN, which has no order, comes last.
std::vector<double> distinct_x(const Figure& figure) {
  const auto before = [](double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; };
  std::set<double, decltype(before)> values(before);
  for (const FigureSeries& series : figure.series) {
    for (const FigurePoint& point : series.points) {
      values.insert(point.x);
    }
  }
  return {values.begin(), values.end()};
}

bool same_x(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// A row for each x, a column for each series.
void fill_points(TemplateDictionary& dictionary, const Figure& figure) {
  for (const FigureSeries& series : figure.series) {
    set(*dictionary.AddSectionDictionary("SERIES_COLUMN"), "LABEL", series.label);
  }
  for (const double x : distinct_x(figure)) {
    TemplateDictionary& row = *dictionary.AddSectionDictionary("POINT_ROW");
    set(row, "X", place_name(figure.x, x));
    for (const FigureSeries& series : figure.series) {
      TemplateDictionary& cell = *row.AddSectionDictionary("POINTS");
      for (const FigurePoint& point : series.points) {
        if (!same_x(point.x, x)) {
          continue;
        }
        TemplateDictionary& entry = *cell.AddSectionDictionary("POINT");
        set(entry, "Y", readable(point.y));
        std::string interval = interval_text(point.low, point.high);
        if (point.least && point.greatest) {
          interval += fmt::format(" ({} to {})", readable(*point.least), readable(*point.greatest));
        }
        set_section(entry, "POINT_INTERVAL", "INTERVAL", interval);
      }
    }
  }
}

/// Whether the table of numbers fits beside a figure that stands alone.
bool is_short(const Figure& figure) {
  constexpr std::size_t most_rows = 8;
  constexpr std::size_t most_columns = 4;
  return distinct_x(figure).size() <= most_rows && figure.series.size() <= most_columns;
}

}  // namespace

void fill_figure(TemplateDictionary& dictionary, const Figure& figure, const std::string& anchor,
                 bool alone) {
  set(dictionary, "ANCHOR", anchor);
  set(dictionary, "TITLE", figure.title);
  set(dictionary, "CAPTION", figure.caption);
  set(dictionary, "X_LABEL", figure.x.label);
  set(dictionary, "Y_LABEL", figure.y.label);
  fill_points(dictionary, figure);
  const RenderedFigure rendered = render(figure, anchor);
  if (rendered.svg.empty()) {
    set_section(dictionary, "NOT_DRAWN", "FAILURE", rendered.failure);
    dictionary.ShowSection("OPEN");
    return;
  }
  if (alone && is_short(figure)) {
    dictionary.ShowSection("OPEN");
  }
  TemplateDictionary& drawn = *dictionary.AddSectionDictionary("DRAWN");
  fill_legend(drawn, figure, anchor);
  drawn.SetValue("SVG", rendered.svg);
  if (rendered.side_by_side) {
    dictionary.ShowSection("SIDE_BY_SIDE");
  }
  if (rendered.omitted_points > 0) {
    set_section(
        dictionary, "OMITTED", "OMITTED_POINTS",
        fmt::format("{} {}", rendered.omitted_points, rendered.omitted_points == 1 ? "point" : "points"));
  }
}

}  // namespace relu0
