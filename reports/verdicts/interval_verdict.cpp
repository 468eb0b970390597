#include "reports/verdicts/interval_verdict.hpp"

namespace relu0 {

Verdict interval_verdict(const Interval& interval, const ClaimedShare& claim) {
  if (interval.low > claim.above) {
    return Verdict::reproduced;
  }
  return interval.high < claim.below ? Verdict::not_reproduced : Verdict::inconclusive;
}

Verdict share_verdict(Proportion measured, const ClaimedShare& claim, double confidence) {
  return measured.trials == 0 ? Verdict::not_run
                              : interval_verdict(clopper_pearson(measured, confidence), claim);
}

}  // namespace relu0
