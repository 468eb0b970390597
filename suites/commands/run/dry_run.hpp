#pragma once
#include "suites/commands/run/planned_run.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>

namespace relu0::commands {

/// Prints what a run would measure: the command that repeats it, and each measurement with its networks and
/// an estimate of the time that those take which are still to be made; on a GPU it says that there is none.
/// by_results: the results decide how many networks are drawn; then it says so, and how many at most.
/// kept: the draws of a measurement, by its key, that are there already.
void print_plan(const PlannedRun& run, bool by_results,
                const std::function<std::set<std::int64_t>(const std::string&)>& kept);

}  // namespace relu0::commands
