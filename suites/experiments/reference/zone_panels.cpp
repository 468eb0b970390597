#include "suites/experiments/reference/zone_panels.hpp"

#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace relu0 {

namespace {

constexpr Texts panel_text{"zone-shape"};

/// |value| rounded to four digits, which look the same in a picture; 0 only where the value is 0.
double drawn(double value) {
  constexpr int digits_after_point = 3;
  return std::isfinite(value)
             ? std::strtod(fmt::format("{:.{}e}", std::abs(value), digits_after_point).c_str(), nullptr)
             : std::abs(value);
}

std::optional<double> least_positive(const std::vector<double>& panel) {
  std::optional<double> least;
  for (const double value : panel) {
    const double magnitude = std::abs(value);
    if (std::isfinite(magnitude) && magnitude > 0) {
      least = std::min(magnitude, least.value_or(magnitude));
    }
  }
  return least;
}

HeatMapAxis axis(const ZoneSlice& slice, const char* label) {
  constexpr double millionths = 1e6;
  HeatMapAxis result;
  result.label = fmt::format("{}, of θ + u d₁ + v d₂ (10⁻⁶)", label);
  for (std::int64_t i = 0; i < slice.side; ++i) {
    result.places.push_back(millionths * slice.place(i));
  }
  return result;
}

struct Panel {
  const char* name;
  std::string title;
  const std::vector<double>& values;
  std::string caption;
};

HeatMap panel_map(const std::string& experiment, const ZoneSlice& slice, const Panel& panel) {
  HeatMap map;
  map.id = fmt::format("{}-{}", experiment, panel.name);
  map.experiment = experiment;
  map.title = panel.title;
  map.caption = panel.caption;
  map.x = axis(slice, "u");
  map.y = axis(slice, "v");
  map.unit = "|pre-activation|";
  map.logarithmic = true;
  map.group = experiment;
  map.filled = true;
  map.floor = least_positive(slice.fp32);
  for (auto row = panel.values.begin(); row != panel.values.end(); row += slice.side) {
    std::vector<std::optional<double>>& values = map.rows.emplace_back();
    std::transform(row, row + slice.side, std::back_inserter(values), drawn);
  }
  return map;
}

std::string control(const ZoneSlice& slice) {
  if (slice.controls_hold()) {
    return "holds";
  }
  const auto word = [](bool value) { return value ? "yes" : "no"; };
  return fmt::format("failed (θ gives 0: {}, same bits: {})", word(slice.centre_is_zero),
                     word(slice.repeatable));
}

/// The texts of the table's row from the second column on.
void append_slice(const ZoneSlice& slice, std::vector<std::string>& row) {
  const SliceZeros& zeros = slice.zeros;
  for (const std::int64_t count : {slice.iteration, slice.sample, slice.neuron, slice.alike_places,
                                   zeros.points, exact_zeros(slice.fp64), slice.reference_undecided}) {
    row.push_back(std::to_string(count));
  }
  for (const auto* panel : {&slice.fp32, &slice.fp64, &slice.reference}) {
    row.push_back(wording::number(least_positive(*panel)));
  }
  row.push_back(wording::fraction({zeros.rounding, zeros.points}));
  row.push_back(wording::fraction({zeros.rounding_at_same_parameters, zeros.points}));
  row.push_back(zeros.points > 0 ? wording::number(zeros.largest) : "–");
  row.push_back(zeros.points > 0 ? wording::number(zeros.largest_share_of_bound) : "–");
  row.push_back(control(slice));
}

}  // namespace

std::int64_t exact_zeros(const std::vector<double>& panel) {
  return std::count(panel.begin(), panel.end(), 0.0);
}

std::vector<HeatMap> zone_panels(const std::string& experiment, const ZoneSlice& slice) {
  const std::vector<Panel> panels{
      {"fp32", panel_text("fp32-panel.title"), slice.fp32,
       panel_text("fp32-panel.caption", "zeros"_a = exact_zeros(slice.fp32), "points"_a = slice.fp32.size())},
      {"fp64", panel_text("fp64-panel.title"), slice.fp64,
       panel_text("fp64-panel.caption", "zeros"_a = exact_zeros(slice.fp64), "points"_a = slice.fp64.size())},
      {"reference", panel_text("reference-panel.title"), slice.reference,
       slice.reference_undecided == 0
           ? panel_text("reference-panel.caption", "bound"_a = wording::number(slice.reference_bound))
           : panel_text("reference-panel.caption-undecided", "undecided"_a = slice.reference_undecided,
                        "bound"_a = wording::number(slice.reference_bound))}};
  std::vector<HeatMap> maps;
  for (const Panel& panel : panels) {
    maps.push_back(panel_map(experiment, slice, panel));
  }
  return maps;
}

Table zone_table(const std::string& experiment, const std::vector<ZoneShapeOutcome>& draws) {
  Table table;
  table.id = experiment + "-draws";
  table.experiment = experiment;
  table.title = panel_text("table.title");
  table.caption = panel_text("table.caption");
  table.columns = {"training",
                   "zero at",
                   "image",
                   "neuron",
                   "places alike",
                   "zeros at fp32",
                   "at fp64",
                   "in the reals",
                   "least other than 0 at fp32",
                   "least at fp64",
                   "least in the reals",
                   "rounding zeros",
                   "with rounded parameters",
                   "largest",
                   "share of the bound",
                   "control"};
  for (std::size_t draw = 0; draw < draws.size(); ++draw) {
    std::vector<std::string> row{std::to_string(draw)};
    if (draws[draw].slice) {
      append_slice(*draws[draw].slice, row);
    } else {
      row.push_back(fmt::format("none in {}", draws[draw].iterations));
    }
    row.resize(table.columns.size(), "–");
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace relu0
