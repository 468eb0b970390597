#include "suites/claims/paper_claims.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/training/change_comparison.hpp"
#include "suites/experiments/training/training_conditions.hpp"
#include "suites/texts/texts.hpp"

namespace relu0 {

namespace {

namespace study = training_study;

constexpr Texts text{"batch-norm-buffer"};

std::vector<study::ChangePair> pairs() {
  const SgdOptions sgd{.momentum = 0.9, .weight_decay = 5e-4};
  const std::vector<double> levels{0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1};
  return {{.larger = study::digits(Precision::fp16), .smaller = study::digits(Precision::fp16, true), .s = 1},
          {.larger = study::digits(Precision::fp32), .smaller = study::digits(Precision::fp32, true), .s = 1},
          {.larger = study::objects(Architecture::resnet18, false, sgd, levels),
           .smaller = study::objects(Architecture::resnet18, true, sgd, levels),
           .s = 1}};
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

}  // namespace

const Experiment& batch_norm_buffer_experiment() {
  static const Experiment experiment{
      .id = "batch-norm-buffer", .measurements = measurements, .conclude = conclude};
  return experiment;
}

}  // namespace relu0
