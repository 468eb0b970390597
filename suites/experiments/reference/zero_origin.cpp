#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/reference/zero_evidence.hpp"
#include "suites/experiments/reference/zero_tables.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0::experiment::zero_origin {

namespace common = experiments_common;

namespace {

constexpr const char* id = "zero-origin";
constexpr Texts text{"zero-origin"};

/// How many images each network is searched for zeros on.
struct Images {
  std::int64_t at_16_bits;  ///< where zeros are frequent, and on a CPU forward passes are emulated
  std::int64_t at_more;
};

void append_measurements(const NetworkChoice& network, DataName data, std::int64_t batch_size, Images images,
                         std::vector<ZeroOrigins>& all) {
  for (const Precision precision : all_precisions) {
    ZeroOrigins& measurement = all.emplace_back(
        Setting{.network = network, .precision = precision, .batch_size = batch_size, .data = data});
    measurement.images = storage_bits(precision) == 16 ? images.at_16_bits : images.at_more;
  }
}

/// A batch-norm over the mini-batch sends all its images through the reference, so that mini-batches of the
/// convolutional networks are small.
std::vector<ZeroOrigins> measurements() {
  std::vector<ZeroOrigins> all;
  append_measurements(Mlp{}, datasets::mnist, 256, {10'240, 30'720}, all);
  append_measurements(ConvolutionalNetwork{Architecture::lenet5}, datasets::mnist, 64, {3'200, 6'400}, all);
  append_measurements(ConvolutionalNetwork{Architecture::vgg11}, datasets::cifar10, 4, {64, 64}, all);
  append_measurements(ConvolutionalNetwork{Architecture::resnet18}, datasets::cifar10, 4, {64, 64}, all);
  append_measurements(ConvolutionalNetwork{Architecture::resnet18, true}, datasets::cifar10, 4, {64, 64},
                      all);
  return all;
}

/// All networks at one precision together.
struct Pooled {
  ZeroCounts zeros;
  std::int64_t surveyed = 0;
  ZeroCounts true_zeros;
  int most_bits = 0;  ///< that a run of the reference had
  Proportion with_exact_zero;
  Basis basis;
};

Pooled pool(const std::vector<ZeroEvidence>& evidence, Precision precision) {
  Pooled result;
  for (const ZeroEvidence& in_setting : evidence) {
    if (in_setting.setting.precision != precision) {
      continue;
    }
    result.zeros.add(in_setting.zeros());
    result.surveyed += in_setting.surveyed();
    result.true_zeros.add(in_setting.true_zeros());
    for (const ZeroOriginsOutcome& draw : in_setting.draws) {
      result.most_bits = std::max(result.most_bits, draw.most_bits);
    }
    const Proportion with_exact_zero = in_setting.with_exact_zero();
    result.with_exact_zero.successes += with_exact_zero.successes;
    result.with_exact_zero.trials += with_exact_zero.trials;
    result.basis = result.basis.and_also(in_setting.basis());
  }
  return result;
}

/// Zeros that could not be decided leave the claim open, unless a counterexample was met.
verdict_rules::Decision decide(const Pooled& pooled, Precision precision, int max_bits) {
  const std::int64_t undecided = pooled.zeros.undecided + pooled.true_zeros.undecided;
  verdict_rules::Decision decision =
      verdict_rules::almost_none(pooled.with_exact_zero, pooled.basis.sampling);
  if (decision.verdict == Verdict::not_reproduced) {
    decision.why =
        text(storage_bits(precision) == 16 ? "grid.of-16-bits" : "grid.of-more-bits", "why"_a = decision.why);
  } else if (undecided > 0) {
    return verdict_rules::undecided(undecided, text("undecided"), pooled.most_bits, max_bits);
  }
  return decision;
}

void append_findings(const std::vector<ZeroEvidence>& evidence, const RunSettings& settings,
                     Results& results) {
  for (const Precision precision : all_precisions) {
    const Pooled pooled = pool(evidence, precision);
    Finding finding = common::finding({.id = "reals-negligible",
                                       .experiment = id,
                                       .claim = text("claim"),
                                       .published = text("published"),
                                       .source = text("source"),
                                       .paper_claim = "reals-negligible",
                                       .precision = precision},
                                      fmt::format("θ and arithmetic of {}, all networks", name(precision)),
                                      pooled.with_exact_zero, pooled.basis,
                                      decide(pooled, precision, settings.max_reference_bits));
    finding.measured = text("measured", "networks"_a = wording::count(pooled.with_exact_zero),
                            "zeros"_a = pooled.zeros.total(), "rounding"_a = pooled.zeros.rounding,
                            "exact"_a = pooled.zeros.exact, "structural"_a = pooled.zeros.structural,
                            "undecided"_a = pooled.zeros.undecided, "surveyed"_a = pooled.surveyed,
                            "surveyed_exact"_a = pooled.true_zeros.exact,
                            "surveyed_structural"_a = pooled.true_zeros.structural,
                            "surveyed_undecided"_a = pooled.true_zeros.undecided);
    finding.agreement = text("agreement");
    finding.headline = precision == Precision::fp32;
    results.findings.push_back(std::move(finding));
  }
}

void append_magnitudes(const std::vector<ZeroEvidence>& evidence, Results& results) {
  Figure figure;
  figure.id = "zero-origin-magnitudes";
  figure.experiment = id;
  figure.title = text("magnitude-figure.title");
  figure.caption = text("magnitude-figure.caption");
  figure.x = {.label = "ulps of the layer's scale", .logarithmic = true, .low = {}, .high = {}};
  figure.y = {.label = "share of rounding zeros below", .logarithmic = false, .low = 0, .high = 1};
  for (const Precision precision : all_precisions) {
    std::vector<double> magnitudes;
    for (const ZeroEvidence& in_setting : evidence) {
      if (in_setting.setting.precision == precision) {
        for (const ZeroOriginsOutcome& draw : in_setting.draws) {
          magnitudes.insert(magnitudes.end(), draw.magnitudes.begin(), draw.magnitudes.end());
        }
      }
    }
    FigureSeries series = common::quantile_series(precision, magnitudes);
    if (!series.points.empty()) {
      figure.series.push_back(std::move(series));
    }
  }
  if (!figure.series.empty()) {
    results.figures.push_back(std::move(figure));
  }
}

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<ZeroEvidence> gathered = gather_zeros(measurements(), evidence);
  append_findings(gathered, evidence.settings(), results);
  append_magnitudes(gathered, results);
  results.tables.push_back(zero_origin_table(id, gathered));
  results.tables.push_back(zeros_by_layer_table(id, gathered));
}

constexpr Experiment definition{
    .id = id, .measurements = [] { return as_measurements(measurements()); }, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::zero_origin

const relu0::Experiment& relu0::zero_origin_experiment() { return experiment::zero_origin::definition; }
