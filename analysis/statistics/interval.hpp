#pragma once

namespace relu0 {

/// A two-sided interval for a proportion or another quantity.
struct Interval {
  double low = 0;
  double high = 0;

  /// Whether x lies outside; not where a bound is NaN.
  [[nodiscard]] constexpr bool excludes(double x) const { return low > x || high < x; }
};

}  // namespace relu0
