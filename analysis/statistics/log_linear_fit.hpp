#pragma once
#include "analysis/statistics/interval.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace relu0 {

/// Events counted at a level x of some factor, over an exposure (> 0), in whose unit rates are.
struct CountAt {
  double x = 0;
  double count = 0;
  double exposure = 1;
};

/// log2 of the rate of events as a straight line of x.
class LogLinearFit {
 public:
  /// The maximum likelihood of counts that are Poisson with the mean exposure · 2^(a + slope · x), by
  /// Newton's method. Levels without an event take part. Absent where fewer than two levels have events, or
  /// the iteration does not settle. Throws std::invalid_argument for an exposure that is not positive.
  static std::optional<LogLinearFit> of(const std::vector<CountAt>& counts);

  [[nodiscard]] double slope() const { return slope_; }
  [[nodiscard]] double log2_rate_at(double x) const { return at_centre_ + slope_ * (x - centre_); }

  /// @name Wald's intervals: approximate, from the normal distribution, their variance times the dispersion
  /// @{
  [[nodiscard]] Interval slope_interval(double confidence) const;
  [[nodiscard]] Interval log2_rate_interval(double x, double confidence) const;
  /// @}
  /// Pearson's χ² over its degrees of freedom, at least 1.
  [[nodiscard]] double dispersion() const { return dispersion_; }

 private:
  double centre_ = 0;     ///< of x, weighted by the events expected there: estimates at it are uncorrelated
  double at_centre_ = 0;  ///< log2
  double slope_ = 0;      ///< log2
  double centre_variance_ = 0;
  double slope_variance_ = 0;
  double dispersion_ = 1;
};

}  // namespace relu0
