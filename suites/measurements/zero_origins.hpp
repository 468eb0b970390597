#pragma once
#include "analysis/zeros/zero_origins.hpp"
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// Exact zeros are looked for in LibTorch's forward passes, and the reference is asked what they are.
struct ZeroOrigins final : MeasurementOf<ZeroOrigins, ZeroOriginsOutcome> {
  static constexpr std::string_view kind_name = "zero-origins";
  using MeasurementOf::MeasurementOf;

  std::int64_t images =
      60'000;  ///< looked at, at most: fewer where the run uses fewer, or zeros enough were met

 private:
  [[nodiscard]] ZeroOriginsOptions options(const RunSettings& settings) const;
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

/// The list that a store keeps an outcome by.
void fields(Fields& f, ZeroOriginsOutcome& outcome);

}  // namespace relu0
