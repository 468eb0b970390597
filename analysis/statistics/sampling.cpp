#include "analysis/statistics/sampling.hpp"

#include "analysis/statistics/anytime/paired.hpp"
#include "analysis/statistics/anytime/share.hpp"
#include "analysis/statistics/anytime/trend.hpp"

namespace relu0 {

Interval share_interval(Proportion counts, double confidence, Sampling sampling, double scale) {
  return sampling == Sampling::fixed ? clopper_pearson(counts, confidence)
                                     : anytime::share_sequence(counts, confidence, scale);
}

Interval difference_interval(PairedCounts counts, double confidence, Sampling sampling) {
  return sampling == Sampling::fixed ? paired_difference_interval(counts, confidence)
                                     : anytime::paired_difference_sequence(counts, confidence);
}

TrendTest trend_test(const std::vector<std::vector<bool>>& outcomes, Sampling sampling) {
  return sampling == Sampling::fixed ? blocked_trend_test(outcomes)
                                     : anytime::trend_test(anytime::TrendCounts::of(outcomes));
}

bool shares_differ(Proportion a, Proportion b, double level, Sampling sampling) {
  if (sampling == Sampling::fixed) {
    return fisher_exact(a, b) < level;
  }
  const double each = 1 - level / 2;
  const Interval first = anytime::share_sequence(a, each);
  const Interval second = clopper_pearson(b, each);
  return first.high < second.low || second.high < first.low;
}

}  // namespace relu0
