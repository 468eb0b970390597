#pragma once
#include "reports/store/store.hpp"
#include "suites/measurements/cell.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/scale.hpp"

#include <vector>

namespace relu0 {

/// A cell and how many draws it is to have.
struct PlannedCell {
  Cell cell;
  std::int64_t networks = 0;
};

/// The cells of some experiments at a scale, each once, grouped by kind of work, data and precision.
std::vector<PlannedCell> plan(const std::vector<std::vector<Cell>>& cells, const RunSettings& settings,
                              Scale scale);

enum class RunEnd { complete, interrupted };

/// Measures the draws of `plan` that `store` lacks, `threads` of them side by side, each recorded as soon as
/// it is there. What is recorded does not depend on the number of threads, nor on how often the run was
/// stopped before. Stops early when InterruptGuard says so, after the draws in hand. Progress goes to stderr.
/// Throws what a draw or the store threw.
RunEnd measure(const std::vector<PlannedCell>& plan, const RunSettings& settings, const DataSets& data,
               Store& store, int threads);

}  // namespace relu0
