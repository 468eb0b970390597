#include "reports/writers/html/heat_map.hpp"

#include "reports/figures/colour_scale.hpp"
#include "reports/figures/heat_map_rendering.hpp"
#include "reports/figures/page_svg.hpp"
#include "reports/model/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ctemplate/template.h>
#include <fmt/format.h>

namespace relu0 {
namespace {

using ctemplate::TemplateDictionary;

// More numbers than anyone reads would swell the page; results.json has them.
constexpr std::size_t most_cells_of_table = 1000;

/// What the legend says of the cells whose values have no place on the scale, by their class.
constexpr std::array<std::pair<std::string_view, const char*>, 4> special_classes{{
    {"zero", "exactly 0"},
    {"infinite", "infinite (∞)"},
    {"nan", "NaN (×)"},
    {"absent", "not measured (–)"},
}};

void add_step(TemplateDictionary& legend, std::size_t number, const std::string& range,
              const std::string& edge) {
  TemplateDictionary& step = *legend.AddSectionDictionary("STEP");
  set(step, "CELL_CLASS", cell_classes.at(number));
  set(step, "RANGE", range);
  set(step, "EDGE", edge);
}

bool is_power_of_ten(double value) {
  return value > 0 &&
         std::strtod(fmt::format("1e{}", std::lround(std::log10(value))).c_str(), nullptr) == value;
}

/// The label below the lower edge of a step. The steps of filled contours are narrow, so that only powers of
/// ten have room for one.
std::string edge_label(double edge, const HeatMap& map) {
  return map.filled && map.logarithmic && !is_power_of_ten(edge) ? "" : compact_exactly(edge);
}

/// Lists the steps of the scale. Their edges are round numbers, except where all values are the same: the
/// only step is that value then.
void fill_scale(TemplateDictionary& drawn, const HeatMap& map, const ColourScale& scale) {
  const std::vector<double>& edges = scale.edges();
  if (edges.empty()) {
    return;
  }
  TemplateDictionary& legend = *drawn.AddSectionDictionary("SCALE");
  if (edges.front() == edges.back()) {
    const std::string value = (scale.begins_below() ? "≤ " : "") + compact(edges.front());
    add_step(legend, scale.step_class(0), value, value);
    return;
  }
  for (std::size_t i = 0; i < scale.steps(); ++i) {
    const bool open = i == 0 && scale.begins_below();
    const std::string high = compact_exactly(edges[i + 1]);
    const std::string range =
        open ? "below " + high : fmt::format("{} to {}", compact_exactly(edges[i]), high);
    add_step(legend, scale.step_class(i), range, open ? "<" : edge_label(edges[i], map));
  }
  set_section(legend, "LAST_EDGE", "EDGE", compact_exactly(edges.back()));
}

/// Lists the kinds of value that occur in the map and have no place on the scale.
void fill_specials(TemplateDictionary& drawn, const HeatMap& map, const ColourScale& scale) {
  std::set<std::size_t> present;
  for (const auto& row : map.rows) {
    for (const std::optional<double>& value : row) {
      present.insert(scale.value_class(value));
    }
  }
  TemplateDictionary* specials = nullptr;
  for (const auto& [name, meaning] : special_classes) {
    if (present.contains(cell_class(name))) {
      if (specials == nullptr) {
        specials = drawn.AddSectionDictionary("SPECIALS");
      }
      TemplateDictionary& special = *specials->AddSectionDictionary("SPECIAL");
      set(special, "CELL_CLASS", name);
      set(special, "MEANING", meaning);
    }
  }
}

/// The section of the table; null where there are too many numbers for one.
TemplateDictionary* fill_numbers(TemplateDictionary& dictionary, const HeatMap& map) {
  if (map.x.size() * map.y.size() > most_cells_of_table) {
    dictionary.ShowSection("MANY_NUMBERS");
    return nullptr;
  }
  TemplateDictionary& numbers = *dictionary.AddSectionDictionary("NUMBERS");
  set(numbers, "UNIT", map.unit);
  set(numbers, "X_LABEL", map.x.label);
  set(numbers, "Y_LABEL", map.y.label);
  for (std::size_t j = 0; j < map.x.size(); ++j) {
    set(*numbers.AddSectionDictionary("COLUMN"), "NAME", cell_name(map.x, j));
  }
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    TemplateDictionary& row = *numbers.AddSectionDictionary("ROW");
    set(row, "NAME", cell_name(map.y, i));
    for (const std::optional<double>& value : map.rows[i]) {
      set(*row.AddSectionDictionary("CELL"), "VALUE", value ? readable(*value) : "–");
    }
  }
  return &numbers;
}

}  // namespace

void fill_heat_map(TemplateDictionary& dictionary, const HeatMap& map, const std::vector<HeatMap>& all,
                   Anchors& anchors) {
  const std::string anchor = anchors.make("heat-map", map.id);
  set(dictionary, "ANCHOR", anchor);
  set(dictionary, "TITLE", map.title);
  set(dictionary, "CAPTION", map.caption);
  if (map.filled) {
    dictionary.ShowSection("FILLED");
  }
  TemplateDictionary* numbers = fill_numbers(dictionary, map);
  const ColourScale scale = colour_scale(map, all);
  const RenderedHeatMap rendered = render(map, scale, anchor);
  if (rendered.svg.empty()) {
    TemplateDictionary& not_drawn = *dictionary.AddSectionDictionary("NOT_DRAWN");
    set(not_drawn, "FAILURE", rendered.failure);
    if (numbers != nullptr) {
      not_drawn.ShowSection("IN_TABLE");
      numbers->ShowSection("OPEN");
    }
    return;
  }
  TemplateDictionary& drawn = *dictionary.AddSectionDictionary("DRAWN");
  set(drawn, "UNIT", map.unit);
  set(drawn, "X_LABEL", map.x.label);
  set(drawn, "Y_LABEL", map.y.label);
  fill_scale(drawn, map, scale);
  fill_specials(drawn, map, scale);
  drawn.SetValue("SVG", rendered.svg);
  if (!map.contours.empty()) {
    std::vector<std::string> levels;
    std::transform(map.contours.begin(), map.contours.end(), std::back_inserter(levels), compact_exactly);
    set_section(dictionary, "CONTOURS", "LEVELS", fmt::format("{}", fmt::join(levels, ", ")));
  }
  const bool shares = !map.group.empty() &&
                      std::count_if(all.begin(), all.end(),
                                    [&map](const HeatMap& other) { return other.group == map.group; }) > 1;
  if (shares) {
    dictionary.ShowSection("SHARED");
  }
}

}  // namespace relu0
