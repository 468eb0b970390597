#include "suites/verdicts/law_rules.hpp"

#include "suites/verdicts/text.hpp"
#include "suites/verdicts/wording.hpp"

#include <cstdint>

namespace relu0::verdict_rules {

Decision law_holds(Proportion inside) {
  Decision result;
  result.rule = text("law.holds-rule", "confidence_percent"_a = confidence_percent, "share"_a = law_share);
  if (inside.trials == 0) {
    result.verdict = Verdict::inconclusive;
    result.why = text("law.no-layer");
    return result;
  }
  const Interval interval = clopper_pearson(inside, confidence);
  const bool enough = static_cast<double>(inside.successes) >= law_share * static_cast<double>(inside.trials);
  result.verdict = enough                      ? Verdict::reproduced
                   : interval.high < law_share ? Verdict::not_reproduced
                                               : Verdict::inconclusive;
  result.why =
      text("law.holds", "inside"_a = wording::count(inside), "interval"_a = wording::interval(interval));
  return result;
}

Decision slope_is(const std::optional<Interval>& slope, double expected, double margin) {
  Decision result;
  result.rule = text("slope.rule", "confidence_percent"_a = confidence_percent, "expected"_a = expected,
                     "margin"_a = margin);
  result.verdict = Verdict::inconclusive;
  if (!slope) {
    result.why = text("slope.nothing-to-fit");
    return result;
  }
  if (expected < slope->low || slope->high < expected) {
    result.verdict = Verdict::not_reproduced;
  } else if (slope->low >= expected - margin && slope->high <= expected + margin) {
    result.verdict = Verdict::reproduced;
  }
  result.why = text("slope.why", "interval"_a = wording::interval(*slope));
  return result;
}

Decision grows_at_each_step(const std::vector<std::optional<Interval>>& steps) {
  Decision result;
  result.rule = text("steps.rule", "confidence_percent"_a = confidence_percent);
  std::int64_t open = 0;
  std::int64_t falls = 0;
  for (const std::optional<Interval>& step : steps) {
    open += !step || (step->low <= 0 && step->high >= 0) ? 1 : 0;
    falls += step && step->high < 0 ? 1 : 0;
  }
  result.verdict = falls > 0                   ? Verdict::not_reproduced
                   : open > 0 || steps.empty() ? Verdict::inconclusive
                                               : Verdict::reproduced;
  result.why = text("steps.why", "steps"_a = steps.size(), "open"_a = open, "falls"_a = falls);
  return result;
}

}  // namespace relu0::verdict_rules
