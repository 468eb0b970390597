#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/streams/stream_study.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/verdict_rules.hpp"

namespace relu0::experiment::svhn_volume {

namespace {

constexpr Texts text{"svhn-volume"};

const stream_study::Study& study() {
  static const stream_study::Study result{.id = "svhn-volume",
                                          .data = datasets::svhn,
                                          .batch_size = 100,
                                          .one_minibatch_of = 2,
                                          .networks = {{.architecture = Architecture::vgg11}},
                                          .precisions = {all_precisions.begin(), all_precisions.end()}};
  return result;
}

Measurements measurements() { return stream_study::measurements(study()); }

/// The paper shows a figure; its numbers are not at hand, so that nothing can be held against them.
stream_study::Statement statement_on(const stream_study::Measured& of) {
  const bool is_fp64 = of.precision == Precision::fp64;
  return {.claim = text(is_fp64 ? "claim.none-at-fp64" : "claim.every-network"),
          .published = text(of.precision == Precision::bf16 ? "published.not-at-bf16" : "published.figure"),
          .source = experiments_common::paper(),
          .agreement = text("agreement"),
          .quantity = &FirstImpacts::networks,
          .decide = [](Proportion ours,
                       Sampling /*sampling*/) { return verdict_rules::descriptive(ours.trials > 0); },
          .headline = of.precision == Precision::fp32 || is_fp64,
          .paper_claim = "svhn-volume"};
}

void conclude(const Evidence& evidence, Results& results) {
  stream_study::append_results(study(), stream_study::measured(study(), evidence),
                               stream_study::nothing_published, statement_on, results);
}

constexpr Experiment definition{.id = "svhn-volume", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::svhn_volume

const relu0::Experiment& relu0::svhn_volume_experiment() { return experiment::svhn_volume::definition; }
