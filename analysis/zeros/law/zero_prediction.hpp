#pragma once
#include "analysis/statistics/interval.hpp"
#include "analysis/zeros/law/zero_window.hpp"

#include <optional>

namespace relu0 {

/// How many exact zeros the law expects.
struct ZeroPrediction {
  double expected = 0;  ///< inputs in the window, divided by its 2m cells
  Interval counts;      ///< whole numbers, both ends included
  /// Variance of a cell's count over its mean, at least 1: inputs that share their value (identical patches
  /// of images) come to 0 together.
  double dispersion = 1;
  double curvature = 0;  ///< largest relative error that the density's change over the window makes
};

/// The prediction from the window alone: the zeros are not used. Absent without a window.
///
/// Where the density is flat, an input that is 0 or in the window is 0 with odds 1 : 2m, so that given the
/// number N in the window the number of zeros is negative binomial: this holds the scatter of the count and
/// the error of the density together. The interval is that of the exact test of these odds, two-sided, so
/// that it holds the count with probability at least `confidence`.
///
/// Two departures are allowed for. A density that curves, f(x) = f(0)·(1 + c·x²), puts c times the mean
/// square of the window's cells too many inputs into it; c is estimated from the inner half of the window,
/// and odds from 1 − |error| to 1 + |error| times 1 : 2m are tested. Where inputs come in groups, the
/// variance of the cells' counts exceeds their mean by a factor: all counts are divided by it
/// (quasi-likelihood), by the beta function's values between whole numbers.
std::optional<ZeroPrediction> predict_zeros(const ZeroStatistics& statistics, double confidence);

}  // namespace relu0
