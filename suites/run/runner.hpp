#pragma once
#include "reports/store/store.hpp"
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/clock.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/progress.hpp"
#include "suites/run/run_settings.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace relu0 {

/// The same measurements, each once however many experiments share it, and those that can share data next to
/// one another; otherwise in the order in which they first occur.
Measurements plan(const Measurements& measurements, const RunSettings& settings);

enum class RunEnd { complete, interrupted };

/// What a measurer throws whose draw was interrupted (InterruptGuard) and has kept where it is.
class DrawInterrupted : public std::runtime_error {
 public:
  DrawInterrupted() : std::runtime_error("the draw was interrupted") {}
};

/// Where the draws of a run are kept.
class DrawKeeper {
 public:
  virtual ~DrawKeeper() = default;

  /// Numbers of the draws that are kept under a key.
  [[nodiscard]] virtual std::set<std::int64_t> draws(const std::string& key) const = 0;
  /// What is recorded of the threads that measure.
  [[nodiscard]] virtual Environment environment() const = 0;
  /// Keeps all of them or throws.
  virtual void record(const std::vector<StoredDraw>& draws) = 0;
};

/// A keeper in a store, which outlives it.
std::unique_ptr<DrawKeeper> keep_in(Store& store);

/// The draws of 0 … wanted − 1 that are not among these.
std::deque<std::int64_t> missing_draws(const std::set<std::int64_t>& present, std::int64_t wanted);

/// The draws that a run is to make of a measurement, all or its shard's, and that are not among these.
std::deque<std::int64_t> draws_to_make(const Measurement& measurement, const RunSettings& settings,
                                       const std::set<std::int64_t>& present);

/// Draws of a measurement that are to be made.
struct DrawsToMake {
  MeasurementPtr measurement;
  std::deque<std::int64_t> draws;
};

/// How a run is watched and stopped. Absent functions are not called.
struct RunWatch {
  Clock clock = steady_clock();
  /// Asked before each draw, by several threads: whether to make no more.
  std::function<bool()> stop{};
  /// Told of each draw when it has been kept: the key of its measurement, and how long it took its thread or
  /// threads.
  std::function<void(const std::string& key, double seconds)> made{};
};

/// Makes these draws, up to `threads` of them side by side, each kept as soon as it is there; a measurement's
/// own in their order. Interrupted where not all were made, because of InterruptGuard or the watch; the draws
/// in hand are made and kept in any case. Throws what a draw or the keeper threw.
RunEnd make_draws(const std::vector<DrawsToMake>& wanted, const RunSettings& settings, const DataSets& data,
                  DrawKeeper& keeper, int threads, Progress& progress, const RunWatch& watch = {});

/// Measures the draws that `keeper` lacks of the measurements of `plan`, up to `threads` of them side by
/// side, each recorded as soon as it is there. What is recorded does not depend on the number of threads, nor
/// on how often the run was stopped before. Stops early when InterruptGuard says so, after the draws in hand.
/// Progress goes to stderr. Throws what a draw or the keeper threw.
RunEnd measure(const Measurements& plan, const RunSettings& settings, const DataSets& data,
               DrawKeeper& keeper, int threads, const RunWatch& watch = {});
/// The same, kept in a store.
RunEnd measure(const Measurements& plan, const RunSettings& settings, const DataSets& data, Store& store,
               int threads, const RunWatch& watch = {});

}  // namespace relu0
