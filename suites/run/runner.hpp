#pragma once
#include "reports/store/store.hpp"
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/run_settings.hpp"

namespace relu0 {

/// The same measurements, each once however many experiments share it, and those that can share data next to
/// one another; otherwise in the order in which they first occur.
Measurements plan(const Measurements& measurements, const RunSettings& settings);

enum class RunEnd { complete, interrupted };

/// Measures the draws that `store` lacks of the measurements of `plan`, up to `threads` of them side by side,
/// each recorded as soon as it is there. What is recorded does not depend on the number of threads, nor on
/// how often the run was stopped before. Stops early when InterruptGuard says so, after the draws in hand.
/// Progress goes to stderr. Throws what a draw or the store threw.
RunEnd measure(const Measurements& plan, const RunSettings& settings, const DataSets& data, Store& store,
               int threads);

}  // namespace relu0
