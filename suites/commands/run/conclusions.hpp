#pragma once
#include "reports/model/results.hpp"
#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/commands/run/planned_run.hpp"
#include "suites/run/evidence.hpp"

namespace relu0::commands {

/// What a run concludes from the draws of its store, without its notes.
Results conclude(const PlannedRun& run, const Evidence& evidence);

/// The results as publish() keeps them, with a note that the run goes on. store: the run's.
Results results_so_far(const RunOptions& options, const PlannedRun& run, Results results, const Store& store);

/// Adds the notes and the recorded results, keeps all of it in the store, writes the reports and prints the
/// summary. Returns the exit code that the results ask for.
ExitCode publish(const RunOptions& options, const PlannedRun& run, Results results, Store& store);

}  // namespace relu0::commands
