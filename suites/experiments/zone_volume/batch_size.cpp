#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/zone_volume/level_study.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/lasting.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0::experiment::batch_size {

namespace {

constexpr Texts text{"batch-size"};

/// The authors' notebook of this figure has no ReLU after the first linear layer. Both networks are measured;
/// the published counts stand beside the notebook's.
LevelStudy study(bool relu_after_first) {
  LevelStudy study;
  study.experiment = "batch-size";
  study.factor = "images per mini-batch";
  study.logarithmic = true;
  for (const std::int64_t batch : {16, 64, 256, 512, 1024}) {
    study.levels.push_back({.x = static_cast<double>(batch),
                            .mlp = {.relu_after_first = relu_after_first},
                            .batch_size = batch});
  }
  study.precisions = {Precision::fp16, Precision::fp32};
  study.published = &published_by_batch_size();
  study.published_x = [](const PublishedCount& count) { return static_cast<double>(count.batch_size); };
  return study;
}

Measurements measurements() {
  std::vector<Sweep> sweeps = study(true).sweeps();
  for (const Sweep& sweep : study(false).sweeps()) {
    if (sweep.setting.precision == Precision::fp32) {
      sweeps.push_back(sweep);
    }
  }
  return as_measurements(sweeps);
}

/// The difference between the largest and the smallest published share at 32 bits. The claim cannot be
/// stricter than that.
double published_spread() {
  double low = 1;
  double high = 0;
  for (const PublishedCount& count : published_by_batch_size().counts) {
    if (count.precision_bits == 32) {
      const double share = static_cast<double>(count.affected) / static_cast<double>(count.networks);
      low = std::min(low, share);
      high = std::max(high, share);
    }
  }
  return high - low;
}

/// Among fewer images nothing is concluded: where few networks are impacted the shares are near one another
/// whatever the batch size.
void append_findings(const LevelStudy& study, const LevelEvidence& evidence,
                     const verdict_rules::Reach& reach, const std::string& network, bool headline,
                     Results& results) {
  for (const Rule rule : all_rules) {
    const auto blocks = evidence.blocks(rule);
    const Basis basis = evidence.basis();
    const auto decide = [sampling = basis.sampling](const TrendTest& trend, PairedCounts first_against_last) {
      return verdict_rules::does_not_depend(trend, first_against_last, published_spread(),
                                            text("margin-source"), sampling);
    };
    const auto counts = verdict_rules::LevelCounts::of(blocks);
    Finding finding = experiments_common::finding(
        {.id = "batch-size",
         .experiment = "batch-size",
         .claim = text("claim"),
         .published = published_counts(study, evidence.precision),
         .source = experiments_common::data_file(study.published->id),
         .paper_claim = "batch-size",
         .precision = evidence.precision,
         .rule = rule},
        fmt::format("{}, {}", experiments_common::setting(evidence.precision, rule), network), {}, basis,
        of_all_levels(study, evidence,
                      verdict_rules::held_against(
                          verdict_rules::lasting(
                              decide(trend_test(blocks, basis.sampling), counts.first_against_last), counts,
                              basis.sampling,
                              [&](const verdict_rules::LevelCounts& more) {
                                return decide(anytime::trend_test(more.trend), more.first_against_last);
                              }),
                          reach, std::nullopt)));
    finding.measured = measured_counts(study, evidence, rule);
    finding.agreement = level_agreement(study, evidence, reach, rule);
    finding.headline = headline && rule == Rule::chain_rule;
    results.findings.push_back(std::move(finding));
  }
}

void conclude(const Evidence& evidence, Results& results) {
  const LevelStudy with_relu = study(true);
  const auto gathered = gather(with_relu, evidence);
  const verdict_rules::Reach reach = with_relu.reach(evidence);
  append_findings(with_relu, gathered[1], reach, "mlp-3x256", true, results);
  append_findings(with_relu, gathered[0], reach, "mlp-3x256", false, results);
  LevelStudy notebook = study(false);
  notebook.precisions = {Precision::fp32};
  append_findings(notebook, gather(notebook, evidence)[0], reach, "mlp-3x256-linear-first", false, results);
  append_figure_and_table(with_relu, gathered, reach, results);
}

constexpr Experiment definition{.id = "batch-size", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::batch_size

const relu0::Experiment& relu0::batch_size_experiment() { return experiment::batch_size::definition; }
