#include "suites/experiments/definitions.hpp"
#include "suites/experiments/training/training_conditions.hpp"
#include "suites/experiments/training/training_effects.hpp"

namespace relu0::experiment::chain_rule_survival {

namespace {

namespace study = training_study;

/// The conditions of the other experiments on trainings, in which several s were trained with.
std::vector<study::Condition> conditions() {
  const SgdOptions sgd = study::published_sgd;
  const std::vector<double> levels = study::published_levels();
  return {study::digits(Precision::fp16),
          study::digits(Precision::fp16, true),
          study::mixed_digits(sgd),
          study::mixed_digits(AdamOptions{}),
          study::digits(Precision::fp32),
          study::digits(Precision::fp32, true),
          study::digits_by_adam(Precision::fp32),
          study::small_objects(Precision::fp16, false, sgd),
          study::small_objects(Precision::fp16, true, sgd),
          study::small_objects(Precision::fp32, false, sgd),
          study::small_objects(Precision::fp32, true, sgd),
          study::small_objects(Precision::fp32, false, AdamOptions{}),
          study::objects(Architecture::resnet18, false, sgd, levels),
          study::objects(Architecture::resnet18, true, sgd, levels),
          study::objects(Architecture::vgg11, false, sgd, {0, 1}),
          study::objects(Architecture::vgg11, false, AdamOptions{}, {0, 1, 2, 4, 10, 50}),
          study::objects(Architecture::vgg11, true, AdamOptions{}, {0, 1}),
          study::objects(Architecture::resnet18, false, AdamOptions{}, {0, 1}),
          study::objects(Architecture::vgg11, false, sgd, {0, 1}, datasets::svhn),
          study::objects(Architecture::vgg11, false, AdamOptions{}, {0, 1, 2, 4, 10, 50}, datasets::svhn),
          study::objects(Architecture::vgg11, true, AdamOptions{}, {0, 1}, datasets::svhn)};
}

Measurements measurements() { return study::measurements(conditions()); }

void conclude(const Evidence& evidence, Results& results) {
  study::append_effects("chain-rule-survival", study::gather(conditions(), evidence),
                        study::EffectFindings::of_largest_s, evidence.settings(), results);
}

constexpr Experiment definition{
    .id = "chain-rule-survival", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::chain_rule_survival

const relu0::Experiment& relu0::chain_rule_survival_experiment() {
  return experiment::chain_rule_survival::definition;
}
