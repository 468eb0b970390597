#pragma once
#include "suites/commands/run/planned_run.hpp"

#include <string>
#include <vector>

namespace relu0::commands {

/// The ids of the experiments of which no measurement depends on the two values of ReLU'(0) that a run
/// compares.
std::vector<std::string> ids_without_s(const std::vector<ChosenExperiment>& chosen);

/// Throws InputError where the values were given (--s) and an experiment that was named does not depend on
/// them, or none does.
void require_s_is_used(const std::vector<ChosenExperiment>& chosen, const RunOptions& options);

}  // namespace relu0::commands
