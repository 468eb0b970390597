#include "suites/experiments/reference/gradient_comparison_figures.hpp"

#include "suites/experiments/common.hpp"
#include "suites/texts/texts.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace relu0 {

namespace common = experiments_common;

namespace {

constexpr Texts figure_text{"reference-error"};

/// The names of a network's layers that have parameters, in order.
std::vector<std::string> layers_of(const std::vector<TensorError>& tensors) {
  std::vector<std::string> layers;
  for (const TensorError& tensor : tensors) {
    const std::string layer = layer_of(tensor.name);
    if (layers.empty() || layers.back() != layer) {
      layers.push_back(layer);
    }
  }
  return layers;
}

/// Relative L2 error of each layer's parameters together.
std::map<std::string, std::optional<double>> errors_by_layer(const std::vector<TensorError>& tensors) {
  std::map<std::string, std::vector<TensorError>> of_layer;
  for (const TensorError& tensor : tensors) {
    of_layer[layer_of(tensor.name)].push_back(tensor);
  }
  std::map<std::string, std::optional<double>> errors;
  for (const auto& [layer, parameters] : of_layer) {
    errors[layer] = overall(parameters).relative_l2();
  }
  return errors;
}

/// The largest of two, where NaN is larger than any and an absent one smaller.
std::optional<double> larger(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) {
    return a ? a : b;
  }
  return std::isnan(*a) || *a >= *b ? a : b;
}

const ComparedDraw* any_draw(const NetworkComparisons& comparisons) {
  for (const GradientComparison& comparison : comparisons) {
    if (!comparison.draws.empty()) {
      return &comparison.draws.front();
    }
  }
  return nullptr;
}

/// The figure ends at this power of two: single elements near 0 are wrong by up to a hundred binades more,
/// and would leave the others no room.
constexpr int last_binade = 24;

}  // namespace

void append_error_map(const std::string& experiment, const NetworkComparisons& comparisons,
                      Results& results) {
  const ComparedDraw* any = any_draw(comparisons);
  if (any == nullptr) {
    return;
  }
  const Setting& setting = comparisons.front().setting;
  HeatMap map;
  map.id = fmt::format("{}-{}", experiment, name(setting.network));
  map.experiment = experiment;
  map.title = figure_text("error-map.title", "network"_a = name(setting.network),
                          "batch_size"_a = setting.batch_size);
  map.caption = figure_text("error-map.caption");
  map.unit = "relative L2 error";
  map.logarithmic = true;
  map.group = experiment;
  map.y = {.label = "layer", .categories = layers_of(any->tensors(any->base())), .places = {}};
  map.x = {.label = "precision", .categories = {}, .places = {}};
  map.rows.resize(map.y.size());
  for (const GradientComparison& comparison : comparisons) {
    map.x.categories.emplace_back(name(comparison.precision));
    for (auto& row : map.rows) {
      row.emplace_back();
    }
    for (const ComparedDraw& draw : comparison.draws) {
      const auto errors = errors_by_layer(draw.tensors(draw.base()));
      for (std::size_t i = 0; i < map.rows.size(); ++i) {
        map.rows[i].back() = larger(map.rows[i].back(), errors.at(map.y.categories[i]));
      }
    }
  }
  results.heat_maps.push_back(std::move(map));
}

void append_ulp_figure(const std::string& experiment, const NetworkComparisons& comparisons,
                       Results& results) {
  if (any_draw(comparisons) == nullptr) {
    return;
  }
  const Setting& setting = comparisons.front().setting;
  Figure figure;
  figure.id = fmt::format("{}-ulps-{}", experiment, name(setting.network));
  figure.experiment = experiment;
  figure.title = figure_text("ulp-figure.title", "network"_a = name(setting.network),
                             "batch_size"_a = setting.batch_size);
  figure.caption = figure_text("ulp-figure.caption", "last_binade"_a = last_binade);
  figure.x = {.label = "ulps", .logarithmic = true, .low = {}, .high = {}};
  figure.y = {.label = "share of elements within", .logarithmic = false, .low = 0, .high = 1};
  for (const GradientComparison& comparison : comparisons) {
    UlpDistribution ulps;
    std::int64_t elements = 0;
    for (const ComparedDraw& draw : comparison.draws) {
      const TensorError error = overall(draw.tensors(draw.base()));
      ulps.add(error.ulps);
      elements += error.elements;
    }
    FigureSeries series = common::series(comparison.precision, false);
    // Up to the last binade that has an element.
    const std::int64_t most = ulps.within(UlpDistribution::highest);
    for (int binade = UlpDistribution::lowest; elements > 0 && binade <= last_binade; ++binade) {
      const std::int64_t within = ulps.within(binade);
      const double share = static_cast<double>(within) / static_cast<double>(elements);
      series.points.push_back({.x = std::ldexp(1.0, binade), .y = share, .low = {}, .high = {}});
      if (within == most) {
        break;
      }
    }
    if (!series.points.empty()) {
      figure.series.push_back(std::move(series));
    }
  }
  results.figures.push_back(std::move(figure));
}

}  // namespace relu0
