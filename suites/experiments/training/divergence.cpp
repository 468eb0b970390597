#include "suites/measurements/divergence.hpp"

#include "suites/claims/paper_claims.hpp"
#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0::experiment::divergence {

namespace common = experiments_common;

namespace {

constexpr Texts text{"divergence"};

Divergence divergence_at(Precision precision) {
  return Divergence({.network = MlpOfWidths{}, .precision = precision, .batch_size = 128});
}

Measurements measurements() {
  std::vector<Divergence> result;
  for (const Precision precision : all_precisions) {
    result.push_back(divergence_at(precision));
  }
  return as_measurements(result);
}

const RuleDivergence& under(const DivergenceOutcome& draw, Rule rule) {
  const auto found = std::find_if(draw.rules.begin(), draw.rules.end(),
                                  [rule](const RuleDivergence& of) { return of.rule == rule; });
  if (found == draw.rules.end()) {
    throw StoreError("a measurement in the store lacks one of the two rules; start anew in another folder");
  }
  return *found;
}

/// The networks drawn at one precision.
struct Divergences : EvidenceOf<DivergenceOutcome> {
  [[nodiscard]] Precision precision() const { return setting.precision; }
  [[nodiscard]] Proportion apart(Rule rule) const {
    Proportion result;
    for (const DivergenceOutcome& draw : draws) {
      ++result.trials;
      result.successes += under(draw, rule).first_different ? 1 : 0;
    }
    return result;
  }
  /// The median of value(training) over the networks that drift apart under the rule.
  template <typename Value>
  [[nodiscard]] std::optional<double> median(Rule rule, Value value) const {
    std::vector<double> values;
    for (const DivergenceOutcome& draw : draws) {
      if (under(draw, rule).first_different) {
        values.push_back(static_cast<double>(value(under(draw, rule))));
      }
    }
    return quantile(values, 0.5);
  }
  [[nodiscard]] std::optional<double> median_first(Rule rule) const {
    return median(rule, [](const RuleDivergence& of) { return *of.first_different; });
  }
  [[nodiscard]] std::optional<double> median_distance(Rule rule) const {
    return median(rule, [](const RuleDivergence& of) { return of.distance.back(); });
  }
  template <typename Predicate>
  [[nodiscard]] Proportion share(Predicate predicate) const {
    return {std::count_if(draws.begin(), draws.end(), predicate), std::ssize(draws)};
  }
  [[nodiscard]] Proportion with_zero() const {
    return share([](const DivergenceOutcome& draw) { return draw.first_zero.has_value(); });
  }
  [[nodiscard]] Proportion non_finite() const {
    return share([](const DivergenceOutcome& draw) { return draw.first_non_finite.has_value(); });
  }
  [[nodiscard]] std::int64_t iterations() const { return divergence_at(precision()).iterations; }
};

std::vector<Divergences> gather(const Evidence& evidence) {
  std::vector<Divergences> result;
  for (const Precision precision : all_precisions) {
    result.push_back({evidence.of(divergence_at(precision))});
  }
  return result;
}

/// Whether the paper shows trainings at that precision.
bool is_shown(Precision precision) { return precision == Precision::fp32 || precision == Precision::fp64; }

std::string published_text(Precision precision) {
  return is_shown(precision) ? text("published.shown")
                             : text("published.not-shown", "precision"_a = name(precision));
}

std::string measured_text(const Divergences& of, Rule rule) {
  std::string measured =
      text("measured.apart", "apart"_a = wording::fraction(of.apart(rule)), "iterations"_a = of.iterations(),
           "with_zero"_a = wording::fraction(of.with_zero()));
  if (of.apart(rule).successes > 0) {
    measured += text("measured.median", "first"_a = wording::number(of.median_first(rule)),
                     "distance"_a = wording::number(of.median_distance(rule)));
  }
  if (of.non_finite().successes > 0) {
    measured += text("measured.not-finite", "networks"_a = wording::fraction(of.non_finite()));
  }
  return measured;
}

/// How far the trainings went beside the published ones: in iterations, or where these were as many, in
/// images, of which fewer come again sooner.
verdict_rules::Reach reach_of(const Divergences& of, const Evidence& evidence) {
  const verdict_rules::Reach iterations{
      .unit = "iterations",
      .measured = of.iterations(),
      .published = find_paper_claim("divergence").extent.iterations.value()};
  return iterations.is_full() ? common::images_reach(evidence, of.setting.data, "divergence") : iterations;
}

verdict_rules::Decision decision(const Divergences& of, const verdict_rules::Reach& reach, Rule rule) {
  if (!is_shown(of.precision())) {
    return verdict_rules::descriptive(of.apart(rule).trials > 0);
  }
  return verdict_rules::held_against(
      of.apart(rule), reach,
      [is_64 = of.precision() == Precision::fp64, sampling = of.sampling](Proportion apart) {
        return is_64 ? verdict_rules::almost_none(apart, sampling) : verdict_rules::happens(apart, sampling);
      });
}

void append_findings(const Divergences& of, const verdict_rules::Reach& reach, Results& results) {
  const bool is_64 = of.precision() == Precision::fp64;
  const common::BothRules decisions =
      common::marked({decision(of, reach, Rule::chain_rule), decision(of, reach, Rule::published_code)});
  for (const Rule rule : all_rules) {
    Finding finding = common::finding({.id = "divergence",
                                       .experiment = "divergence",
                                       .claim = text(is_64 ? "claim.same-at-fp64" : "claim.drift-apart"),
                                       .published = published_text(of.precision()),
                                       .source = text("source"),
                                       .paper_claim = "divergence",
                                       .precision = of.precision(),
                                       .rule = rule},
                                      common::setting(of.precision(), rule), of.apart(rule), of.basis(),
                                      decisions.of(rule));
    finding.measured = measured_text(of, rule);
    finding.agreement = text("agreement");
    finding.headline = rule == Rule::chain_rule && (of.precision() == Precision::fp32 || is_64);
    results.findings.push_back(std::move(finding));
  }
}

Figure empty_figure(std::string id, std::string title, std::string y) {
  Figure figure;
  figure.id = std::move(id);
  figure.experiment = "divergence";
  figure.title = std::move(title);
  figure.x = {.label = "iterations", .logarithmic = false, .low = 0, .high = {}};
  figure.y = {.label = std::move(y), .logarithmic = true, .low = {}, .high = {}};
  return figure;
}

FigurePoint point(std::int64_t iterations, double value) {
  return {.x = static_cast<double>(iterations), .y = value, .low = {}, .high = {}};
}

void append_series(const Divergences& of, std::vector<FigurePoint> points, Figure& figure) {
  if (!points.empty()) {
    FigureSeries series = common::series(of.precision(), false);
    series.points = std::move(points);
    figure.series.push_back(std::move(series));
  }
}

/// The network whose distance in the end is the (lower) median among those that drift apart; null where none
/// does.
const RuleDivergence* typical(const Divergences& of, Rule rule) {
  std::vector<const RuleDivergence*> apart;
  for (const DivergenceOutcome& draw : of.draws) {
    if (under(draw, rule).first_different) {
      apart.push_back(&under(draw, rule));
    }
  }
  if (apart.empty()) {
    return nullptr;
  }
  const auto middle = apart.begin() + (std::ssize(apart) - 1) / 2;
  std::nth_element(apart.begin(), middle, apart.end(), [](const RuleDivergence* a, const RuleDivergence* b) {
    return a->distance.back() < b->distance.back();
  });
  return *middle;
}

/// Appends the figure of the distance between the weights while they drift apart, under one rule.
void append_distance_figure(const std::vector<Divergences>& all, Rule rule, Results& results) {
  Figure figure =
      empty_figure(fmt::format("divergence-{}", name(rule)),
                   text("distance-figure.title", "rule"_a = name(rule)), "L1 distance of the weights");
  std::vector<std::string> counts;
  for (const Divergences& of : all) {
    if (!of.selected) {
      continue;
    }
    counts.push_back(fmt::format("{} {}", name(of.precision()), wording::fraction(of.apart(rule))));
    std::vector<FigurePoint> points;
    if (const RuleDivergence* trainings = typical(of, rule)) {
      for (std::size_t iteration = 0; iteration < trainings->distance.size(); ++iteration) {
        if (trainings->distance[iteration] > 0) {
          points.push_back(point(static_cast<std::int64_t>(iteration) + 1, trainings->distance[iteration]));
        }
      }
    }
    append_series(of, std::move(points), figure);
  }
  const bool control_held =
      std::all_of(all.begin(), all.end(), [](const Divergences& of) { return of.basis().deterministic; });
  figure.caption = text(control_held ? "distance-figure.caption" : "distance-figure.caption-control-failed",
                        "counts"_a = fmt::join(counts, ", "));
  if (!figure.series.empty()) {
    results.figures.push_back(std::move(figure));
  }
}

void append_pre_activation_figure(const std::vector<Divergences>& all, Results& results) {
  constexpr std::int64_t together = 5;
  Figure figure = empty_figure("divergence-pre-activation", text("pre-activation-figure.title"),
                               "minimal absolute pre-activation");
  figure.caption = text("pre-activation-figure.caption", "iterations"_a = together);
  for (const Divergences& of : all) {
    std::vector<FigurePoint> points;
    for (std::int64_t end = together; end <= of.iterations(); end += together) {
      std::vector<double> smallest;
      for (const DivergenceOutcome& draw : of.draws) {
        const auto last = draw.min_absolute_pre_activation.begin() + end;
        smallest.insert(smallest.end(), last - together, last);
      }
      const std::optional<double> median = quantile(smallest, 0.5);
      if (median && *median > 0) {
        points.push_back(point(end, *median));
      }
    }
    append_series(of, std::move(points), figure);
  }
  if (!figure.series.empty()) {
    results.figures.push_back(std::move(figure));
  }
}

Table table_of(const std::vector<Divergences>& all) {
  Table table;
  table.id = "divergence-trainings";
  table.experiment = "divergence";
  table.title = text("table.title");
  table.caption = text("table.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  table.columns = {"precision", "rule",          "iterations",  "meet a zero", "drift apart",
                   "interval",  "first differs", "L1 distance", "control",     "loss not finite"};
  for (const Divergences& of : all) {
    if (!of.selected) {
      continue;
    }
    for (const Rule rule : all_rules) {
      const Proportion apart = of.apart(rule);
      table.rows.push_back({std::string(name(of.precision())), std::string(name(rule)),
                            std::to_string(of.iterations()), wording::fraction(of.with_zero()),
                            wording::count(apart),
                            wording::interval(clopper_pearson(apart, verdict_rules::confidence)),
                            wording::number(of.median_first(rule)), wording::number(of.median_distance(rule)),
                            of.draws.empty()           ? "-"
                            : of.basis().deterministic ? "same bits"
                                                       : "differs",
                            wording::fraction(of.non_finite())});
    }
  }
  return table;
}

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<Divergences> all = gather(evidence);
  for (const Divergences& of : all) {
    append_findings(of, reach_of(of, evidence), results);
  }
  for (const Rule rule : all_rules) {
    append_distance_figure(all, rule, results);
  }
  append_pre_activation_figure(all, results);
  results.tables.push_back(table_of(all));
}

constexpr Experiment definition{.id = "divergence", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::divergence

const relu0::Experiment& relu0::divergence_experiment() { return experiment::divergence::definition; }
