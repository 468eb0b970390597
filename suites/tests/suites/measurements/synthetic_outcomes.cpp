#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <algorithm>
#include <cmath>

namespace relu0::test {

SweepOutcome swept(bool impacted, bool deterministic) {
  SweepOutcome outcome;
  outcome.minibatches = 235;
  outcome.images = 60'000;
  outcome.deterministic = deterministic;
  for (const Rule rule : all_rules) {
    RuleOutcome& result = outcome.rules.emplace_back();
    result.rule = rule;
    if (impacted) {
      result.impacted = 1;
      result.first_impacted = 20;
      result.first_layer = 20;
      result.first_image = 5200;
      result.relative_l2 = {1e-5};
    }
  }
  return outcome;
}

DivergenceOutcome trained(bool apart) {
  constexpr std::int64_t iterations = 100;
  DivergenceOutcome outcome;
  outcome.iterations = iterations;
  outcome.min_absolute_pre_activation.assign(iterations, 1e-7);
  outcome.control_distance.assign(iterations, 0);
  for (const Rule rule : all_rules) {
    RuleDivergence& result = outcome.rules.emplace_back();
    result.rule = rule;
    result.distance.assign(iterations, apart ? 1e-5 : 0);
    if (apart) {
      result.first_different = 0;
    }
  }
  return outcome;
}

ReferenceErrorOutcome outcome_of(const Setting& setting, const SyntheticComparison& synthetic) {
  constexpr double norm = 10;
  TensorError tensor;
  tensor.name = "layer1.weight";
  tensor.elements = 100;
  tensor.proven_bits = 117;
  tensor.undecided = synthetic.undecided;
  tensor.non_finite = std::isfinite(synthetic.error) ? 0 : 1;
  tensor.difference_l2 = synthetic.error;
  tensor.truth_l2 = norm;
  tensor.libtorch_l2 = norm;
  tensor.inner_product = norm * norm;
  tensor.max_error = synthetic.error;
  tensor.worst =
      WorstElement{.index = 42, .value = 1.5, .truth = 1, .ulps = synthetic.error * 1000, .radius = 0x1p-20};
  tensor.ulps.exact = 50;
  tensor.ulps.count(synthetic.error * 1000);

  ReferenceErrorOutcome outcome;
  outcome.bits = synthetic.bits;
  outcome.proven_bits = 120;
  outcome.capped = synthetic.undecided > 0;
  outcome.relu_inputs = 1000;
  for (const Precision precision : ReferenceError(setting).precisions()) {
    PrecisionError& error = outcome.precisions.emplace_back();
    error.precision = precision;
    error.deterministic = synthetic.deterministic;
    error.zeros = synthetic.effect == 0 ? 0 : 3;
    for (const Rule rule : all_rules) {
      for (const double s : {0.0, 1.0}) {
        ChoiceError& choice = error.choices.emplace_back();
        choice.kinks.relu = {.value = s, .rule = rule};
        if (s == 1 && rule == synthetic.rule && synthetic.effect != 0) {
          choice.from_first_l2 = synthetic.effect;
          choice.tensors = {tensor};
        } else if (error.choices.size() > 1) {
          choice.same_as = 0;
        } else {
          choice.tensors = {tensor};
        }
      }
    }
  }
  return outcome;
}

ZeroOriginsOutcome outcome_of(const ZeroCounts& zeros, bool deterministic) {
  ZeroOriginsOutcome outcome;
  outcome.minibatches = 10;
  outcome.images = 100;
  outcome.relu_inputs = 10'000;
  outcome.layers = {{.layer = "relu1", .zeros = zeros}, {.layer = "relu2", .zeros = {}}};
  outcome.magnitudes.assign(static_cast<std::size_t>(zeros.rounding), 0.25);
  outcome.deterministic = deterministic;
  outcome.surveyed = 1000;
  outcome.most_bits = 192;
  return outcome;
}

ZoneShapeOutcome outcome_of(const SyntheticSlice& synthetic) {
  ZoneSlice slice;
  slice.iteration = 41;
  slice.sample = 7;
  slice.neuron = 1999;
  slice.side = 4;
  slice.half_width = 5e-6;
  slice.fp32.assign(16, -0x1p-20);
  slice.fp64.assign(16, 1e-7);
  std::fill_n(slice.fp32.begin(), synthetic.fp32_zeros, 0.0);
  std::fill_n(slice.fp64.begin(), synthetic.fp64_zeros, 0.0);
  slice.reference.assign(16, 1.25e-7);
  slice.reference_bound = 1e-40;
  slice.zeros = {.points = synthetic.fp32_zeros,
                 .rounding = synthetic.fp32_zeros,
                 .rounding_at_same_parameters = synthetic.fp32_zeros,
                 .largest = 2e-8,
                 .largest_share_of_bound = 0.125};
  slice.alike_places = 624;
  slice.centre_is_zero = synthetic.centre_is_zero;
  slice.repeatable = synthetic.repeatable;
  return {.iterations = 42, .slice = slice};
}

ZeroLawOutcome outcome_of(const SyntheticLaw& synthetic) {
  constexpr std::int64_t cells = 1'000;
  ZeroStatistics statistics;
  statistics.inputs = 1'000'000;
  statistics.zeros = synthetic.counted + synthetic.structural;
  statistics.structural = synthetic.structural;
  statistics.half_width = 0.01;
  statistics.cells = cells;
  statistics.in_window = 2 * cells * synthetic.expected;
  statistics.inner_cells = cells / 2;
  statistics.in_inner = cells * synthetic.expected;
  const auto inputs = static_cast<double>(statistics.in_window);
  statistics.same_cell = inputs * (inputs - 1) / (2 * cells);
  statistics.mean_spacing = 1e-5;
  ZeroLawOutcome outcome;
  outcome.minibatches = 1;
  outcome.images = 256;
  outcome.layers = {{.layer = "relu1", .statistics = statistics},
                    {.layer = "relu2", .statistics = statistics}};
  outcome.deterministic = synthetic.deterministic;
  return outcome;
}

KinkSurveyOutcome outcome_of(const SyntheticKinks& synthetic) {
  KinkSurveyOutcome outcome;
  outcome.minibatches = 10;
  outcome.images = 640;
  outcome.deterministic = synthetic.deterministic;
  outcome.most_bits = 192;
  const auto impacted = static_cast<std::size_t>(synthetic.impacted);
  for (const Kink kink : synthetic.kinks) {
    KinkFigures& figures = outcome.kinks.emplace_back();
    figures.kink = kink;
    figures.places = 1'000;
    figures.hits = synthetic.hit;
    figures.reached = synthetic.hit;
    figures.minibatches_hit = synthetic.hit;
    figures.minibatches_reached = synthetic.hit;
    figures.sides = {.impacted = synthetic.impacted, .relative_l2 = std::vector<double>(impacted, 0.125)};
    figures.middle = {.impacted = synthetic.impacted, .relative_l2 = std::vector<double>(impacted, 0.0625)};
    figures.between = {.judged = synthetic.impacted,
                       .inside = synthetic.impacted,
                       .distances = std::vector<double>(impacted, 0)};
    figures.assigned = {
        .judged = synthetic.impacted, .inside = 0, .distances = std::vector<double>(impacted, 1.5)};
    figures.origins = synthetic.origins;
  }
  return outcome;
}

}  // namespace relu0::test
