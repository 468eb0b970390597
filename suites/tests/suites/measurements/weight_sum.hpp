#pragma once
#include "suites/measurements/base/measurement.hpp"

#include <atomic>
#include <memory>

namespace relu0::test {

/// What WeightSum finds.
struct WeightSumOutcome {
  double sum = 0;
  std::int64_t images = 0;
};

inline void fields(Fields& f, WeightSumOutcome& outcome) {
  f("sum", outcome.sum);
  f("images", outcome.images);
}

/// A made-up kind of measurement, in this one file: the sum of the first parameter's elements, times a
/// factor.
struct WeightSum final : MeasurementOf<WeightSum, WeightSumOutcome> {
  static constexpr std::string_view kind_name = "weight-sum";
  using MeasurementOf::MeasurementOf;

  int factor = 1;
  std::shared_ptr<std::atomic<int>> measured = std::make_shared<std::atomic<int>>(0);  ///< draws, by now

 private:
  void identify(const RunSettings& /*settings*/, nlohmann::json& identity) const override {
    identity["measured"] = "weight sum";
    identity["factor"] = factor;
  }
  [[nodiscard]] std::string work() const override { return "the sum of its first weights"; }
  [[nodiscard]] std::vector<FieldValue> own_field_values() const override {
    return {{"factor", std::to_string(factor)}};
  }
  [[nodiscard]] double passes(const Network& /*network*/, const RunSettings& /*settings*/) const override {
    return 1;
  }
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override {
    return scale == RunScale::paper ? 30 : 3;
  }
  [[nodiscard]] OutcomeMeasurer measurer(const Network& /*network*/, const GroupData& data,
                                         const RunSettings& /*settings*/, int /*threads*/) const override {
    return [images = data.images()->size(), scale = factor, count = measured](const Weights& weights,
                                                                              std::uint64_t /*seed*/) {
      ++*count;
      WeightSumOutcome outcome{.images = images};
      for (const double element : weights.parameters.front().values.to_doubles()) {
        outcome.sum += scale * element;
      }
      return outcome;
    };
  }
};

}  // namespace relu0::test
