#pragma once
#include "analysis/impact/sweep.hpp"
#include "suites/measurements/base/measurement.hpp"

#include <string>

namespace relu0 {

/// What one kernel does with the first mini-batches of one network.
struct KernelSweepOutcome {
  SweepOutcome sweep;           ///< over all of them: it does not end at an impact
  std::string gradient_sha256;  ///< of all bits of the first mini-batch's gradient with s = s_a, chain rule
  std::string computed_by;      ///< libraries_in_force() where it was measured
};

/// The same mini-batches whatever the kernel: the images in their order for MLPs, as the paper sweeps them;
/// shuffled and put through the data set's training_transform for the others, as `Stream` has them. At quick
/// scale only MLPs are drawn, and only for kernels that take no process of their own.
struct KernelSweep final : MeasurementOf<KernelSweep, KernelSweepOutcome> {
  static constexpr std::string_view kind_name = "kernel-sweep";
  using MeasurementOf::MeasurementOf;

  /// How many mini-batches each network goes through: the run's number, or else the scale's. At most an
  /// epoch.
  [[nodiscard]] std::int64_t minibatches(const RunSettings& settings) const;

  [[nodiscard]] Parallelism parallelism() const override;

  [[nodiscard]] bool only_at_planned_number() const override { return true; }

 private:
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

/// The list that a store keeps an outcome by.
void fields(Fields& f, KernelSweepOutcome& outcome);

}  // namespace relu0
