#pragma once
#include "analysis/statistics/statistics.hpp"
#include "fixtures/network/kinks.hpp"
#include "suites/experiments/common.hpp"
#include "suites/measurements/kernel_sweep.hpp"
#include "suites/run/evidence.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The same networks and mini-batches through every kernel: what the experiment "kernels" measures and
/// counts.
namespace relu0::kernel_study {

/// What is held against the published figure of a network under each kernel.
struct PublishedClaim {
  std::string in_words;        ///< "463/1000 networks"
  std::string source;          ///< where it comes from
  std::optional<double> rate;  ///< of impacted mini-batches, where one is published
  bool of_networks = false;    ///< it is about the share of impacted networks, after all images
  std::function<verdict_rules::Decision(Proportion)> decide{};  ///< on networks or mini-batches
};

/// A network, its data, and the kernels of this machine that can change how its ReLUs meet zeros.
struct Subject {
  Setting setting;  ///< without a kernel
  PublishedClaim published;

  [[nodiscard]] std::vector<KernelSweep> measurements() const;
};

/// MLP 3×256 on MNIST, VGG11 and ResNet18 on CIFAR-10, at fp32.
const std::vector<Subject>& subjects();

/// What one kernel did with the networks of a subject.
struct OfKernel {
  std::string kernel;  ///< Measurement::kernel_name()
  Basis basis;
  std::vector<KernelSweepOutcome> draws;
  bool every_image = false;  ///< the mini-batches held all images

  [[nodiscard]] Proportion with_zeros() const;
  [[nodiscard]] Proportion impacted(Rule rule) const;
  [[nodiscard]] Proportion impacted_networks(Rule rule) const;
  /// What its libraries said they were; empty without draws.
  [[nodiscard]] std::string computed_by() const;
  /// Whether every network met the same bits as under the other kernel: gradients and all counts.
  [[nodiscard]] bool same_bits_as(const OfKernel& other) const;
  /// What is published of the subject, held against what this kernel did. Not run where the run's
  /// mini-batches do not reach as far as the claim.
  [[nodiscard]] verdict_rules::Decision claim(const PublishedClaim& published, Rule rule) const;
};

/// How many of the subject's kernels the run's scale draws no network for.
std::int64_t left_out(const Subject& subject, const RunSettings& settings);

/// Those that the run selected and draws networks for.
std::vector<OfKernel> measured(const Subject& subject, const Evidence& evidence);

/// Those among them that have other bits than all before them.
std::vector<const OfKernel*> with_own_bits(const std::vector<OfKernel>& kernels);

/// Whether the rate of what `count` counts in a draw is the same for all kernels. Only draws that every
/// kernel has are compared.
struct Homogeneity {
  double p = 1;
  std::int64_t networks = 0;
  std::vector<Proportion> rates;  ///< of kernels with bits of their own

  /// Those of all these kernels.
  [[nodiscard]] Proportion together() const;
};
Homogeneity homogeneity(const std::vector<OfKernel>& kernels,
                        const std::function<std::int64_t(const SweepOutcome&)>& count);

/// How many of a draw's mini-batches are impacted. Throws StoreError where the draw lacks the rule.
std::int64_t impacted_minibatches(const SweepOutcome& draw, Rule rule);

}  // namespace relu0::kernel_study
