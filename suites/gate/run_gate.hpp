#pragma once
#include "reports/model/gate/measurements.hpp"
#include "suites/gate/gate_options.hpp"

namespace relu0::gate {

enum class ShowProgress { no, yes };

/// What is known of a run before a pass is made: the model, its inputs, the command and the environment.
Measurements before_measuring(const GateModel& model, const GateOptions& options);

/// Measures the model on its mini-batches, with progress on stderr if shown; ends early, and says so in the
/// result, where InterruptGuard asks for it. Throws what GateModel does.
Measurements measure(const GateModel& model, const GateOptions& options,
                     ShowProgress show = ShowProgress::yes);

/// The precisions that a gate measures where none is named: fp32 and fp64, in which models are trained as a
/// rule. At 16 bits rounding moves pre-activations across kinks, which the derived limits do not cover, so
/// that healthy models fail them: those take limits of their own.
std::vector<Precision> usual_precisions();

}  // namespace relu0::gate
