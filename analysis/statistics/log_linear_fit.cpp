#include "analysis/statistics/log_linear_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include <boost/math/distributions/normal.hpp>

namespace relu0 {

namespace {

/// Sums over the levels, weighted by the counts expected there.
struct Moments {
  double events = 0;
  double centre = 0;
  double spread = 0;   ///< Σ expected · (x − centre)²
  double surplus = 0;  ///< Σ (count − expected)
  double tilt = 0;     ///< Σ (count − expected) · (x − centre)
};

double expected_at(const CountAt& level, double intercept, double slope) {
  return level.exposure * std::exp(intercept + slope * level.x);
}

Moments moments(const std::vector<CountAt>& counts, double intercept, double slope) {
  Moments result;
  for (const CountAt& level : counts) {
    const double expected = expected_at(level, intercept, slope);
    result.events += expected;
    result.centre += expected * level.x;
  }
  result.centre /= result.events;
  for (const CountAt& level : counts) {
    const double expected = expected_at(level, intercept, slope);
    const double distance = level.x - result.centre;
    result.spread += expected * distance * distance;
    result.surplus += level.count - expected;
    result.tilt += (level.count - expected) * distance;
  }
  return result;
}

Interval around(double value, double variance, double confidence) {
  const double deviations = boost::math::quantile(boost::math::normal_distribution<>(), (1 + confidence) / 2);
  const double half = deviations * std::sqrt(variance);
  return {value - half, value + half};
}

}  // namespace

std::optional<LogLinearFit> LogLinearFit::of(const std::vector<CountAt>& counts) {
  const CountAt* first = nullptr;
  const CountAt* last = nullptr;
  for (const CountAt& level : counts) {
    if (!(level.exposure > 0)) {
      throw std::invalid_argument("an exposure must be positive");
    }
    if (level.count > 0) {
      first = first == nullptr || level.x < first->x ? &level : first;
      last = last == nullptr || level.x > last->x ? &level : last;
    }
  }
  if (first == nullptr || first->x == last->x) {
    return std::nullopt;
  }
  // The line through the outermost levels with events is where the iteration starts; natural logarithms.
  double slope =
      std::log(last->count / last->exposure * first->exposure / first->count) / (last->x - first->x);
  double intercept = std::log(first->count / first->exposure) - slope * first->x;
  constexpr int most_steps = 100;
  constexpr double settled = 1e-12;
  for (int step = 0; step < most_steps; ++step) {
    const Moments at = moments(counts, intercept, slope);
    const double by_slope = at.tilt / at.spread;
    // A step of the level is held to a factor e, far from the solution.
    const double by_level = std::clamp(at.surplus / at.events, -1.0, 1.0);
    slope += by_slope;
    intercept += by_level - by_slope * at.centre;
    if (!std::isfinite(slope) || !std::isfinite(intercept)) {
      return std::nullopt;
    }
    if (std::abs(by_slope) < settled && std::abs(by_level) < settled) {
      double chi_square = 0;
      for (const CountAt& level : counts) {
        const double expected = expected_at(level, intercept, slope);
        chi_square += (level.count - expected) * (level.count - expected) / expected;
      }
      const auto freedom = static_cast<double>(std::ssize(counts) - 2);
      LogLinearFit fit;
      fit.centre_ = at.centre;
      fit.dispersion_ = freedom > 0 ? std::max(1.0, chi_square / freedom) : 1;
      constexpr double bits = std::numbers::log2e;
      fit.slope_ = bits * slope;
      fit.at_centre_ = bits * (intercept + slope * at.centre);
      fit.centre_variance_ = bits * bits * fit.dispersion_ / at.events;
      fit.slope_variance_ = bits * bits * fit.dispersion_ / at.spread;
      return fit;
    }
  }
  return std::nullopt;
}

Interval LogLinearFit::slope_interval(double confidence) const {
  return around(slope_, slope_variance_, confidence);
}

Interval LogLinearFit::log2_rate_interval(double x, double confidence) const {
  const double distance = x - centre_;
  return around(log2_rate_at(x), centre_variance_ + slope_variance_ * distance * distance, confidence);
}

}  // namespace relu0
