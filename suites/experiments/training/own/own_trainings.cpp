#include "fixtures/error.hpp"
#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/training/own/own_training.hpp"
#include "suites/experiments/training/training_effects.hpp"
#include "suites/texts/texts.hpp"

#include <algorithm>
#include <vector>

namespace relu0::experiment::own_training {

namespace {

namespace study = training_study;

constexpr Texts text{"own-training"};

Measurements asked_for(const RunSettings& settings) {
  const std::vector<study::Condition> conditions = study::parse_own_trainings(settings.trainings);
  if (settings.rate_candidates &&
      std::any_of(conditions.begin(), conditions.end(),
                  [](const study::Condition& of) { return of.own_rate.has_value(); })) {
    throw InputError(
        "--train: a learning-rate is given that --learning-rates search is to find; leave one of them out");
  }
  return study::measurements(conditions);
}

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<study::Trained> all =
      study::gather(study::parse_own_trainings(evidence.settings().trainings), evidence);
  const std::size_t first = results.findings.size();
  study::append_effects("own-training", all, study::EffectFindings::of_every_s, evidence.settings(), results);
  for (std::size_t i = first; i < results.findings.size(); ++i) {
    results.findings[i].published = text("published");
    results.findings[i].source = text("source");
    results.findings[i].headline = true;
    results.findings[i].agreement = experiments_common::nothing_published();
  }
  study::append_figures("own-training", all, results);
  study::append_tables("own-training", all, results);
}

/// Nothing without --train.
Measurements measurements() { return {}; }

constexpr Experiment definition{
    .id = "own-training", .measurements = measurements, .conclude = conclude, .asked_for = asked_for};

}  // namespace

}  // namespace relu0::experiment::own_training

const relu0::Experiment& relu0::own_training_experiment() { return experiment::own_training::definition; }
