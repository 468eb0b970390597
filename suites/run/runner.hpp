#pragma once
#include "reports/store/store.hpp"
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/run_settings.hpp"

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <vector>

namespace relu0 {

/// The same measurements, each once however many experiments share it, and those that can share data next to
/// one another; otherwise in the order in which they first occur.
Measurements plan(const Measurements& measurements, const RunSettings& settings);

enum class RunEnd { complete, interrupted };

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

/// The draws of 0 … wanted − 1 that are not among these.
std::deque<std::int64_t> missing_draws(const std::set<std::int64_t>& present, std::int64_t wanted);

/// Measures the draws that `keeper` lacks of the measurements of `plan`, up to `threads` of them side by
/// side, each recorded as soon as it is there. What is recorded does not depend on the number of threads, nor
/// on how often the run was stopped before. Stops early when InterruptGuard says so, after the draws in hand.
/// Progress goes to stderr. Throws what a draw or the keeper threw.
RunEnd measure(const Measurements& plan, const RunSettings& settings, const DataSets& data,
               DrawKeeper& keeper, int threads);
/// The same, kept in a store.
RunEnd measure(const Measurements& plan, const RunSettings& settings, const DataSets& data, Store& store,
               int threads);

}  // namespace relu0
