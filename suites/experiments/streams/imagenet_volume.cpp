#include "suites/experiments/definitions.hpp"
#include "suites/experiments/streams/stream_study.hpp"
#include "suites/verdicts/verdict_rules.hpp"

namespace relu0 {

namespace {

/// A mini-batch of 8 images of 3×224×224 takes the arithmetic of some 200 images of CIFAR-10 in VGG11.
const stream_study::Study& study() {
  static const stream_study::Study result{
      .id = "imagenet-volume",
      .data = DataName::imagenet,
      .batch_size = 8,
      .transform = RandomResizedCropAndFlip{},
      .one_minibatch_of = 8,
      .networks = {{.architecture = Architecture::resnet50, .batch_norm = true}},
      .precisions = {Precision::fp16, Precision::bf16, Precision::tf32, Precision::fp32}};
  return result;
}

Measurements measurements() { return stream_study::measurements(study()); }

/// The paper trains on ImageNet but does not count impacted mini-batches there.
stream_study::Claim claim_on(const stream_study::Measured& /*of*/) {
  return {.claim =
              "what holds for the small convolutional networks holds for ResNet50 on ImageNet: every one "
              "meets an impacted mini-batch",
          .published = "not measured: only trainings on ImageNet are published",
          .source = "arXiv:2106.12915",
          .agreement = "nothing to hold it against",
          .quantity = &FirstImpacts::networks,
          .decide = verdict_rules::nearly_all,
          .headline = false};
}

void conclude(const Evidence& evidence, Results& results) {
  stream_study::append_results(study(), stream_study::measured(study(), evidence),
                               stream_study::nothing_published, claim_on, results);
}

}  // namespace

const Experiment& imagenet_volume_experiment() {
  static const Experiment experiment{
      .id = "imagenet-volume",
      .title = "ResNet50 on ImageNet",
      .summary =
          "ResNet50 with batch-norm at PyTorch's default initialisation, on ImageNet or any other folder "
          "with a folder of images for each class; mini-batches of 8, shuffled, a random crop of each "
          "image resized to 224 by 224, flipped with probability 1/2, channels normalised. How many "
          "mini-batches does it take until the gradient of one depends on s? A network that met none "
          "within the mini-batches looked at counts as one without.",
      .measurements = measurements,
      .conclude = conclude};
  return experiment;
}

}  // namespace relu0
