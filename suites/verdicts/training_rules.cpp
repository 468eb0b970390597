#include "suites/verdicts/training_rules.hpp"

#include "analysis/statistics/mean_interval.hpp"
#include "analysis/statistics/rank_trend_test.hpp"
#include "analysis/statistics/sign_flip_test.hpp"
#include "suites/verdicts/text.hpp"
#include "suites/verdicts/wording.hpp"

#include <numeric>

namespace relu0::verdict_rules {

namespace {

constexpr std::uint64_t fixed_seed = 1;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Reproduced, not reproduced or neither, by two one-sided p-values.
Verdict by_p_values(double p_for, double p_against) {
  return p_for < level       ? Verdict::reproduced
         : p_against < level ? Verdict::not_reproduced
                             : Verdict::inconclusive;
}

}  // namespace

Decision falls_with(const std::vector<std::vector<double>>& values, const std::vector<double>& places) {
  Decision result;
  result.rule = text("falls.rule", "permutations"_a = permutations, "level"_a = level);
  if (values.empty()) {
    result.why = text("no-training");
    return result;
  }
  const TrendTest test = blocked_rank_trend_test(values, places, permutations, fixed_seed);
  result.verdict = by_p_values(test.p_decrease, test.p_increase);
  result.why = text("falls.why", "p_falls"_a = wording::p_value(test.p_decrease),
                    "p_rises"_a = wording::p_value(test.p_increase), "draws"_a = values.size());
  return result;
}

Decision larger_by_pairs(const std::vector<double>& larger_less_smaller) {
  Decision result;
  result.rule = text("larger.rule", "level"_a = level);
  if (larger_less_smaller.empty()) {
    result.why = text("no-training");
    return result;
  }
  const SignFlipTest test = sign_flip_test(larger_less_smaller, permutations, fixed_seed);
  result.verdict = by_p_values(test.p_above, test.p_below);
  result.why = text("larger.why", "difference"_a = 100 * mean_of(larger_less_smaller),
                    "p_larger"_a = wording::p_value(test.p_above),
                    "p_smaller"_a = wording::p_value(test.p_below), "draws"_a = larger_less_smaller.size());
  return result;
}

Decision mean_above(const std::vector<double>& differences, double threshold) {
  Decision result;
  result.rule =
      text("mean-above.rule", "confidence_percent"_a = confidence_percent, "threshold"_a = 100 * threshold);
  if (differences.empty()) {
    result.why = text("no-training");
    return result;
  }
  const std::optional<Interval> interval = mean_interval(differences, confidence);
  result.verdict = !interval                    ? Verdict::inconclusive
                   : interval->low > threshold  ? Verdict::reproduced
                   : interval->high < threshold ? Verdict::not_reproduced
                                                : Verdict::inconclusive;
  result.why =
      interval ? text("mean-above.why", "mean"_a = 100 * mean_of(differences), "low"_a = 100 * interval->low,
                      "high"_a = 100 * interval->high, "draws"_a = differences.size())
               : text("mean-above.one", "mean"_a = 100 * mean_of(differences));
  return result;
}

}  // namespace relu0::verdict_rules
