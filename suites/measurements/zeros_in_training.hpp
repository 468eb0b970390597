#pragma once
#include "analysis/training/zero_training.hpp"
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// Exact zeros are counted while a network is trained on shuffled mini-batches with s = RunSettings::s_a.
struct ZerosInTraining final : MeasurementOf<ZerosInTraining, ZeroTrainingOutcome> {
  static constexpr std::string_view kind_name = "zeros-in-training";
  using MeasurementOf::MeasurementOf;

  std::int64_t epochs = 100;  ///< at the paper's scale
  /// At quick scale a training ends in its first epoch, after so many multiply-adds of forward and backward
  /// passes: below a second of a core.
  double quick_multiply_adds = 2e10;

 private:
  [[nodiscard]] ZeroTrainingOptions options(const Network& network, const RunSettings& settings) const;
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

/// The list that a store keeps an outcome by.
void fields(Fields& f, ZeroTrainingOutcome& outcome);

}  // namespace relu0
