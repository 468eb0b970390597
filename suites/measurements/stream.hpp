#pragma once
#include "analysis/impact/sweep.hpp"
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// Mini-batches as a training meets them, shuffled and put through the data set's training_transform, epoch
/// after epoch, until one is impacted under both rules or the run's number of them has been met.
struct Stream final : MeasurementOf<Stream, SweepOutcome> {
  static constexpr std::string_view kind_name = "stream";
  using MeasurementOf::MeasurementOf;

  /// The stream ends after this fraction of the run's number of mini-batches: large images take their share
  /// of a run's time with fewer.
  std::int64_t one_minibatch_of = 1;

  /// How many mini-batches a stream has at most; at least 1. On small images and at the paper's scale this is
  /// beyond the largest published index of a first impacted mini-batch.
  [[nodiscard]] std::int64_t most_minibatches(const RunSettings& settings) const;

 private:
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

}  // namespace relu0
