#include "suites/experiments/zero_law/law_figures.hpp"

#include "suites/experiments/common.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace relu0::law_figures {

namespace {

constexpr const char* experiment = "zero-law";
constexpr Texts text{"zero-law"};
/// Images of a mini-batch of the MLP.
constexpr double mlp_batch = 256;

std::string kernel_of(const LawEvidence& evidence) { return name(evidence.setting.kernel.value()); }

double bits_of(const LawEvidence& evidence) {
  return static_cast<double>(evidence.setting.kernel.value().order.bits);
}

/// The exact interval of a Poisson mean is that of many trials that seldom succeed.
Interval rate_interval(const LawEvidence& evidence, double exposure) {
  std::int64_t inputs = 0;
  for (const law_evidence::Layer& layer : evidence.layers) {
    inputs += layer.statistics.inputs;
  }
  const Interval share = clopper_pearson({evidence.counted(), inputs}, verdict_rules::confidence);
  return {share.low * static_cast<double>(inputs) / exposure,
          share.high * static_cast<double>(inputs) / exposure};
}

}  // namespace

void append_counts(const std::string& kernel, const std::vector<LawEvidence>& evidence, Results& results) {
  Figure figure;
  figure.id = fmt::format("zero-law-counts-{}", kernel);
  std::replace(figure.id.begin(), figure.id.end(), ':', '-');
  figure.experiment = experiment;
  figure.title = text("counts-figure.title", "kernel"_a = kernel);
  figure.caption =
      text("counts-figure.caption", "confidence_percent"_a = 100 * law_evidence::interval_confidence);
  figure.x = {.label = "zeros predicted", .logarithmic = true, .low = {}, .high = {}};
  figure.y = {.label = "zeros counted", .logarithmic = true, .low = {}, .high = {}};
  double largest = 1;
  for (const Precision precision : all_precisions) {
    FigureSeries series = experiments_common::series(precision, false);
    for (const LawEvidence& of_setting : evidence) {
      for (const law_evidence::Layer& layer : of_setting.layers) {
        if (of_setting.setting.precision != precision || layer.statistics.counted() == 0 ||
            layer.expected() == 0) {
          continue;
        }
        const Interval counts = layer.prediction->counts;
        series.points.push_back({.x = layer.expected(),
                                 .y = static_cast<double>(layer.statistics.counted()),
                                 .low = std::max(counts.low, 0.5),
                                 .high = std::max(counts.high, 0.5)});
        largest = std::max(largest, layer.expected());
      }
    }
    std::sort(series.points.begin(), series.points.end(),
              [](const FigurePoint& a, const FigurePoint& b) { return a.x < b.x; });
    if (!series.points.empty()) {
      figure.series.push_back(std::move(series));
    }
  }
  if (!figure.series.empty()) {
    FigureSeries equal;
    equal.label = "as many as predicted";
    equal.published = true;
    equal.points = {{.x = 1, .y = 1, .low = {}, .high = {}},
                    {.x = largest, .y = largest, .low = {}, .high = {}}};
    figure.series.push_back(std::move(equal));
    results.figures.push_back(std::move(figure));
  }
}

