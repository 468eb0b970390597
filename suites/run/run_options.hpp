#pragma once
#include "analysis/machine/library_choice.hpp"
#include "reports/model/finding.hpp"
#include "suites/run/data_checksums.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/run_settings.hpp"
#include "suites/run/selection.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// What makes a run a worker of another (suites/run/workers).
struct WorkerRole {
  LibraryChoice libraries;  ///< it measures what is to be measured with this choice
  int parent = 0;           ///< the process whose end ends it
};

/// What `relu0 run` was asked to do, checked.
struct RunOptions {
  std::vector<std::string> experiments;  ///< empty: all
  Selection only;                        ///< of the experiments' measurements
  RunSettings settings;                  ///< without the data sets, which are yet to be opened
  bool s_given = false;                  ///< whether s_a and s_b were given, even if they are the usual ones
  std::optional<std::filesystem::path> data;
  bool allow_embedded = false;                  ///< as DataRequest's
  std::optional<DataChecksums> data_checksums;  ///< those of the data that the run is to refuse others for
  std::filesystem::path out = "relu0-out";
  int threads = 0;                                             ///< 0: one per core
  UnrecordedFacts unrecorded_facts = UnrecordedFacts::refuse;  ///< of the store that is continued
  std::optional<WorkerRole> worker{};
  bool with_training = false;  ///< whether a run of all experiments makes trainings too
  std::string budget{};        ///< of time for measuring, as parse_duration() takes it; empty: none
  bool until_decided = false;  ///< whether the results decide how many draws are made; with a budget they do
  bool dry_run = false;        ///< whether nothing is measured or written, and what would be is printed
  bool remove_other_checkpoints = false;  ///< whether checkpoints that the run does not continue are removed
  std::optional<Verdict> fail_on;         ///< not_reproduced or inconclusive (which includes the former)
};

/// Whether the results decide how many draws the run makes.
bool is_decided_by_results(const RunOptions& options);

/// The arguments behind "relu0" of the command that repeats the run exactly, without the options that cannot
/// change a result.
std::vector<std::string> canonical_arguments(const RunOptions& options);

/// The options that name the run's images, each word after a blank: " --data DIR --allow-embedded"; empty:
/// they are embedded ones.
std::string data_options(const RunOptions& options);

/// The command that repeats the run exactly, without the options that cannot change a result.
std::string canonical_command(const RunOptions& options);

}  // namespace relu0
