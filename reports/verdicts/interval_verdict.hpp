#pragma once
#include "analysis/statistics/interval.hpp"
#include "analysis/statistics/statistics.hpp"
#include "reports/model/finding.hpp"

namespace relu0 {

/// Where the interval of a share must lie for a claim about it: above the one share, or else below the other.
struct ClaimedShare {
  double above = 0;  ///< reproduced, where the whole interval lies above
  double below =
      0;  ///< not reproduced, where it lies below; at most `above` where both are to exclude each other
};

/// The verdict on "the share is above claim.above": reproduced where interval.low > claim.above, not
/// reproduced where interval.high < claim.below, otherwise inconclusive.
Verdict interval_verdict(const Interval& interval, const ClaimedShare& claim);

/// The same by the exact interval of Clopper and Pearson at `confidence`: where the truth is a share of at
/// most claim.above, "reproduced" has a probability of at most (1 − confidence) / 2, and likewise for the
/// other side. Not run for no trials. Throws what clopper_pearson() throws.
Verdict share_verdict(Proportion measured, const ClaimedShare& claim, double confidence = 0.95);

}  // namespace relu0
