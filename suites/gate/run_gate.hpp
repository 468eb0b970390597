#pragma once
#include "reports/model/gate/measurements.hpp"
#include "suites/gate/gate_options.hpp"

namespace relu0::gate {

/// Measures the model on its mini-batches, with progress on stderr; ends early, and says so in the result,
/// where InterruptGuard asks for it. Throws what GateModel does.
Measurements measure(const GateModel& model, const GateOptions& options);

/// The precisions that a gate measures where none is named: all.
std::vector<Precision> usual_precisions();

}  // namespace relu0::gate
