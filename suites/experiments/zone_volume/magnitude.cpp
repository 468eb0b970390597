#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

namespace relu0::experiment::magnitude {

namespace common = experiments_common;

namespace {

constexpr Texts text{"magnitude"};

constexpr std::array precisions{Precision::fp16, Precision::bf16, Precision::tf32, Precision::fp32};

Measurements measurements() {
  std::vector<Sweep> sweeps;
  for (const Precision precision : precisions) {
    sweeps.push_back(common::main_sweep(precision));
  }
  return as_measurements(sweeps);
}

/// What the impacted mini-batches of all draws give together.
struct Magnitudes {
  Proportion minibatches;           ///< impacted of all
  std::vector<double> relative_l2;  ///< of the impacted ones
};

Magnitudes collect(const SweepEvidence& evidence, Rule rule) {
  Magnitudes result;
  for (std::size_t i = 0; i < evidence.draws.size(); ++i) {
    const RuleOutcome& outcome = evidence.under(rule, i);
    result.minibatches.trials += evidence.draws[i].minibatches;
    result.minibatches.successes += outcome.impacted;
    result.relative_l2.insert(result.relative_l2.end(), outcome.relative_l2.begin(),
                              outcome.relative_l2.end());
  }
  return result;
}

std::string measured(const Magnitudes& magnitudes) {
  const auto& values = magnitudes.relative_l2;
  return text("measured", "impacted"_a = wording::count(magnitudes.minibatches),
              "lower"_a = wording::number(quantile(values, 0.25)),
              "median"_a = wording::number(quantile(values, 0.5)),
              "upper"_a = wording::number(quantile(values, 0.75)));
}

void append_findings(const SweepEvidence& evidence, Results& results) {
  for (const Rule rule : all_rules) {
    const Magnitudes magnitudes = collect(evidence, rule);
    verdict_rules::Decision decision;
    decision.rule = text("rule");
    if (!evidence.draws.empty()) {
      decision.verdict = Verdict::measured;
      decision.why = text("why");
      decision.at_any_time = true;
    }
    Finding finding = common::finding({.id = "magnitude",
                                       .experiment = "magnitude",
                                       .claim = text("claim"),
                                       .published = text("published"),
                                       .source = common::figure_of_the_paper(),
                                       .paper_claim = "magnitude",
                                       .precision = evidence.setting.precision,
                                       .rule = rule},
                                      common::setting(evidence.setting.precision, rule),
                                      magnitudes.minibatches, evidence.basis(), decision);
    finding.measured = measured(magnitudes);
    // Mini-batches of one network share its θ: a binomial interval over them all would be too narrow.
    finding.interval.reset();
    finding.agreement = common::nothing_published();
    finding.headline = evidence.setting.precision == Precision::fp32 && rule == Rule::chain_rule;
    results.findings.push_back(std::move(finding));
  }
}

void conclude(const Evidence& evidence, Results& results) {
  Figure figure;
  figure.id = "magnitude";
  figure.experiment = "magnitude";
  figure.title = text("figure.title");
  figure.caption = text("figure.caption");
  figure.x = {.label = "relative L2 difference", .logarithmic = true, .low = {}, .high = {}};
  figure.y = {.label = "share of impacted mini-batches below", .logarithmic = false, .low = 0, .high = 1};
  Table table;
  table.id = "magnitude-quartiles";
  table.experiment = "magnitude";
  table.title = text("table.title");
  table.caption = text("table.caption");
  table.columns = {"precision",      "rule",   "networks",       "mini-batches impacted",
                   "lower quartile", "median", "upper quartile", "largest"};
  for (const Precision precision : precisions) {
    const SweepEvidence gathered{evidence.of(common::main_sweep(precision))};
    append_findings(gathered, results);
    if (!gathered.selected) {
      continue;
    }
    for (const Rule rule : all_rules) {
      const Magnitudes magnitudes = collect(gathered, rule);
      const auto& values = magnitudes.relative_l2;
      table.rows.push_back({std::string(name(precision)), std::string(name(rule)),
                            std::to_string(gathered.draws.size()), wording::count(magnitudes.minibatches),
                            wording::number(quantile(values, 0.25)), wording::number(quantile(values, 0.5)),
                            wording::number(quantile(values, 0.75)), wording::number(quantile(values, 1))});
    }
    FigureSeries series = common::quantile_series(precision, collect(gathered, Rule::chain_rule).relative_l2);
    if (!series.points.empty()) {
      figure.series.push_back(std::move(series));
    }
  }
  if (!figure.series.empty()) {
    results.figures.push_back(std::move(figure));
  }
  results.tables.push_back(std::move(table));
}

constexpr Experiment definition{.id = "magnitude", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::magnitude

const relu0::Experiment& relu0::magnitude_experiment() { return experiment::magnitude::definition; }
