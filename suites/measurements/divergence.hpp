#pragma once
#include "analysis/training/divergence.hpp"
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// Trainings that differ in s only, and one of them a second time, on shuffled mini-batches.
struct Divergence final : MeasurementOf<Divergence, DivergenceOutcome> {
  static constexpr std::string_view kind_name = "divergence";
  using MeasurementOf::MeasurementOf;

  std::int64_t iterations = 100;

 private:
  [[nodiscard]] DivergenceOptions options(const RunSettings& settings) const;
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

/// The list that a store keeps an outcome by.
void fields(Fields& f, DivergenceOutcome& outcome);

}  // namespace relu0
