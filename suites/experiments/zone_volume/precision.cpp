#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <utility>

#include <fmt/format.h>

namespace relu0::experiment::precision {

namespace common = experiments_common;

namespace {

constexpr Texts text{"precision"};

const Mlp linear_first{.relu_after_first = false};

/// The precisions at which the network of the authors' MNIST notebook is measured too, which has no ReLU
/// after its first linear layer.
constexpr std::array notebook_precisions{Precision::fp16, Precision::fp32};

std::vector<Sweep> sweeps() {
  std::vector<Sweep> sweeps;
  for (const Precision precision : all_precisions) {
    sweeps.push_back(common::mlp_sweep({}, precision));
  }
  for (const Precision precision : notebook_precisions) {
    sweeps.push_back(common::mlp_sweep(linear_first, precision));
  }
  return sweeps;
}

/// Whether the network is that of the authors' MNIST notebook.
bool is_notebook(const Setting& setting) { return name(setting.network) == name(linear_first); }

/// A format that the paper did not measure has no published count.
bool was_published(Precision precision) {
  return precision != Precision::bf16 && precision != Precision::tf32;
}

/// The figure whose count belongs beside a setting; the depth figure's 64-bit counts were not measured.
const PublishedFigure& figure_of(const Setting& setting) {
  if (is_notebook(setting)) {
    return published_by_batch_size();
  }
  return setting.precision == Precision::fp64 ? published_by_neurons() : published_by_layers();
}

/// The count published for this network and batch size in one figure.
Proportion published(const PublishedFigure& figure, int bits) {
  for (const PublishedCount& count : figure.counts) {
    if (count.measured && count.precision_bits == bits && count.hidden_layers == 3 && count.neurons == 256 &&
        count.batch_size == 256) {
      return {count.affected, count.networks};
    }
  }
  return {};
}

/// What is stated at so many bits.
struct Stated {
  std::string id;
  std::string claim;
  verdict_rules::CountRule rule;
};

/// theirs: the published count. sampling: of ours.
Stated stated_at(int bits, Proportion theirs, Sampling sampling) {
  if (bits == 16) {
    return {"fp16-systematic", text("claim.fp16-systematic"), [theirs, sampling](Proportion ours) {
              return verdict_rules::systematic(ours, theirs, sampling);
            }};
  }
  if (bits == 32) {
    return {"fp32-half", text("claim.fp32-half"),
            [sampling](Proportion ours) { return verdict_rules::half(ours, sampling); }};
  }
  return {"fp64-none", text("claim.fp64-none"),
          [theirs, sampling](Proportion ours) { return verdict_rules::none(ours, theirs, sampling); }};
}

void append(const SweepEvidence& evidence, const Evidence& run, Results& results) {
  const Precision precision = evidence.setting.precision;
  const int bits = storage_bits(precision);
  const bool notebook = is_notebook(evidence.setting);
  const PublishedFigure& figure = figure_of(evidence.setting);
  const Proportion theirs = published(figure, bits);
  const Stated stated = stated_at(bits, theirs, evidence.sampling);
  const verdict_rules::Reach reach = common::images_reach(run, evidence.setting.data, stated.id);
  for (const Rule rule : all_rules) {
    const Proportion measured = evidence.in_zone(rule);
    common::Statement claim{.id = stated.id,
                            .experiment = "precision",
                            .claim = stated.claim,
                            .published = "",
                            .source = common::data_file(figure.id),
                            .paper_claim = stated.id,
                            .precision = precision,
                            .rule = rule};
    const verdict_rules::Decision decision = was_published(precision)
                                                 ? verdict_rules::held_against(measured, reach, stated.rule)
                                                 : verdict_rules::descriptive(measured.trials > 0);
    if (!was_published(precision)) {
      claim.published = text("published.not-measured", "precision"_a = name(precision), "bits"_a = bits,
                             "count"_a = wording::fraction(theirs));
    } else if (bits == 32 && !notebook) {
      claim.published = text("published.by-layers-and-neurons", "by_layers"_a = wording::fraction(theirs),
                             "by_neurons"_a = wording::fraction(published(published_by_neurons(), bits)));
    } else if (bits == 64) {
      claim.published = text("published.by-neurons", "count"_a = wording::fraction(theirs));
    } else {
      claim.published = wording::fraction(theirs);
    }
    Finding finding = common::finding(
        claim, fmt::format("{}, {}", common::setting(precision, rule), name(evidence.setting.network)),
        measured, evidence.basis(), decision);
    const Proportion first_layer = evidence.in_zone_by_first_layer(rule);
    finding.agreement = was_published(precision)
                            ? text("agreement", "agreement"_a = common::agreement(first_layer, theirs, reach))
                            : common::nothing_published();
    finding.part_seen = verdict_rules::part_seen(reach);
    finding.headline = was_published(precision) && !notebook && rule == Rule::chain_rule;
    results.findings.push_back(std::move(finding));
  }
}

/// The images that were measured on: embedded ones that stand in for MNIST say so.
std::string data_in_words(const RunSettings& settings) {
  const auto opened = settings.data.find(datasets::mnist);
  return opened == settings.data.end() ? std::string(name(datasets::mnist)) : opened->second.name;
}

/// An empty figure of the shares by precision, for the head of the report. data: what was measured on. reach:
/// of all.
Figure empty_figure(const std::string& data, const verdict_rules::Reach& reach) {
  Figure figure;
  figure.id = "precision";
  figure.experiment = "precision";
  figure.title = text("figure.title");
  figure.caption =
      text("figure.caption", "data"_a = data, "confidence_percent"_a = verdict_rules::confidence_percent);
  if (!reach.is_full()) {
    figure.caption = text("figure.caption-reduced", "caption"_a = figure.caption,
                          "part_seen"_a = verdict_rules::part_seen(reach));
  }
  figure.x = {.label = "precision", .logarithmic = false, .low = {}, .high = {}};
  figure.y = {.label = "share of networks", .logarithmic = false, .low = 0, .high = 1};
  figure.series.resize(2);
  figure.series[0].label = text("figure.measured");
  figure.series[1].label = text("figure.published");
  figure.series[1].published = true;
  for (FigureSeries& series : figure.series) {
    series.joined = false;
    series.group = "share";
  }
  figure.headline = true;
  return figure;
}

/// A place for the precision, with our share and the published one, as far as there are any.
void append_points(const SweepEvidence& evidence, Figure& figure) {
  const Precision precision = evidence.setting.precision;
  const auto place = static_cast<double>(figure.x.categories.size());
  figure.x.categories.emplace_back(name(precision));
  if (!evidence.draws.empty()) {
    figure.series[0].points.push_back(common::share_point(place, evidence.in_zone(Rule::chain_rule)));
  }
  if (was_published(precision)) {
    figure.series[1].points.push_back(
        common::share_point(place, published(figure_of(evidence.setting), storage_bits(precision))));
  }
}

void conclude(const Evidence& evidence, Results& results) {
  std::vector<common::CountRow> rows;
  const verdict_rules::Reach reach = common::images_reach(evidence, datasets::mnist, "fp32-half");
  Figure figure = empty_figure(data_in_words(evidence.settings()), reach);
  for (const Sweep& sweep : sweeps()) {
    const Setting& setting = sweep.setting;
    const SweepEvidence gathered{evidence.of(sweep)};
    append(gathered, evidence, results);
    if (!is_notebook(setting)) {
      append_points(gathered, figure);
    }
    rows.push_back({name(setting.network), gathered,
                    was_published(setting.precision)
                        ? std::optional(published(figure_of(setting), storage_bits(setting.precision)))
                        : std::nullopt});
  }
  if (!figure.series[0].points.empty()) {
    results.figures.push_back(std::move(figure));
  }
  results.tables.push_back(common::count_table("precision", "network", rows, reach));
}

constexpr Experiment definition{
    .id = "precision", .measurements = [] { return as_measurements(sweeps()); }, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::precision

const relu0::Experiment& relu0::precision_experiment() { return experiment::precision::definition; }
