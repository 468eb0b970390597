#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/reference/gradient_comparison.hpp"
#include "suites/experiments/reference/gradient_comparison_figures.hpp"
#include "suites/experiments/reference/gradient_comparison_tables.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <cmath>

namespace relu0::experiment::reference_error {

namespace common = experiments_common;

namespace {

constexpr const char* id = "reference-error";
constexpr Texts text{"reference-error"};

void append_measurements(const NetworkChoice& network, DataName data, std::int64_t batch_size,
                         std::vector<ReferenceError>& all) {
  for (const Precision storage : {Precision::fp16, Precision::bf16, Precision::fp32}) {
    all.push_back(
        ReferenceError({.network = network, .precision = storage, .batch_size = batch_size, .data = data}));
  }
}

/// VGG11 with batch-norm is left out: its convolutions have biases, whose gradients are exactly 0 behind a
/// batch-norm. At fp64 the reference could not tell them from 0 with fewer than 1,074 bits.
std::vector<ReferenceError> measurements() {
  std::vector<ReferenceError> all;
  append_measurements(Mlp{}, datasets::mnist, 256, all);
  append_measurements(ConvolutionalNetwork{Architecture::lenet5}, datasets::mnist, 32, all);
  append_measurements(ConvolutionalNetwork{Architecture::vgg11}, datasets::cifar10, 8, all);
  append_measurements(ConvolutionalNetwork{Architecture::resnet18}, datasets::cifar10, 8, all);
  append_measurements(ConvolutionalNetwork{Architecture::resnet18, true}, datasets::cifar10, 4, all);
  return all;
}

/// The effect of s on all networks at one precision under one rule.
struct Effects {
  Proportion within;            ///< networks on which it is at most the error of the gradient itself
  std::vector<double> ratios;   ///< effect / error, where there is an error
  std::int64_t not_finite = 0;  ///< networks whose effect or error is infinite or NaN
  std::int64_t undecided = 0;   ///< elements
  int bits_of_undecided = 0;    ///< the most that a run which left some undecided had
  Basis basis;
};

Effects effects_at(const std::vector<GradientComparison>& comparisons, Precision precision,
                   DerivativeChoice other) {
  Effects result;
  for (const GradientComparison& comparison : comparisons) {
    if (comparison.precision != precision) {
      continue;
    }
    result.basis = result.basis.and_also(comparison.basis);
    for (const ComparedDraw& draw : comparison.draws) {
      const TensorError error = overall(draw.tensors(draw.base()));
      const double effect = draw.choice(other).from_first_l2;
      ++result.within.trials;
      result.within.successes += effect <= error.difference_l2 ? 1 : 0;
      result.not_finite += std::isfinite(effect) && std::isfinite(error.difference_l2) ? 0 : 1;
      result.undecided += error.undecided;
      if (error.undecided > 0) {
        result.bits_of_undecided = std::max(result.bits_of_undecided, draw.bits);
      }
      result.basis = result.basis.and_also({.deterministic = draw.error.deterministic});
      if (error.difference_l2 != 0) {
        result.ratios.push_back(effect / error.difference_l2);
      }
    }
  }
  return result;
}

verdict_rules::Decision decide(const Effects& effects, int max_bits) {
  verdict_rules::Decision decision = verdict_rules::nearly_all(effects.within, effects.basis.sampling);
  if (effects.not_finite > 0) {
    decision.verdict = Verdict::inconclusive;
    decision.why = text("not-finite", "networks"_a = effects.not_finite);
    decision.after = nullptr;
  }
  return effects.undecided == 0 ? decision
                                : verdict_rules::undecided(effects.undecided, text("undecided"),
                                                           effects.bits_of_undecided, max_bits);
}

void append_findings(const std::vector<GradientComparison>& comparisons, const RunSettings& settings,
                     Results& results) {
  for (const Precision precision : all_precisions) {
    for (const Rule rule : all_rules) {
      const Effects effects = effects_at(comparisons, precision, {.value = settings.s_b, .rule = rule});
      Finding finding = common::finding({.id = "s-within-rounding",
                                         .experiment = id,
                                         .claim = text("claim"),
                                         .published = text("published"),
                                         .source = "",
                                         .precision = precision,
                                         .rule = rule},
                                        common::setting(precision, rule), effects.within, effects.basis,
                                        decide(effects, settings.max_reference_bits));
      finding.measured = text("measured", "within"_a = wording::count(effects.within),
                              "median"_a = wording::number(quantile(effects.ratios, 0.5)),
                              "largest"_a = wording::number(quantile(effects.ratios, 1)));
      finding.agreement = common::nothing_published();
      results.findings.push_back(std::move(finding));
    }
  }
}

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<GradientComparison> comparisons = gather_comparisons(measurements(), evidence);
  append_findings(comparisons, evidence.settings(), results);
  for (const NetworkComparisons& network : by_network(comparisons)) {
    append_error_map(id, network, results);
    append_ulp_figure(id, network, results);
  }
  results.tables.push_back(error_table(id, comparisons));
  results.tables.push_back(effect_table(id, comparisons, evidence.settings().s_b));
  results.tables.push_back(worst_elements_table(id, comparisons));
}

constexpr Experiment definition{
    .id = id, .measurements = [] { return as_measurements(measurements()); }, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::reference_error

const relu0::Experiment& relu0::reference_error_experiment() {
  return experiment::reference_error::definition;
}
