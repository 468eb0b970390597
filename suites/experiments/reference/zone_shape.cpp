#include "suites/measurements/zone_shape.hpp"

#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/reference/zone_panels.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0 {

namespace common = experiments_common;

namespace {

constexpr const char* id = "zone-shape";

ZoneShape measurement() {
  return ZoneShape({.network = MlpOfWidths{}, .precision = Precision::fp32, .batch_size = 128});
}

/// The slices of all trainings.
struct Pooled {
  std::int64_t searched = 0;  ///< trainings
  std::int64_t failed = 0;    ///< slices whose control failed
  Proportion slices_with_zeros;
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
      result.failed += draw.slice->controls_hold() ? 0 : 1;
      ++result.slices_with_zeros.trials;
      result.slices_with_zeros.successes += zeros > 0 ? 1 : 0;
      result.zeros += zeros;
      result.points += std::ssize(values);
    }
  }
  return result;
}

/// What the reference says of the zeros at fp32, to be added to a sentence.
std::string explanation(const std::vector<ZoneShapeOutcome>& draws) {
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
    return "";
  }
  return fmt::format(
      "; of these points {} are certainly not 0 in the reals ({} with the parameters rounded to binary32, "
      "where they "
      "reach {}, or {} of what rounding can do to such an inner product at most)",
      wording::fraction({total.rounding, total.points}),
      wording::fraction({total.rounding_at_same_parameters, total.points}), wording::number(total.largest),
      wording::number(total.largest_share_of_bound));
}

Finding finding(Precision precision, const std::string& claim, const Pooled& pooled,
                const verdict_rules::Decision& decision, const std::string& explained) {
  const verdict_rules::Decision& kept =
      pooled.failed > 0 ? verdict_rules::zone_control_failed(pooled.failed) : decision;
  Finding result;
  result.id = id;
  result.experiment = id;
  result.setting = name(precision);
  result.claim = claim;
  result.published = "figure: a band of exact zeros at 32 bits, none at 64 bits";
  result.source = "figure of the paper; no numbers published";
  result.measured = pooled.points == 0 ? "no slice"
                                       : fmt::format("{} points are exactly 0, in {} slice(s)",
                                                     wording::count({pooled.zeros, pooled.points}),
                                                     pooled.slices_with_zeros.trials);
  result.agreement = "a picture has no count to compare with";
  result.verdict = kept.verdict;
  result.why = kept.why + (pooled.failed > 0 ? "" : explained);
  result.decision_rule = kept.rule;
  result.headline = true;
  return result;
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
  const std::vector<ZoneShapeOutcome> draws = evidence.of(measurement()).draws;
  const Pooled fp32 = pool(draws, &ZoneSlice::fp32);
  const Pooled fp64 = pool(draws, &ZoneSlice::fp64);
  results.findings.push_back(
      finding(Precision::fp32, "at 32 bits exact zeros lie in a band around θ, not at θ alone", fp32,
              verdict_rules::zone_has_extent(fp32.slices_with_zeros, fp32.searched), explanation(draws)));
  results.findings.push_back(
      finding(Precision::fp64, "at 64 bits there is no exact zero around the same θ", fp64,
              verdict_rules::zone_is_empty(fp64.slices_with_zeros, fp64.searched), ""));
  append_panels(draws, results);
  results.tables.push_back(zone_table(id, draws));
}

}  // namespace

const Experiment& zone_shape_experiment() {
  static const Experiment experiment{
      .id = id,
      .title = "Shape of the zone",
      .summary =
          "784-2000-128-10 is trained on MNIST at 32 bits (SGD, mini-batches of 128, a learning rate drawn "
          "from [0.01, 0.012) "
          "at each iteration) until the forward pass of a mini-batch meets an exact zero in the first hidden "
          "layer. "
          "Shown is the pre-activation of that neuron for that image on a random plane through θ, ±5·10⁻⁶ "
          "along two "
          "orthonormal directions, at 200 × 200 points: at 32 and 64 bits in LibTorch, and in the reals. The "
          "directions are "
          "drawn in the space of that neuron's 784 weights and its bias, as no other parameter touches its "
          "pre-activation. "
          "The slice is of the forward pass, which depends neither on s nor on the rule.",
      .measurements = [] { return as_measurements(std::vector{measurement()}); },
      .conclude = conclude};
  return experiment;
}

}  // namespace relu0
