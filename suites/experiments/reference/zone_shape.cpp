#include "suites/measurements/zone_shape.hpp"

#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/reference/zone_panels.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

namespace relu0::experiment::zone_shape {

namespace common = experiments_common;

namespace {

constexpr const char* id = "zone-shape";
constexpr Texts text{"zone-shape"};

ZoneShape measurement() {
  return ZoneShape({.network = MlpOfWidths{}, .precision = Precision::fp32, .batch_size = 128});
}

/// The slices of all trainings.
struct Pooled {
  std::int64_t searched = 0;  ///< trainings
  std::int64_t failed = 0;    ///< slices whose control failed
  Proportion slices_with_zeros;
  Proportion slices_as_published;  ///< those with zeros at 32 bits and none at 64
  std::int64_t zeros = 0;
  std::int64_t points = 0;
};

/// panel: fp32 or fp64.
Pooled pool(const std::vector<ZoneShapeOutcome>& draws, std::vector<double> ZoneSlice::*panel) {
  Pooled result;
  for (const ZoneShapeOutcome& draw : draws) {
    ++result.searched;
    if (draw.slice) {
      const std::vector<double>& values = (*draw.slice).*panel;
      const std::int64_t zeros = exact_zeros(values);
      const bool only_at_fp32 = exact_zeros(draw.slice->fp32) > 0 && exact_zeros(draw.slice->fp64) == 0;
      result.failed += draw.slice->controls_hold() ? 0 : 1;
      ++result.slices_with_zeros.trials;
      result.slices_with_zeros.successes += zeros > 0 ? 1 : 0;
      ++result.slices_as_published.trials;
      result.slices_as_published.successes += only_at_fp32 ? 1 : 0;
      result.zeros += zeros;
      result.points += std::ssize(values);
    }
  }
  return result;
}

/// Why, with what the reference says of the zeros at fp32 where there are any.
std::string explained(const std::string& why, const std::vector<ZoneShapeOutcome>& draws) {
  SliceZeros total;
  for (const ZoneShapeOutcome& draw : draws) {
    if (draw.slice) {
      const SliceZeros& zeros = draw.slice->zeros;
      total.points += zeros.points;
      total.rounding += zeros.rounding;
      total.rounding_at_same_parameters += zeros.rounding_at_same_parameters;
      total.largest = std::max(total.largest, zeros.largest);
      total.largest_share_of_bound = std::max(total.largest_share_of_bound, zeros.largest_share_of_bound);
    }
  }
  if (total.points == 0) {
    return why;
  }
  return text(
      "why.explained", "why"_a = why, "rounding"_a = wording::fraction({total.rounding, total.points}),
      "rounding_at_same_parameters"_a = wording::fraction({total.rounding_at_same_parameters, total.points}),
      "largest"_a = wording::number(total.largest),
      "share_of_bound"_a = wording::number(total.largest_share_of_bound));
}

/// What is stated of the planes at a precision, and how many of them count for it.
struct Stated {
  std::string claim;
  std::string setting;
  Precision precision;
  Proportion planes;
  bool headline;
};

Finding finding(const Stated& stated, const Pooled& pooled, const Basis& basis,
                const verdict_rules::Decision& decision) {
  const verdict_rules::Decision kept =
      pooled.failed > 0 ? verdict_rules::zone_control_failed(pooled.failed)
                        : common::kept_decision(basis, verdict_rules::of_slices(
                                                           decision, stated.planes.trials, pooled.searched));
  Finding result;
  result.id = id;
  result.experiment = id;
  result.setting = stated.setting;
  result.claim = stated.claim;
  result.published = text("published");
  result.source = text("source");
  result.measured = pooled.points == 0
                        ? text("measured.no-slice")
                        : text("measured.points", "points"_a = wording::count({pooled.zeros, pooled.points}),
                               "slices"_a = pooled.slices_with_zeros.trials);
  result.agreement = text("agreement");
  result.verdict = kept.verdict;
  result.why = kept.why;
  result.decision_rule = kept.rule;
  result.outlook = common::outlook(basis, stated.planes, kept);
  result.conditions = common::conditions(basis);
  result.headline = stated.headline;
  result.paper_claim = id;
  result.precision = stated.precision;
  return result;
}

/// The decision that some planes show what the published figure does.
verdict_rules::Decision shown(Proportion planes, Sampling sampling) {
  verdict_rules::Decision decision = verdict_rules::happens(planes, sampling);
  decision.rule = text("rule.shown", "rule"_a = decision.rule);
  return decision;
}

void append_panels(const std::vector<ZoneShapeOutcome>& draws, Results& results) {
  const auto shown = std::find_if(draws.begin(), draws.end(), [](const ZoneShapeOutcome& draw) {
    return draw.slice && draw.slice->controls_hold();
  });
  if (shown != draws.end()) {
    for (HeatMap& map : zone_panels(id, *shown->slice)) {
      results.heat_maps.push_back(std::move(map));
    }
  }
}

void conclude(const Evidence& evidence, Results& results) {
  const EvidenceOf<ZoneShapeOutcome> gathered = evidence.of(measurement());
  const std::vector<ZoneShapeOutcome>& draws = gathered.draws;
  // Each slice has its own control.
  const Basis basis = gathered.basis(/*deterministic=*/true);
  const Pooled fp32 = pool(draws, &ZoneSlice::fp32);
  const Pooled fp64 = pool(draws, &ZoneSlice::fp64);
  verdict_rules::Decision band = shown(fp32.slices_with_zeros, basis.sampling);
  band.why = explained(band.why, draws);
  results.findings.push_back(finding({.claim = text("claim.band-at-fp32"),
                                      .setting = "fp32",
                                      .precision = Precision::fp32,
                                      .planes = fp32.slices_with_zeros,
                                      .headline = true},
                                     fp32, basis, band));
  results.findings.push_back(finding({.claim = text("claim.none-at-fp64"),
                                      .setting = "fp64",
                                      .precision = Precision::fp64,
                                      .planes = fp64.slices_as_published,
                                      .headline = true},
                                     fp64, basis, shown(fp64.slices_as_published, basis.sampling)));
  // From one plane nothing follows for others: this claim takes as many as any that none shows something.
  results.findings.push_back(finding({.claim = text("claim.never-at-fp64"),
                                      .setting = "fp64, almost every θ",
                                      .precision = Precision::fp64,
                                      .planes = fp64.slices_with_zeros,
                                      .headline = false},
                                     fp64, basis,
                                     verdict_rules::almost_none(fp64.slices_with_zeros, basis.sampling)));
  append_panels(draws, results);
  results.tables.push_back(zone_table(id, draws));
}

constexpr Experiment definition{.id = id,
                                .measurements = [] { return as_measurements(std::vector{measurement()}); },
                                .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::zone_shape

const relu0::Experiment& relu0::zone_shape_experiment() { return experiment::zone_shape::definition; }
