// How the share of networks depends on depth, width and batch size, by the native kernels.
#include "suites/experiments/common.hpp"
#include "suites/tests/findings/native/native_findings.hpp"
#include "suites/tests/findings/sweep_outcomes.hpp"

#include <gtest/gtest.h>

namespace relu0::test {
namespace {

namespace common = experiments_common;

/// A level of a factor at 16 bits, where 2,048 images tell the levels apart.
SweepEvidence level(const Mlp& mlp, std::int64_t batch_size) {
  constexpr std::int64_t networks = 200;
  constexpr std::int64_t images = 2048;
  const Sweep sweep = until_impacted(common::mlp_sweep(mlp, Precision::fp16, batch_size));
  return native_evidence(native_digits(), survey(sweep, native_kernel, networks, images));
}

/// Asserts a finding under each rule.
void expect_between(const PairedFinding& finding, const SweepEvidence& first, const SweepEvidence& second,
                    double only_first, double only_second) {
  for (const Rule rule : all_rules) {
    expect_native(finding, paired(impacted(first, rule), impacted(second, rule)), only_first, only_second);
  }
}

// Seen among 1,024 images, of 60 networks: 2 with one hidden layer and 31 with six; none with the shallow one
// only.
TEST(NativeFactors, TheShareGrowsWithDepth) {
  expect_between(grows("depth"), level({.hidden_layers = 1}, 256), level({.hidden_layers = 6}, 256), 0.05,
                 0.4);
}

// Seen among 1,024 images, of 60 networks: none with 16 neurons a layer and 20 with 256; among 2,048 15
// of 40.
TEST(NativeFactors, TheShareGrowsWithWidthAndNotWithTheBatchSize) {
  const SweepEvidence main = level({}, 256);
  expect_between(grows("width"), level({.width = 16}, 256), main, 0.02, 0.25);
  // Seen: the same networks at every batch size; a kernel may sum otherwise where a mini-batch has few
  // images.
  expect_between(does_not_depend("the batch size"), level({}, 16), main, 0.02, 0.02);
}

}  // namespace
}  // namespace relu0::test
