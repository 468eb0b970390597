#include "reports/figures/heat_map_rendering.hpp"
#include "reports/model/text.hpp"

#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace relu0 {
namespace {

/// A value and the cell in which it stands.
struct Extreme {
  double value;
  std::size_t row;
  std::size_t column;
};

struct Summary {
  std::optional<Extreme> least;
  std::optional<Extreme> greatest;
  int zeros = 0;
  int infinite = 0;
  int nan = 0;
  int absent = 0;
};

void add(Summary& summary, const std::optional<double>& value, std::size_t row, std::size_t column) {
  if (!value) {
    ++summary.absent;
  } else if (std::isnan(*value)) {
    ++summary.nan;
  } else if (std::isinf(*value)) {
    ++summary.infinite;
  } else {
    summary.zeros += *value == 0 ? 1 : 0;
    if (!summary.least || *value < summary.least->value) {
      summary.least = {*value, row, column};
    }
    if (!summary.greatest || *value > summary.greatest->value) {
      summary.greatest = {*value, row, column};
    }
  }
}

std::string place(const HeatMap& map, const Extreme& extreme) {
  return fmt::format("{} at {}, {}", readable(extreme.value), cell_name(map.y, extreme.row),
                     cell_name(map.x, extreme.column));
}

}  // namespace

std::string describe(const HeatMap& map) {
  Summary summary;
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    for (std::size_t column = 0; column < map.rows[row].size(); ++column) {
      add(summary, map.rows[row][column], row, column);
    }
  }
  std::string text = fmt::format("{} of {}{} by {} ({} rows) and {} ({} columns).",
                                 map.filled ? "Filled contours" : "Heat map", map.unit,
                                 map.logarithmic ? " (logarithmic colours)" : "", map.y.label, map.y.size(),
                                 map.x.label, map.x.size());
  if (summary.least && summary.greatest) {
    text += fmt::format(" Least {}; greatest {}.", place(map, *summary.least), place(map, *summary.greatest));
  }
  const auto count = [&](int cells, const char* what) {
    if (cells > 0) {
      text += fmt::format(
          " {} {} {}.", cells,
          cells == 1 ? (map.filled ? "point is" : "cell is") : (map.filled ? "points are" : "cells are"),
          what);
    }
  };
  count(map.logarithmic ? summary.zeros : 0, "exactly 0");
  count(summary.infinite, "infinite");
  count(summary.nan, "NaN");
  count(summary.absent, "not measured");
  return text;
}

}  // namespace relu0
