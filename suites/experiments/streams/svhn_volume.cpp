#include "suites/experiments/definitions.hpp"
#include "suites/experiments/streams/stream_study.hpp"
#include "suites/verdicts/verdict_rules.hpp"

namespace relu0 {

namespace {

const stream_study::Study& study() {
  static const stream_study::Study result{.id = "svhn-volume",
                                          .data = DataName::svhn,
                                          .batch_size = 100,
                                          .transform = Unchanged{},
                                          .one_minibatch_of = 2,
                                          .networks = {{.architecture = Architecture::vgg11}},
                                          .precisions = {all_precisions.begin(), all_precisions.end()}};
  return result;
}

Measurements measurements() { return stream_study::measurements(study()); }

/// The paper shows a figure; its numbers are not at hand.
stream_study::Claim claim_on(const stream_study::Measured& of) {
  const bool is_fp64 = of.precision == Precision::fp64;
  return {.claim = is_fp64 ? "at 64 bits no VGG11 meets an impacted mini-batch of SVHN"
                           : "every VGG11 meets an impacted mini-batch of SVHN",
          .published = of.precision == Precision::bf16
                           ? "not measured at bf16"
                           : "a figure for 32 and 64 bits, whose numbers are not at hand",
          .source = "arXiv:2106.12915",
          .agreement = "nothing to hold it against",
          .quantity = &FirstImpacts::networks,
          .decide = is_fp64 ? verdict_rules::almost_none : verdict_rules::nearly_all,
          .headline = of.precision == Precision::fp32 || is_fp64};
}

void conclude(const Evidence& evidence, Results& results) {
  stream_study::append_results(study(), stream_study::measured(study(), evidence),
                               stream_study::nothing_published, claim_on, results);
}

}  // namespace

const Experiment& svhn_volume_experiment() {
  static const Experiment experiment{
      .id = "svhn-volume",
      .title = "VGG11 on SVHN",
      .summary =
          "VGG11 at PyTorch's default initialisation; the extra images of SVHN in mini-batches of 100, "
          "shuffled, channels normalised, neither cropped nor flipped, since they are digits. How many "
          "mini-batches does it take until the gradient of one depends on s, at 16, 32 and 64 bits? A "
          "network that met none within the mini-batches looked at counts as one without.",
      .measurements = measurements,
      .conclude = conclude};
  return experiment;
}

}  // namespace relu0
