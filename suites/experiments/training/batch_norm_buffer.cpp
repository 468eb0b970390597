#include "suites/claims/paper_claims.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/training/change_comparison.hpp"
#include "suites/experiments/training/training_conditions.hpp"
#include "suites/texts/texts.hpp"

#include <vector>

namespace relu0::experiment::batch_norm_buffer {

namespace {

namespace study = training_study;

constexpr Texts text{"batch-norm-buffer"};

study::ChangePair of_objects(Architecture architecture, const OptimizerOptions& optimizer,
                             const std::vector<double>& levels, DataName data) {
  return {.larger = study::objects(architecture, false, optimizer, levels, data),
          .smaller = study::objects(architecture, true, optimizer, levels, data),
          .s = 1};
}

std::vector<study::ChangePair> pairs() {
  return {
      {.larger = study::digits(Precision::fp16), .smaller = study::digits(Precision::fp16, true), .s = 1},
      {.larger = study::digits(Precision::fp32), .smaller = study::digits(Precision::fp32, true), .s = 1},
      {.larger = study::small_objects(Precision::fp16, false, study::published_sgd),
       .smaller = study::small_objects(Precision::fp16, true, study::published_sgd),
       .s = 1},
      {.larger = study::small_objects(Precision::fp32, false, study::published_sgd),
       .smaller = study::small_objects(Precision::fp32, true, study::published_sgd),
       .s = 1},
      of_objects(Architecture::resnet18, study::published_sgd, study::published_levels(), datasets::cifar10),
      of_objects(Architecture::vgg11, AdamOptions{}, {0, 1}, datasets::cifar10),
      of_objects(Architecture::vgg11, AdamOptions{}, {0, 1}, datasets::svhn)};
}

Measurements measurements() { return study::measurements(study::conditions_of(pairs())); }

void conclude(const Evidence& evidence, Results& results) {
  const study::ChangeClaim claim{.id = "batch-norm-buffers",
                                 .experiment = "batch-norm-buffer",
                                 .sentence = text("claim"),
                                 .published = text("published"),
                                 .published_epochs = find_paper_claim("batch-norm-buffers").extent.epochs};
  study::conclude_changes(claim, pairs(), evidence, results);
}

constexpr Experiment definition{
    .id = "batch-norm-buffer", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::batch_norm_buffer

const relu0::Experiment& relu0::batch_norm_buffer_experiment() {
  return experiment::batch_norm_buffer::definition;
}
