#pragma once
#include "analysis/statistics/statistics.hpp"
#include "analysis/statistics/trend_test.hpp"

#include <vector>

namespace relu0 {

/// How the number of draws came about.
enum class Sampling {
  fixed,    ///< it was fixed before the first draw
  anytime,  ///< the results may have decided when to stop
};

/// @name The interval or test that is valid for that sampling: the exact one for a fixed number of draws, or
/// that of analysis/statistics/anytime. Each errs on either side with probability at most (1 − confidence)
/// / 2.
/// @{
/// scale: anytime::log_e_value_above()'s; of no account for a fixed number of draws.
Interval share_interval(Proportion counts, double confidence, Sampling sampling, double scale = 1);
Interval difference_interval(PairedCounts counts, double confidence, Sampling sampling);
/// outcomes[draw][level]
TrendTest trend_test(const std::vector<std::vector<bool>>& outcomes, Sampling sampling);
/// @}

/// Whether two proportions differ at that level; b's number of trials is fixed in either case. Fixed:
/// Fisher's exact test. Anytime: the confidence sequence of a's share and the exact interval of b's, each at
/// confidence 1 − level / 2, have no share in common; where both are drawn from the same share that has
/// probability at most `level`. False when either has no trials.
bool shares_differ(Proportion a, Proportion b, double level, Sampling sampling);

}  // namespace relu0
