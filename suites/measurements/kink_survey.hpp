#pragma once
#include "analysis/kinks/kink_survey.hpp"
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// Kinks are counted in forward passes, their choices compared in backward passes, one kind of kink at a
/// time, and the reference is asked what the hits are.
struct KinkSurvey final : MeasurementOf<KinkSurvey, KinkSurveyOutcome> {
  static constexpr std::string_view kind_name = "kink-survey";
  using MeasurementOf::MeasurementOf;

  /// Looked at, at most: fewer where the run uses fewer; as many as its number of mini-batches holds, where
  /// it sets one.
  std::int64_t images = 1'024;
  std::int64_t networks = 3;  ///< at quick scale

 private:
  [[nodiscard]] KinkSurveyOptions options(const RunSettings& settings) const;
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

/// The list that a store keeps an outcome by.
void fields(Fields& f, KinkSurveyOutcome& outcome);

}  // namespace relu0
