#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/streams/stream_study.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/verdict_rules.hpp"

namespace relu0::experiment::imagenet_volume {

namespace {

constexpr Texts text{"imagenet-volume"};

/// A mini-batch of 8 images of 3×224×224 costs as much arithmetic as some 200 images of CIFAR-10 do in VGG11.
const stream_study::Study& study() {
  static const stream_study::Study result{
      .id = "imagenet-volume",
      .data = datasets::imagenet,
      .batch_size = 8,
      .one_minibatch_of = 8,
      .networks = {{.architecture = Architecture::resnet50, .batch_norm = true}},
      .precisions = {Precision::fp16, Precision::bf16, Precision::tf32, Precision::fp32}};
  return result;
}

Measurements measurements() { return stream_study::measurements(study()); }

/// The paper trains on ImageNet but does not count impacted mini-batches there.
stream_study::Statement statement_on(const stream_study::Measured& /*of*/) {
  return {.claim = text("claim"),
          .published = text("published"),
          .source = experiments_common::paper(),
          .agreement = experiments_common::nothing_published(),
          .quantity = &FirstImpacts::networks,
          .decide = [](Proportion ours,
                       Sampling /*sampling*/) { return verdict_rules::descriptive(ours.trials > 0); },
          .headline = false};
}

void conclude(const Evidence& evidence, Results& results) {
  stream_study::append_results(study(), stream_study::measured(study(), evidence),
                               stream_study::nothing_published, statement_on, results);
}

constexpr Experiment definition{.id = "imagenet-volume", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::imagenet_volume

const relu0::Experiment& relu0::imagenet_volume_experiment() {
  return experiment::imagenet_volume::definition;
}
