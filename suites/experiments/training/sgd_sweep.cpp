#include "suites/claims/paper_claims.hpp"
#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/training/training_conditions.hpp"
#include "suites/experiments/training/training_findings.hpp"
#include "suites/texts/texts.hpp"

namespace relu0::experiment::sgd_sweep {

namespace {

namespace study = training_study;

constexpr Texts text{"sgd-sweep"};

std::vector<study::Condition> conditions() {
  return {study::digits(Precision::fp16),
          study::digits(Precision::fp32),
          study::small_objects(Precision::fp16, false, study::published_sgd),
          study::small_objects(Precision::fp32, false, study::published_sgd),
          study::wide_digits(0, {0, 0.2, 1, 10}),
          study::objects(Architecture::resnet18, false, study::published_sgd, study::published_levels()),
          study::objects(Architecture::vgg11, false, study::published_sgd, study::published_levels()),
          study::objects(Architecture::vgg11, false, study::published_sgd, study::published_levels(),
                         datasets::svhn)};
}

Measurements measurements() { return study::measurements(conditions()); }

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<study::Trained> all = study::gather(conditions(), evidence);
  const std::int64_t published_epochs = find_paper_claim("sgd-best-zero").extent.epochs.value();
  for (const study::Trained& of : all) {
    const double largest = of.condition.levels.back();
    study::append(
        {.id = "sgd-best-zero",
         .experiment = "sgd-sweep",
         .paper_claim = "sgd-best-zero",
         .sentence = text("claim"),
         .published = text("published"),
         .source = experiments_common::data_file_on_gpu("training_final_accuracy"),
         .setting = name(of.condition),
         .precision = of.condition.precision,
         .headline = of.condition.leads(),
         .reach = study::reach(of, published_epochs, evidence.settings()),
         .left_out = study::left_out_text("sgd-sweep", of.condition, evidence.settings()),
         .basis = [&of](Rule rule) { return of.basis(rule); },
         .decide =
             [&of](Rule rule) { return verdict_rules::falls_with(of.accuracies(rule), of.condition.levels); },
         .measured = [&of, largest](Rule rule) { return study::effect_text(of, largest, rule); },
         .differences = [&of, largest](Rule rule) { return of.losses_of(largest, rule); }},
        results);
  }
  study::append_figures("sgd-sweep", all, results);
  study::append_tables("sgd-sweep", all, results);
}

constexpr Experiment definition{.id = "sgd-sweep", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::sgd_sweep

const relu0::Experiment& relu0::sgd_sweep_experiment() { return experiment::sgd_sweep::definition; }
