#pragma once
#include "analysis/impact/sweep.hpp"
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// The data set is swept for mini-batches whose gradient depends on s. Swept are the images in their order,
/// in mini-batches of the setting's size.
struct Sweep final : MeasurementOf<Sweep, SweepOutcome> {
  static constexpr std::string_view kind_name = "sweep";
  using MeasurementOf::MeasurementOf;

  Extent extent = Extent::until_impacted;
  bool magnitude = false;  ///< how far the gradients of each impacted mini-batch are apart is measured too

  /// How a sweep compares the two values of s in a setting.
  static SweepOptions comparing(const Setting& setting, const RunSettings& settings);
  /// Adds to a measurement's identity what comparing() takes from the run.
  static void identify_comparison(const RunSettings& settings, nlohmann::json& identity);

 private:
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] std::vector<FieldValue> own_field_values() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

/// The list that a store keeps an outcome by.
void fields(Fields& f, SweepOutcome& outcome);

}  // namespace relu0
