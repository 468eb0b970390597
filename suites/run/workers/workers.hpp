#pragma once
#include "reports/model/environment.hpp"
#include "reports/store/store.hpp"
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/run_options.hpp"
#include "suites/run/runner.hpp"

/// Measurements with a choice of libraries (LibraryChoice) that this process does not have. Each choice gets
/// a worker: this executable, started again with the variables that make the choice and the arguments of this
/// run. It reads the run's store for the draws that are there, measures the others and passes each on at
/// once; only the run itself writes. So a kill at any moment loses the draws in hand, and no file is left
/// behind. A worker ends with its run: a request to stop is passed on to it, and the kernel kills it where
/// the run is killed.
namespace relu0::workers {

/// The measurements that have that choice of libraries.
Measurements with_libraries(const Measurements& plan, const LibraryChoice& libraries);

/// The environment that a worker may measure in: that of its run, but for what the choice steers. Throws
/// EnvironmentMismatch, naming what differs, where it is another one.
void require_same_but_for_libraries(const Environment& of_run, const Environment& of_worker,
                                    const LibraryChoice& libraries);

/// Runs one worker after the other for the measurements of `plan` that need one, as far as the store in
/// options.out, which is `store`, lacks draws, and records what they measure. A draw is taken over only under
/// a key of `plan`: same seed, data and settings. Throws EnvironmentMismatch where a worker's environment is
/// not this one, and std::runtime_error for a worker that fails; what was recorded stays.
RunEnd measure_in_workers(const Measurements& plan, const RunSettings& settings, const RunOptions& options,
                          const Environment& environment, Store& store, int threads);

/// The worker's part. environment: this process's. Throws InputError where it was not started by a run.
RunEnd work(const Measurements& plan, const RunSettings& settings, const RunOptions& options,
            const Environment& environment, const DataSets& data, int threads);

/// To be called first in a worker: ties its life to that of its run, and makes the part of its choice that no
/// variable makes.
void become(const WorkerRole& role);

}  // namespace relu0::workers
