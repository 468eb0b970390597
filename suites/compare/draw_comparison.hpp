#pragma once
#include "reports/store/store.hpp"
#include "suites/compare/count_change.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace relu0 {

/// What two stores have of one measurement.
struct MeasurementComparison {
  std::string measurement;               ///< the first store's key
  std::string description{};             ///< what progress lines call it (MeasurementNames)
  std::int64_t common = 0;               ///< draws of the same θ that both measured
  std::vector<std::uint64_t> changed{};  ///< the seeds of those whose values differ in some bit
  /// Draws of other θ that were held against one another, of both stores together. They are looked at only
  /// where no draw is common.
  std::int64_t unpaired = 0;
};

struct DrawComparison {
  std::vector<MeasurementComparison> measurements;  ///< those that both stores have
  std::vector<CountTest> tests;                     ///< one for each count of each of them
  bool same_draws = true;                           ///< each draw of either store is in both

  [[nodiscard]] std::int64_t common() const;
  [[nodiscard]] std::int64_t changed() const;
  [[nodiscard]] std::int64_t unpaired() const;
};

/// Holds the draws of two stores against each other. Draws are of the same θ where their seeds are equal:
/// draw i of a measurement with seed b has the seed b + i. Measurements are the same where their keys are,
/// apart from that seed. Throws StoreError for a damaged store.
DrawComparison compare_draws(const Store& a, const Store& b);

}  // namespace relu0
