// Convolutional networks by the native kernels: on the embedded images, and on CIFAR-10 where it is.
#include "suites/measurements/stream.hpp"
#include "suites/tests/findings/native/native_findings.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace relu0::test {
namespace {

/// Streams of VGG11 from `seed` on, each of `minibatches` at most.
Survey vgg11_streams(Precision precision, std::int64_t networks, std::int64_t minibatches,
                     std::uint64_t seed) {
  Survey result = survey(Stream({.network = ConvolutionalNetwork{.architecture = Architecture::vgg11},
                                 .precision = precision,
                                 .batch_size = 100,
                                 .data = datasets::cifar10}),
                         native_kernel, networks);
  result.settings.minibatches = minibatches;
  result.settings.seed = seed;
  return result;
}

// Seen: of five networks all, at mini-batch 0, 0, 0, 1 and 2; so about 0.6 in each mini-batch, of which 0.4
// is taken here. On CIFAR-10, by the kernels of CUDA, each of 200 networks at mini-batch 0.
void expect_impacted_at_sixteen_bits(const Surveyor& surveyor) {
  constexpr std::int64_t networks = 3;
  constexpr std::int64_t minibatches = 12;
  const Interval rates{1 - std::exp(-0.4 * minibatches), 1};
  const SweepEvidence found =
      native_evidence(surveyor, vgg11_streams(Precision::fp16, networks, minibatches, 1));
  expect_native(happens("VGG11 is impacted at fp16"), found.in_zone(Rule::chain_rule), rates);
}

// Seen under the published rule: of six networks two, in 23 mini-batches; on CIFAR-10, by the kernels of
// CUDA, in 8 % of the mini-batches up to the first. 2 % is taken here. Under the chain rule it takes four
// times as many. The seed is chosen so that few mini-batches suffice on the machine where it was chosen; the
// false alarm is that of a seed chosen blindly.
void expect_impacted_at_tf32(const Surveyor& surveyor, std::uint64_t seed) {
  constexpr std::int64_t most_networks = 180;
  constexpr std::int64_t at_once = 2;
  constexpr std::int64_t minibatches = 4;
  const auto is_impacted = [](const nlohmann::json& draw) {
    const SweepOutcome outcome = Stream::decode(draw);
    EXPECT_TRUE(outcome.deterministic);
    return std::any_of(outcome.rules.begin(), outcome.rules.end(), [](const RuleOutcome& of) {
      return of.rule == Rule::published_code && of.first_impacted;
    });
  };
  expect_native_happens("VGG11 is impacted at tf32", surveyor,
                        vgg11_streams(Precision::tf32, most_networks, minibatches, seed), at_once,
                        1 - std::pow(1 - 0.02, minibatches), is_impacted);
}

const Surveyor& embedded_images() {
  static const Surveyor surveyor({}, {datasets::cifar10});
  return surveyor;
}

TEST(NativeConvolutions, Vgg11AtSixteenBits) { expect_impacted_at_sixteen_bits(embedded_images()); }

TEST(NativeConvolutions, Vgg11AtTf32) { expect_impacted_at_tf32(embedded_images(), 4); }

TEST(NativeConvolutionsOnCifar10, Vgg11) {
  if (!absent_real_data({datasets::cifar10}).empty()) {
    GTEST_SKIP() << "RELU0_DATA_DIR names no folder with CIFAR-10";
  }
  const Surveyor surveyor(real_data_folder(), {datasets::cifar10});
  expect_impacted_at_sixteen_bits(surveyor);
  expect_impacted_at_tf32(surveyor, 1);
}

}  // namespace
}  // namespace relu0::test
