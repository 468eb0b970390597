#pragma once
#include "suites/experiments/training/training_study.hpp"

#include <string>
#include <vector>

/// What s changes in trainings, under both rules side by side, whatever the paper claims of it.
namespace relu0::training_study {

/// Appends, for each condition, the findings "s changes the final test accuracy" of its largest s under each
/// rule, and the table of all effects; and gives the experiment its answer, how many of them are shown.
/// experiment: its id. headline: whether the findings under the chain rule are headlines.
void append_effects(const std::string& experiment, const std::vector<Trained>& all, bool headline,
                    const RunSettings& settings, Results& results);

}  // namespace relu0::training_study