void append_rates_by_bits(const std::vector<LawEvidence>& evidence, const std::optional<LogLinearFit>& fit,
                          Results& results) {
  Table table;
  table.id = "zero-law-bits";
  table.experiment = experiment;
  table.title = text("bits-table.title");
  table.caption = text("bits-table.caption");
  table.columns = {"bits",      "networks",           "mini-batches", "zeros",
                   "predicted", "zeros a mini-batch", "by the fit"};
  Figure figure;
  figure.id = "zero-law-bits";
  figure.experiment = experiment;
  figure.title = text("bits-figure.title");
  figure.caption = text("bits-figure.caption");
  figure.x = {.label = "bits of the significand", .logarithmic = false, .low = {}, .high = {}};
  figure.y = {.label = "zeros a mini-batch", .logarithmic = true, .low = {}, .high = {}};
  FigureSeries counted{.label = "counted", .published = false, .points = {}, .group = {}};
  FigureSeries predicted{
      .label = "predicted from density and grid", .published = false, .points = {}, .group = {}};
  for (const LawEvidence& at_bits : evidence) {
    if (at_bits.draws.empty()) {
      continue;
    }
    const double exposure = static_cast<double>(at_bits.images()) / mlp_batch;
    const double rate = static_cast<double>(at_bits.counted()) / exposure;
    const double expected = at_bits.expected() / exposure;
    table.rows.push_back({fmt::format("{}", bits_of(at_bits)), std::to_string(at_bits.draws.size()),
                          fmt::format("{:.0f}", exposure), std::to_string(at_bits.counted()),
                          wording::number(at_bits.expected()), wording::number(rate),
                          fit ? wording::number(std::exp2(fit->log2_rate_at(bits_of(at_bits)))) : "–"});
    predicted.points.push_back({.x = bits_of(at_bits), .y = expected, .low = {}, .high = {}});
    if (at_bits.counted() > 0) {
      const Interval interval = rate_interval(at_bits, exposure);
      counted.points.push_back(
          {.x = bits_of(at_bits), .y = rate, .low = interval.low, .high = interval.high});
    }
  }
  if (table.rows.empty()) {
    return;
  }
  results.tables.push_back(std::move(table));
  figure.series = {std::move(counted), std::move(predicted)};
  if (fit) {
    FigureSeries line{.label = "fitted to the counts", .published = true, .points = {}, .group = {}};
    for (const double bits : {8.0, 24.0, 40.0, 53.0}) {
      const Interval rates = fit->log2_rate_interval(bits, verdict_rules::confidence);
      line.points.push_back({.x = bits,
                             .y = std::exp2(fit->log2_rate_at(bits)),
                             .low = std::exp2(rates.low),
                             .high = std::exp2(rates.high)});
    }
    figure.series.push_back(std::move(line));
  }
  results.figures.push_back(std::move(figure));
}

void append_network_table(const std::vector<LawEvidence>& evidence, Results& results) {
  Table table;
  table.id = "zero-law-networks";
  table.experiment = experiment;
  table.title = text("networks-table.title");
  table.caption = text("networks-table.caption", "enough"_a = law_evidence::enough_zeros);
  table.columns = {"kernel",        "network",   "precision",  "networks",     "images",
                   "zeros counted", "predicted", "structural", "layers inside"};
  for (const LawEvidence& of_setting : evidence) {
    if (of_setting.draws.empty()) {
      continue;
    }
    const Proportion inside = of_setting.inside();
    table.rows.push_back({kernel_of(of_setting), name(of_setting.setting.network),
                          std::string(name(of_setting.setting.precision)),
                          std::to_string(of_setting.draws.size()), std::to_string(of_setting.images()),
                          std::to_string(of_setting.counted()), wording::number(of_setting.expected()),
                          std::to_string(of_setting.structural()),
                          inside.trials == 0 ? "–" : wording::fraction(inside)});
  }
  if (!table.rows.empty()) {
    results.tables.push_back(std::move(table));
  }
}

void append_layer_table(const std::vector<LawEvidence>& evidence, Results& results) {
  Table table;
  table.id = "zero-law-layers";
  table.experiment = experiment;
  table.title = text("layers-table.title");
  table.caption = text("layers-table.caption");
  table.columns = {"network",      "precision", "layer",         "inputs",
                   "density at 0", "spacing",   "zeros counted", "predicted"};
  for (const LawEvidence& of_setting : evidence) {
    if (of_setting.draws.empty()) {
      continue;
    }
    const std::size_t depth = of_setting.draws.front().layers.size();
    for (std::size_t first = 0; first < depth; ++first) {
      std::int64_t inputs = 0;
      std::int64_t counted = 0;
      double predicted = 0;
      double inverse_spacings = 0;
      std::int64_t in_windows = 0;
      for (std::size_t i = first; i < of_setting.layers.size(); i += depth) {
        const law_evidence::Layer& layer = of_setting.layers[i];
        inputs += layer.statistics.inputs;
        counted += layer.statistics.counted();
        predicted += layer.expected();
        if (layer.statistics.in_window > 0) {
          inverse_spacings += static_cast<double>(layer.statistics.in_window) / layer.statistics.mean_spacing;
          in_windows += layer.statistics.in_window;
        }
      }
      // Expected zeros are inputs times density times spacing.
      const double spacing = in_windows == 0 ? 0 : static_cast<double>(in_windows) / inverse_spacings;
      table.rows.push_back(
          {name(of_setting.setting.network), std::string(name(of_setting.setting.precision)),
           of_setting.layers[first].name, std::to_string(inputs),
           in_windows == 0 ? "–" : wording::number(predicted / (static_cast<double>(inputs) * spacing)),
           in_windows == 0 ? "–" : wording::number(spacing), std::to_string(counted),
           wording::number(predicted)});
    }
  }
  if (!table.rows.empty()) {
    results.tables.push_back(std::move(table));
  }
}

}  // namespace relu0::law_figures
