#pragma once
#include "analysis/error/reference_error.hpp"
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// The gradient on the first mini-batch is held against the reference, at all precisions that share the
/// storage of the setting's, for both values of s and both rules.
struct ReferenceError final : MeasurementOf<ReferenceError, ReferenceErrorOutcome> {
  static constexpr std::string_view kind_name = "reference-error";
  using MeasurementOf::MeasurementOf;

  /// A draw has all threads: the reference computes the same on any number of them, and two draws side by
  /// side would take twice the memory.
  [[nodiscard]] Parallelism parallelism() const override { return Parallelism::within_draw; }

  /// The precisions held against the reference together: fp16; bf16; or tf32, fp32 and fp64.
  [[nodiscard]] std::vector<Precision> precisions() const override;

  /// Checks the precisions.
  [[nodiscard]] std::string contradiction(const ReferenceErrorOutcome& outcome,
                                          const RunSettings& settings) const override;

 private:
  /// Images of the mini-batch: fewer where the run uses fewer images than a mini-batch.
  [[nodiscard]] std::int64_t images_compared(const RunSettings& settings) const;
  void identify(const RunSettings& settings, nlohmann::json& identity) const override;
  [[nodiscard]] std::string work() const override;
  [[nodiscard]] std::vector<FieldValue> own_field_values() const override;
  [[nodiscard]] double passes(const Network& network, const RunSettings& settings) const override;
  [[nodiscard]] std::int64_t usual_draws(RunScale scale) const override;
  [[nodiscard]] OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const override;
};

/// The list that a store keeps an outcome by.
void fields(Fields& f, ReferenceErrorOutcome& outcome);

}  // namespace relu0
