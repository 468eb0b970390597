#include "analysis/zeros/law/zero_prediction.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <boost/math/special_functions/beta.hpp>

namespace relu0 {

namespace {

/// Mean of k² over the cells 1 ≤ |k| ≤ m.
double mean_square(double cells) { return (cells + 1) * (2 * cells + 1) / 6; }

double curvature_of(const ZeroStatistics& statistics, double expected) {
  if (statistics.inner_cells < 1 || expected == 0) {
    return 0;
  }
  const double of_window = mean_square(statistics.cells);
  const double of_inner = mean_square(statistics.inner_cells);
  const double inner = static_cast<double>(statistics.in_inner) / (2 * statistics.inner_cells);
  return std::abs(expected - inner) / expected * of_window / (of_window - of_inner);
}

double dispersion_of(const ZeroStatistics& statistics) {
  const auto inputs = static_cast<double>(statistics.in_window);
  if (statistics.in_window == 0) {
    return 1;
  }
  const double by_chance = inputs * (inputs - 1) / (2 * statistics.cells);
  return std::max(1.0, 1 + (statistics.same_cell - by_chance) / inputs);
}

/// The largest whole number k ≥ 0 of which `holds(k)`, which holds up to some number and not beyond; −1 where
/// it does not hold for 0.
template <typename Predicate>
double last_that(Predicate holds) {
  if (!holds(0.0)) {
    return -1;
  }
  double low = 0;
  double high = 1;
  while (holds(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const double middle = std::floor((low + high) / 2);
    (holds(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace

std::optional<ZeroPrediction> predict_zeros(const ZeroStatistics& statistics, double confidence) {
  if (statistics.cells < 1) {
    return std::nullopt;
  }
  ZeroPrediction result;
  result.expected = static_cast<double>(statistics.in_window) / (2 * statistics.cells);
  result.dispersion = dispersion_of(statistics);
  result.curvature = curvature_of(statistics, result.expected);
  const double tail = (1 - confidence) / 2;
  const double inputs = static_cast<double>(statistics.in_window) / result.dispersion;
  const auto chance = [&](double factor) {
    const double odds = std::max(0.0, factor) / (2 * statistics.cells);
    return odds / (1 + odds);
  };
  // P(count ≤ k) under the least odds, and P(count ≥ k) under the largest.
  const auto too_low = [&](double count) {
    return statistics.in_window > 0 &&
           boost::math::ibetac(count / result.dispersion + 1, inputs, chance(1 - result.curvature)) < tail;
  };
  const auto not_too_high = [&](double count) {
    return count == 0 ||
           boost::math::ibeta(count / result.dispersion, inputs + 1, chance(1 + result.curvature)) >= tail;
  };
  result.counts = {.low = last_that(too_low) + 1, .high = last_that(not_too_high)};
  return result;
}

}  // namespace relu0
