#include "reports/model/heat_map.hpp"

#include "reports/model/text.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

void require(bool condition, const HeatMap& map, std::string_view failure) {
  if (!condition) {
    throw std::invalid_argument(fmt::format("heat map '{}': {}", map.id, failure));
  }
}

bool are_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

void require_axis(const HeatMap& map, const HeatMapAxis& axis, std::string_view letter) {
  require(axis.categories.empty() != axis.places.empty(), map,
          fmt::format("axis {} needs either categories or places", letter));
  const bool ascending =
      std::adjacent_find(axis.places.begin(), axis.places.end(), std::greater_equal<>()) == axis.places.end();
  require(are_finite(axis.places) && ascending, map,
          fmt::format("the places of axis {} are not finite and ascending", letter));
}

void require_values(const HeatMap& map) {
  require(map.rows.size() == map.y.size(), map,
          fmt::format("{} rows for {} places of axis y", map.rows.size(), map.y.size()));
  for (const auto& row : map.rows) {
    require(row.size() == map.x.size(), map,
            fmt::format("a row of {} cells for {} places of axis x", row.size(), map.x.size()));
    for (const std::optional<double>& value : row) {
      require(!map.logarithmic || !value || std::isnan(*value) || *value >= 0, map,
              fmt::format("a logarithmic scale cannot show {}", readable(value.value_or(0))));
    }
  }
}

void require_contours(const HeatMap& map) {
  if (map.contours.empty()) {
    return;
  }
  require(map.x.places.size() > 1 && map.y.places.size() > 1, map,
          "contours need two number lines of at least two places");
  const bool drawable = are_finite(map.contours) &&
                        (!map.logarithmic || *std::min_element(map.contours.begin(), map.contours.end()) > 0);
  require(drawable, map, "a contour's value must be finite, on a logarithmic scale positive too");
}

void require_filled(const HeatMap& map) {
  if (map.filled) {
    require(map.x.places.size() > 1 && map.y.places.size() > 1 && map.contours.empty(), map,
            "filled contours need two number lines of at least two places, and have no other contours");
  }
  require(!map.floor || (map.logarithmic && std::isfinite(*map.floor) && *map.floor > 0), map,
          "only a logarithmic scale has a floor, which is positive and finite");
}

}  // namespace

std::string cell_name(const HeatMapAxis& axis, std::size_t index) {
  return axis.categories.empty() ? readable(axis.places.at(index)) : axis.categories.at(index);
}

void require_consistent(const HeatMap& map) {
  require_axis(map, map.x, "x");
  require_axis(map, map.y, "y");
  const std::size_t most = map.filled ? most_filled_cells : most_heat_map_cells;
  require(map.x.size() * map.y.size() <= most, map,
          fmt::format("{} × {} cells are more than {}", map.y.size(), map.x.size(), most));
  require_values(map);
  require_contours(map);
  require_filled(map);
}

void require_consistent(const std::vector<HeatMap>& maps) {
  std::map<std::string, const HeatMap*> first_of_group;
  for (const HeatMap& map : maps) {
    require_consistent(map);
    if (map.group.empty()) {
      continue;
    }
    const HeatMap& first = *first_of_group.try_emplace(map.group, &map).first->second;
    require(
        map.unit == first.unit && map.logarithmic == first.logarithmic && map.filled == first.filled &&
            map.floor == first.floor,
        map,
        fmt::format("unit and kind of scale differ from those of '{}' in group '{}'", first.id, map.group));
  }
}

}  // namespace relu0
