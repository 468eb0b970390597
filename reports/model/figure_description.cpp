#include "reports/model/figure_description.hpp"

#include "reports/model/text.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

// A listener could not follow more points than this; the table beside the figure has them all.
constexpr std::size_t most_points_told = 8;

std::string describe(const Axis& axis) {
  return axis.label + (axis.logarithmic ? " (logarithmic axis)" : "");
}

std::string describe(const FigurePoint& point, const Axis& x) {
  return fmt::format("{} at {}", readable(point.y), place_name(x, point.x));
}

std::string describe(const FigureSeries& series, const Axis& x) {
  const std::vector<FigurePoint>& points = series.points;
  std::string text = series.label + (series.published ? " (published, dashed): " : " (solid): ");
  if (points.empty()) {
    return text + "no points.";
  }
  if (points.size() > most_points_told) {
    const auto [least, greatest] = std::minmax_element(
        points.begin(), points.end(), [](const FigurePoint& a, const FigurePoint& b) { return a.y < b.y; });
    return text + fmt::format("{} points, from {} to {}; least {}, greatest {}.", points.size(),
                              describe(points.front(), x), describe(points.back(), x), describe(*least, x),
                              describe(*greatest, x));
  }
  for (const FigurePoint& point : points) {
    if (&point != &points.front()) {
      text += ", ";
    }
    text += describe(point, x);
  }
  return text + ".";
}

}  // namespace

std::string place_name(const Axis& axis, double place) {
  for (std::size_t i = 0; i < axis.categories.size(); ++i) {
    if (place == static_cast<double>(i)) {
      return axis.categories[i];
    }
  }
  return readable(place);
}

std::string describe(const Figure& figure) {
  std::string text =
      fmt::format("{} of {} against {}.", figure.x.categories.empty() ? "Line figure" : "Figure",
                  describe(figure.y), describe(figure.x));
  for (const FigureSeries& series : figure.series) {
    text += " " + describe(series, figure.x);
  }
  return text;
}

}  // namespace relu0
