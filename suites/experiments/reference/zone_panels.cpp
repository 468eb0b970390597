#include "suites/experiments/reference/zone_panels.hpp"

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

/// |value| to four digits, which no eye can tell from it; never 0 where it is not.
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
  const char* title;
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

std::string zeros_of(const std::vector<double>& panel) {
  return fmt::format("{} of {} points are exactly 0.", exact_zeros(panel), panel.size());
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
      {"fp32", "Around θ at 32 bits", slice.fp32,
       fmt::format(
           "{} θ is in the middle, between four points, and gives exactly 0 too. Each point's parameters are "
           "rounded to binary32 and go through the layer's own forward pass.",
           zeros_of(slice.fp32))},
      {"fp64", "The same plane at 64 bits", slice.fp64,
       fmt::format("{} Parameters rounded to binary64. The line through the middle is where the neuron "
                   "changes sides.",
                   zeros_of(slice.fp64))},
      {"reference", "The same plane in the reals", slice.reference,
       fmt::format(
           "{} Parameters unrounded, in arbitrary precision: each value is within {} and one rounding to a "
           "double.",
           slice.reference_undecided == 0
               ? "Every point is certainly not 0."
               : fmt::format("{} points cannot be told from 0.", slice.reference_undecided),
           wording::number(slice.reference_bound))}};
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
  table.title = "The zero that each training met, and what is around it";
  table.caption =
      "Iterations, images (in their mini-batch) and neurons count from 0. Places alike: of the layer's 2000, "
      "those at which its 32-bit kernel gives the neuron the bits that it gives it at its own; the slice is "
      "evaluated there. Zeros: points of the slice that "
      "are exactly "
      "0; in the reals, those that the reference cannot tell from 0. Rounding zeros: of the zeros at 32 "
      "bits, those that "
      "are certainly not 0 in the reals, with the plane's parameters and with those that were rounded to "
      "binary32. "
      "Largest: the largest of the latter, in the reals; its share of γₙ (Σ |wᵢ xᵢ| + |b|), the most that "
      "rounding can do "
      "to an inner product of n terms (γₙ = n u / (1 − n u), u = 2⁻²⁴). Control: θ itself gives exactly 0 at "
      "each of these places, and a second evaluation gave the same bits.";
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
