#pragma once
#include "analysis/zone/zone_shape.hpp"
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// A training at fp32 until its first hidden layer meets an exact zero, and the pre-activation around it,
/// over a plane of the neuron's parameters.
struct ZoneShape final : MeasurementOf<ZoneShape, ZoneShapeOutcome> {
  static constexpr std::string_view kind_name = "zone-shape";
  using MeasurementOf::MeasurementOf;

  [[nodiscard]] std::vector<Precision> precisions() const override {
    return {Precision::fp32, Precision::fp64};
  }

  std::int64_t iterations = 938;  ///< at most: two epochs of MNIST in mini-batches of 128

 private:
  [[nodiscard]] ZoneShapeOptions options(const RunSettings& settings) const;
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

/// The list that a store keeps an outcome by.
void fields(Fields& f, ZoneShapeOutcome& outcome);

}  // namespace relu0
