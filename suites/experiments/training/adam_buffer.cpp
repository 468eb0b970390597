#include "suites/claims/paper_claims.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/training/change_comparison.hpp"
#include "suites/experiments/training/training_conditions.hpp"
#include "suites/texts/texts.hpp"

#include <utility>
#include <vector>

namespace relu0::experiment::adam_buffer {

namespace {

namespace study = training_study;

constexpr Texts text{"adam-buffer"};

/// levels: those by Adam.
study::ChangePair of_objects(Architecture architecture, DataName data, std::vector<double> levels) {
  return {.larger = study::objects(architecture, false, study::published_sgd, {0, 1}, data),
          .smaller = study::objects(architecture, false, AdamOptions{}, std::move(levels), data),
          .s = 1};
}

std::vector<study::ChangePair> pairs() {
  return {
      {.larger = study::mixed_digits(study::published_sgd),
       .smaller = study::mixed_digits(AdamOptions{}),
       .s = 1},
      {.larger = study::digits(Precision::fp32), .smaller = study::digits_by_adam(Precision::fp32), .s = 1},
      {.larger = study::small_objects(Precision::fp32, false, study::published_sgd),
       .smaller = study::small_objects(Precision::fp32, false, AdamOptions{}),
       .s = 1},
      of_objects(Architecture::vgg11, datasets::cifar10, {0, 1, 2, 4, 10, 50}),
      of_objects(Architecture::vgg11, datasets::svhn, {0, 1, 2, 4, 10, 50}),
      of_objects(Architecture::resnet18, datasets::cifar10, {0, 1})};
}

Measurements measurements() { return study::measurements(study::conditions_of(pairs())); }

void conclude(const Evidence& evidence, Results& results) {
  const study::ChangeClaim claim{.id = "adam-buffers",
                                 .experiment = "adam-buffer",
                                 .sentence = text("claim"),
                                 .published = text("published"),
                                 .published_epochs = find_paper_claim("adam-buffers").extent.epochs};
  study::conclude_changes(claim, pairs(), evidence, results);
}

constexpr Experiment definition{.id = "adam-buffer", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::adam_buffer

const relu0::Experiment& relu0::adam_buffer_experiment() { return experiment::adam_buffer::definition; }
