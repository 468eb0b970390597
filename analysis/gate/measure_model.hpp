#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/measure_settings.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace relu0::gate {

/// What measure_model() found.
struct ModelResults {
  std::vector<ValuePair> pairs;  ///< that were compared
  std::vector<LuckKind> luck;    ///< that was measured
  std::vector<TensorFacts> tensors;
  std::vector<KinkSite> kinks;
  std::vector<PrecisionResults> precisions;
  std::vector<std::string> not_seen;     ///< a sentence each
  std::optional<std::string> aborted{};  ///< why it ended early; what was found until then stands above
};

/// Called after each pass over a mini-batch at one precision: how many of them are done, of how many. Returns
/// whether to go on.
using MeasureProgress = std::function<bool(std::int64_t done, std::int64_t of)>;

/// Runs the model on all mini-batches at every precision, at fp64 first, against which the others' errors are
/// taken. One thread computes, but for where threads are what is compared. Memory: the model and a gradient
/// once per precision, two gradients at fp64. Throws InputError for a model or mini-batches that do not fit
/// each other or the loss, before anything is measured where the first mini-batch shows it.
ModelResults measure_model(const ScriptModel& model, std::span<const ScriptBatch> batches,
                           const MeasureSettings& settings, const MeasureProgress& progress);

}  // namespace relu0::gate
