#pragma once
#include "analysis/zeros/law/zero_law.hpp"
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// Exact zeros are counted in forward passes, and what the law predicts their number from is gathered.
struct ZeroLaw final : MeasurementOf<ZeroLaw, ZeroLawOutcome> {
  static constexpr std::string_view kind_name = "zero-law";
  using MeasurementOf::MeasurementOf;

  std::int64_t images = 2'560;       ///< looked at, at most: fewer where the run uses fewer
  std::int64_t networks = 2;         ///< at quick scale
  std::int64_t paper_networks = 20;  ///< at the paper's

  [[nodiscard]] bool only_at_planned_number() const override { return true; }

 private:
  [[nodiscard]] ZeroLawOptions options(const RunSettings& settings) const;
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

/// The list that a store keeps an outcome by.
void fields(Fields& f, ZeroLawOutcome& outcome);

}  // namespace relu0
