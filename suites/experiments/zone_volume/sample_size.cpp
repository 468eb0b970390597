#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/lasting.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

namespace relu0::experiment::sample_size {

namespace common = experiments_common;

namespace {

constexpr Texts text{"sample-size"};

constexpr std::array precisions{Precision::fp16, Precision::bf16, Precision::tf32, Precision::fp32,
                                Precision::fp64};
constexpr std::array<std::int64_t, 9> sizes{1'000,  2'000,  5'000,  10'000, 20'000,
                                            30'000, 40'000, 50'000, 60'000};

/// How many images must be seen until the gradient depends on s; absent when it never does.
std::optional<std::int64_t> images_needed(const RuleOutcome& outcome, std::int64_t batch_size) {
  if (outcome.first_image) {
    return *outcome.first_image + 1;
  }
  if (outcome.first_impacted) {  // the two-network protocol tells the mini-batch only
    return (*outcome.first_impacted + 1) * batch_size;
  }
  return std::nullopt;
}

Proportion impacted_within(const SweepEvidence& evidence, Rule rule, std::int64_t low, std::int64_t high) {
  Proportion result;
  for (std::size_t i = 0; i < evidence.draws.size(); ++i) {
    const auto needed = images_needed(evidence.under(rule, i), evidence.setting.batch_size);
    ++result.trials;
    result.successes += needed && *needed > low && *needed <= high ? 1 : 0;
  }
  return result;
}

/// A format that the paper did not measure has no curve.
bool was_published(Precision precision) {
  return precision != Precision::bf16 && precision != Precision::tf32;
}

/// The growth shows among fewer images than published, too: each network's images are the first ones, so that
/// what became impacted stays so.
void append(const SweepEvidence& evidence, const verdict_rules::Reach& reach, Results& results) {
  const std::int64_t images = reach.measured;
  const std::int64_t first = std::min(sizes.front(), images);
  for (const Rule rule : all_rules) {
    const Proportion early = impacted_within(evidence, rule, 0, first);
    const Proportion later = impacted_within(evidence, rule, first, images);
    const Interval interval = share_interval(later, verdict_rules::confidence, evidence.sampling);
    verdict_rules::Decision decision;
    decision.rule =
        text("rule", "confidence_percent"_a = verdict_rules::confidence_percent, "first"_a = first);
    if (later.trials > 0) {
      decision.verdict = interval.low > 0 ? Verdict::reproduced : Verdict::inconclusive;
      decision.why = interval.low > 0                  ? text("why.grows", "later"_a = wording::count(later),
                                                              "first"_a = first, "interval"_a = wording::interval(interval))
                     : early.successes == early.trials ? text("why.saturated", "first"_a = first)
                                                       : text("why.none-later", "first"_a = first);
    }
    decision = verdict_rules::lasting(decision, later, evidence.sampling, [&](Proportion counts) {
      return verdict_rules::Decision{
          .verdict = share_interval(counts, verdict_rules::confidence, Sampling::anytime).low > 0
                         ? Verdict::reproduced
                         : Verdict::inconclusive,
          .why = {},
          .rule = {}};
    });
    const bool is_saturated = early.successes == early.trials;
    if (!is_saturated) {  // more images cannot show what has nothing left to grow
      decision = verdict_rules::held_against(decision, reach, Verdict::reproduced);
    }
    const Precision precision = evidence.setting.precision;
    if (!was_published(precision)) {
      decision = verdict_rules::descriptive(later.trials > 0);
    }
    Finding finding = common::finding(
        {.id = "sample-size",
         .experiment = "sample-size",
         .claim = text("claim"),
         .published = was_published(precision) ? text("published")
                                               : text("not-published", "precision"_a = name(precision)),
         .source = common::figure_of_the_paper(),
         .paper_claim = "sample-size",
         .precision = precision,
         .rule = rule},
        common::setting(precision, rule), later, evidence.basis(), decision);
    finding.measured =
        text("measured", "early"_a = wording::fraction(early), "first"_a = first,
             "all"_a = wording::fraction(impacted_within(evidence, rule, 0, images)), "images"_a = images);
    finding.agreement = common::nothing_published();
    finding.headline = precision == Precision::fp32 && rule == Rule::chain_rule;
    results.findings.push_back(std::move(finding));
  }
}

void conclude(const Evidence& evidence, Results& results) {
  Figure figure;
  figure.id = "sample-size";
  figure.experiment = "sample-size";
  figure.title = text("figure.title");
  figure.caption = text("figure.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  figure.x = {.label = "images seen", .logarithmic = true, .low = {}, .high = {}};
  figure.y = {.label = "share of networks", .logarithmic = false, .low = 0, .high = 1};
  const verdict_rules::Reach reach = common::images_reach(evidence, datasets::mnist, "sample-size");
  for (const Precision precision : precisions) {
    const SweepEvidence gathered{evidence.of(common::mlp_sweep({}, precision))};
    append(gathered, reach, results);
    FigureSeries series = common::series(precision, false);
    for (const std::int64_t size : sizes) {
      if (size <= reach.measured && !gathered.draws.empty()) {
        series.points.push_back(common::share_point(static_cast<double>(size),
                                                    impacted_within(gathered, Rule::chain_rule, 0, size)));
      }
    }
    if (!series.points.empty()) {
      figure.series.push_back(std::move(series));
    }
  }
  if (!figure.series.empty()) {
    results.figures.push_back(std::move(figure));
  }
}

Measurements measurements() {
  std::vector<Sweep> sweeps;
  for (const Precision precision : precisions) {
    sweeps.push_back(common::mlp_sweep({}, precision));
  }
  return as_measurements(sweeps);
}

constexpr Experiment definition{.id = "sample-size", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::sample_size

const relu0::Experiment& relu0::sample_size_experiment() { return experiment::sample_size::definition; }
