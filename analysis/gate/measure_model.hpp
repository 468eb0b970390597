#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/measure_settings.hpp"

#include <span>

namespace relu0::gate {

/// Runs the model on all mini-batches at every precision, at fp64 first, against which the others' errors are
/// taken. One thread computes, but for where threads are what is compared. Memory: the model and a gradient
/// once per precision, three gradients at fp64, and what autograd keeps of one pass at fp64 and of one at
/// another precision. Throws InputError for a model or mini-batches that do not fit
/// each other or the loss, before anything is measured where the first mini-batch shows it.
ModelResults measure_model(const RunnableModel& model, std::span<const ScriptBatch> batches,
                           const MeasureSettings& settings, const MeasureProgress& progress);

}  // namespace relu0::gate
