#include "suites/claims/paper_claims.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/training/change_comparison.hpp"
#include "suites/experiments/training/training_conditions.hpp"
#include "suites/texts/texts.hpp"

namespace relu0 {

namespace {

namespace study = training_study;

constexpr Texts text{"adam-buffer"};
constexpr SgdOptions sgd{.momentum = 0.9, .weight_decay = 5e-4};

std::vector<study::ChangePair> pairs() {
  return {
      {.larger = study::mixed_digits(sgd), .smaller = study::mixed_digits(AdamOptions{}), .s = 1},
      {.larger = study::digits(Precision::fp32), .smaller = study::digits_by_adam(Precision::fp32), .s = 1},
      {.larger = study::objects(Architecture::vgg11, false, sgd, {0, 1}),
       .smaller = study::objects(Architecture::vgg11, false, AdamOptions{}, {0, 1, 2, 4, 10, 50}),
       .s = 1}};
}

/// The published figure on SVHN, for which there are no trainings by SGD to be held against.
study::Condition by_adam_alone() { return study::house_numbers({0, 1, 2, 10, 50}); }

Measurements measurements() {
  std::vector<study::Condition> conditions = study::conditions_of(pairs());
  conditions.push_back(by_adam_alone());
  return study::measurements(conditions);
}

void conclude(const Evidence& evidence, Results& results) {
  const study::ChangeClaim claim{.id = "adam-buffers",
                                 .experiment = "adam-buffer",
                                 .sentence = text("claim"),
                                 .published = text("published"),
                                 .published_epochs = find_paper_claim("adam-buffers").extent.epochs};
  study::conclude_changes(claim, pairs(), evidence, results, {study::gather(by_adam_alone(), evidence)});
}

}  // namespace

const Experiment& adam_buffer_experiment() {
  static const Experiment experiment{.id = "adam-buffer", .measurements = measurements, .conclude = conclude};
  return experiment;
}

}  // namespace relu0
