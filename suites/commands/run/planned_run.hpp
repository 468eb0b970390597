#pragma once
#include "suites/experiments/experiment.hpp"
#include "suites/run/absent_data.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/run_options.hpp"

#include <string>
#include <vector>

namespace relu0::commands {

/// An experiment that is run, and what it measures of that which the run is limited to.
struct ChosenExperiment {
  const Experiment* experiment;
  Measurements measurements;
};

/// What a run is to do, found out before anything is measured or written.
struct PlannedRun {
  std::vector<ChosenExperiment> experiments;
  AbsentData absent;
  DataSets data;
  RunSettings settings;  ///< with the data sets that were opened
  std::string command;   ///< repeats the run exactly
  Environment environment;
  Measurements measurements;  ///< as plan() orders them
};

/// How many networks are measured side by side.
int threads_of(const RunOptions& options);

/// Opens the data. Throws InputError for what cannot be measured so, NothingSelected where nothing is to be
/// measured, and EnvironmentMismatch where this process does not round to nearest.
PlannedRun plan_run(const RunOptions& options);

}  // namespace relu0::commands
