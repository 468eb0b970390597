#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/measure_settings.hpp"
#include "analysis/gate/precision_measurer.hpp"
#include "fixtures/network/kinks.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace relu0::gate {

/// Holds a model's gradients against the reference, mini-batch after mini-batch.
class ReferenceMeasurer {
 public:
  /// The settings outlive the object.
  explicit ReferenceMeasurer(const MeasureSettings& settings);

  /// Whether mini-batch `mini_batch` is one of those that the reference runs.
  [[nodiscard]] bool runs(std::int64_t mini_batch) const;

  /// Runs the first samples of a mini-batch at every precision, follows each pass into a network
  /// (ScriptRunner::import_network()), and adds what the reference says of its gradients to the measurer's
  /// results. What cannot be a network, or takes more work or memory than is allowed, is a gap. Throws what
  /// ScriptRunner::run() does.
  void measure(std::int64_t mini_batch, const ScriptBatch& batch,
               std::span<PrecisionMeasurer* const> measurers);

  /// What kept the reference from something, each once.
  [[nodiscard]] const std::vector<ReferenceGap>& gaps() const { return gaps_; }

 private:
  /// The pass of samples of a mini-batch, imported; absent, and a gap, where the model does not take as few.
  [[nodiscard]] std::optional<ImportedPass> import_of(const ScriptBatch& samples, const ScriptBatch& batch,
                                                      ScriptRunner& runner);

  const MeasureSettings& settings_;
  KinkChoices native_;
  std::vector<ReferenceGap> gaps_;
};

/// What the framework does at kinks by itself, as measured (native_choices.hpp) where KinkChoices has one
/// value for all spellings of an operation; ends of clamps are left to their spelling.
KinkChoices native_kink_choices();

}  // namespace relu0::gate
