#pragma once
#include "suites/experiments/training/training_study.hpp"

#include <string>
#include <vector>

/// What s changes in trainings, under both rules side by side, whatever the paper claims of it.
namespace relu0::training_study {

/// The values of s that have findings of their own.
enum class EffectFindings { of_largest_s, of_every_s };

/// Appends, for each condition, the findings "s changes the final test accuracy" under each rule, and the
/// table of all effects; and gives the experiment its answer: the largest effect that is shown, and how many
/// are. experiment: its id.
void append_effects(const std::string& experiment, const std::vector<Trained>& all, EffectFindings findings,
                    const RunSettings& settings, Results& results);

}  // namespace relu0::training_study
