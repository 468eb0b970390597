#include "suites/verdicts/reach.hpp"

#include "suites/verdicts/lasting.hpp"
#include "suites/verdicts/outlook.hpp"
#include "suites/verdicts/text.hpp"
#include "suites/verdicts/wording.hpp"

namespace relu0::verdict_rules {

namespace {

bool is_decided(Verdict verdict) {
  return verdict == Verdict::reproduced || verdict == Verdict::not_reproduced;
}

/// Whether the rule comes to this verdict for every count from the measured one up to all networks.
bool holds_for_every_count_from(Proportion measured, Verdict verdict, const CountRule& rule) {
  for (std::int64_t count = measured.successes + 1; count <= measured.trials; ++count) {
    if (rule({count, measured.trials}).verdict != verdict) {
      return false;
    }
  }
  return true;
}

/// The counts at so many more trials, at the rate seen so far, that stand for all of an outlook's: a rule's
/// verdicts lie in a few intervals of counts.
constexpr std::int64_t counts_of_an_outlook = 32;

/// Decision::after of a count that can only grow with the reach.
std::function<Verdict(std::int64_t more)> after_with(Proportion measured, const CountRule& rule) {
  return [measured, rule](std::int64_t more) {
    const Proportion then = with_more(measured, more);
    const Verdict verdict = rule(then).verdict;
    for (std::int64_t i = 1; i <= counts_of_an_outlook; ++i) {
      const std::int64_t further = (then.trials - then.successes) * i / counts_of_an_outlook;
      if (rule({then.successes + further, then.trials}).verdict != verdict) {
        return Verdict::inconclusive;
      }
    }
    return verdict;
  };
}

/// In what the run is not the published one: "only 2 of the published 200 epochs were looked at".
std::string limit(const Reach& reach) {
  return reach.other ? text("reach.limit-other")
                     : text("reach.limit", "unit"_a = reach.unit, "measured"_a = reach.measured,
                            "published"_a = reach.published);
}

/// The same, as what a rule is applied to: "Among fewer epochs than the published 200".
std::string among(const Reach& reach) {
  return reach.other ? text("reach.among-other")
                     : text("reach.among", "unit"_a = reach.unit, "published"_a = reach.published);
}

/// The same, as where something was seen: "among 2 of the published 200 epochs".
std::string seen(const Reach& reach) {
  return reach.other ? text("reach.seen-other") : text("reach.seen", "part_seen"_a = part_seen(reach));
}

/// Leaves a decision open whose verdict does not stand, or that is open by its rule already. count: what was
/// counted, where the rule is on a count.
void leave_open(Decision& decision, const Reach& reach, std::optional<Proportion> count) {
  if (!is_decided(decision.verdict) && !count) {
    decision.why = text("reach.open", "why"_a = decision.why, "limit"_a = limit(reach));
  } else if (count) {
    decision.why = text("reach.open-count", "count"_a = wording::count(*count), "limit"_a = limit(reach));
  } else {
    decision.why = text("reach.open-trend", "limit"_a = limit(reach));
  }
  decision.verdict = Verdict::inconclusive;
}

}  // namespace

Decision held_against(Proportion measured, const Reach& reach, const CountRule& rule) {
  Decision decision = rule(measured);
  if (reach.is_full() || measured.trials == 0) {
    return decision;
  }
  const bool stands =
      is_decided(decision.verdict) && holds_for_every_count_from(measured, decision.verdict, rule);
  decision.rule = text("reach.rule", "rule"_a = decision.rule, "among"_a = among(reach));
  if (decision.after) {
    decision.after = after_with(measured, rule);
    decision.takes_more_reach = !trials_needed(decision.after);
  }
  if (stands) {
    decision.why = text("reach.stands", "why"_a = decision.why, "limit"_a = limit(reach));
  } else {
    leave_open(decision, reach, measured);
  }
  return decision;
}

Decision held_against(Decision decision, const Reach& reach, std::optional<Verdict> stands) {
  if (reach.is_full() || decision.verdict == Verdict::not_run) {
    return decision;
  }
  decision.rule = text(stands ? "reach.trend-rule" : "reach.no-trend-rule", "rule"_a = decision.rule,
                       "among"_a = among(reach));
  if (!stands) {
    decision.after = nullptr;  // whatever more networks show, it takes more of the reach
  } else if (decision.after) {
    decision.after = [after = decision.after, stands](std::int64_t more) {
      return after(more) == stands ? *stands : Verdict::inconclusive;
    };
  }
  if (decision.verdict == stands) {
    decision.why = text("reach.shown", "why"_a = decision.why, "seen"_a = seen(reach));
  } else {
    leave_open(decision, reach, std::nullopt);
  }
  return decision;
}

std::string part_seen(const Reach& reach) {
  return reach.is_full() ? ""
                         : text("reach.part-seen", "unit"_a = reach.unit, "measured"_a = reach.measured,
                                "published"_a = reach.published);
}

std::string not_comparable(const Reach& reach) {
  return reach.is_full() ? "" : text("reach.not-comparable", "limit"_a = limit(reach));
}

}  // namespace relu0::verdict_rules
