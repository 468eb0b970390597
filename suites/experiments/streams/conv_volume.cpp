#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/streams/conv_answer.hpp"
#include "suites/experiments/streams/stream_study.hpp"
#include "suites/texts/texts.hpp"

#include <algorithm>

namespace relu0::experiment::conv_volume {

namespace {

constexpr const char* id = "conv-volume";
constexpr Texts text{"conv-volume"};

/// What the answer needs to tell an arithmetic from a kernel: at 32 bits, what LibTorch chooses here; its
/// products with the bias added last as GPUs do, where a convolution has a bias; and convolutions that are
/// summed term by term, without Winograd's transforms.
std::vector<stream_study::FixedKernel> fixed_kernels() {
  const KernelChoice bias_last{.family = KernelFamily::bias_last};
  const KernelChoice native{.family = KernelFamily::native};
  const KernelChoice direct{.family = KernelFamily::portable};
  const ConvolutionalNetwork vgg{.architecture = Architecture::vgg11};
  const ConvolutionalNetwork resnet{.architecture = Architecture::resnet18};
  std::vector<stream_study::FixedKernel> result;
  for (const Precision precision : {Precision::tf32, Precision::fp32}) {
    result.insert(result.end(), {{vgg, precision, native},
                                 {vgg, precision, bias_last},
                                 {vgg, precision, direct},
                                 {resnet, precision, native},
                                 {resnet, precision, direct}});
  }
  return result;
}

const stream_study::Study& study() {
  static const stream_study::Study result{
      .id = id,
      .data = datasets::cifar10,
      .batch_size = 100,
      .networks = {{.architecture = Architecture::vgg11},
                   {.architecture = Architecture::vgg11, .batch_norm = true},
                   {.architecture = Architecture::resnet18},
                   {.architecture = Architecture::resnet18, .batch_norm = true}},
      .precisions = {Precision::fp16, Precision::bf16, Precision::tf32, Precision::fp32},
      .kernels = fixed_kernels()};
  return result;
}

Measurements measurements() { return stream_study::measurements(study()); }

/// The published row of a network at as many bits as the precision stores. The published 16 bits were
/// binary16; its 32 bits, on a GPU, may have been tf32 or fp32.
const PublishedFirstImpact* published(const ConvolutionalNetwork& network, Precision precision) {
  const std::string name = network.architecture == Architecture::vgg11 ? "vgg11" : "resnet18";
  const auto& rows = published_conv_volume().rows;
  return &*std::find_if(rows.begin(), rows.end(), [&](const PublishedFirstImpact& row) {
    return row.network == name && row.batch_norm == network.batch_norm &&
           row.precision_bits == storage_bits(precision);
  });
}

std::string published_text(const PublishedFirstImpact& theirs, Precision precision) {
  return text(precision == Precision::bf16 ? "published.not-at-bf16" : "published.index",
              "affected"_a = theirs.affected, "networks"_a = theirs.networks, "index"_a = theirs.mean);
}

/// The rate of impacted mini-batches does not grow with their number, so that a short stream is held against
/// the published rate, too. Networks that differ in their rate make that of short streams the higher one,
/// since the others stay longer: what is too rare in them is too rare.
stream_study::Statement statement_on(const stream_study::Measured& of) {
  const PublishedFirstImpact& theirs = *published(of.network, of.precision);
  const bool was_published = of.precision != Precision::bf16;
  return {.claim = text("claim"),
          .published = published_text(theirs, of.precision),
          .source = experiments_common::data_file_on_gpu(published_conv_volume().id),
          .agreement = text("agreement"),
          .quantity = &FirstImpacts::rate,
          .decide =
              [was_published, rate = theirs.rate()](Proportion ours, Sampling sampling) {
                return was_published ? verdict_rules::at_least_as_often(ours, rate, sampling)
                                     : verdict_rules::descriptive(ours.trials > 0);
              },
          .headline = of.precision == Precision::fp32 && of.by_run_kernel,
          .paper_claim = id};
}

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<stream_study::Measured> all = stream_study::measured(study(), evidence);
  stream_study::append_results(study(), all, published, statement_on, results);
  experiments_common::set_answer(results, id,
                                 evidence.selected_all(measurements())
                                     ? conv_answer(all, published, evidence.settings().device)
                                     : text("answer.not-answered"));
}

constexpr Experiment definition{.id = id, .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::conv_volume

const relu0::Experiment& relu0::conv_volume_experiment() { return experiment::conv_volume::definition; }
