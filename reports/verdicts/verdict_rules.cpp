#include "reports/verdicts/verdict_rules.hpp"

#include "reports/verdicts/wording.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace relu0::verdict_rules {

namespace {

constexpr const char* no_draws = "no network was measured";

/// Where an interval must lie: above the one share, or else below the other.
struct Shares {
  double above;
  double below;
};

/// Reproduced where the exact interval of the share of networks lies above, not reproduced where it lies
/// below.
Decision by_interval(Proportion measured, Shares shares, std::string rule) {
  Decision result;
  result.rule = std::move(rule);
  if (measured.trials == 0) {
    result.why = no_draws;
    return result;
  }
  const Interval interval = clopper_pearson(measured, confidence);
  result.why = fmt::format("{}, interval {}", wording::count(measured), wording::interval(interval));
  if (interval.low > shares.above) {
    result.verdict = Verdict::reproduced;
  } else if (interval.high < shares.below) {
    result.verdict = Verdict::not_reproduced;
  } else {
    result.verdict = Verdict::inconclusive;
    result.why = "too few networks to tell: " + result.why;
  }
  return result;
}

}  // namespace

Decision systematic(Proportion measured, Proportion published) {
  Decision result;
  result.rule = fmt::format(
      "reproduced: all networks, and the {:.0f} % Clopper-Pearson interval lies above {}; not reproduced: "
      "Fisher's exact "
      "test against the published count rejects at level {}; otherwise inconclusive",
      100 * confidence, systematic_share, level);
  if (measured.trials == 0) {
    result.why = no_draws;
    return result;
  }
  const double low = clopper_pearson(measured, confidence).low;
  if (fisher_exact(measured, published) < level) {
    result.verdict = Verdict::not_reproduced;
    result.why = fmt::format("only {}: the published count is ruled out", wording::count(measured));
  } else if (measured.successes < measured.trials) {
    result.verdict = Verdict::inconclusive;
    result.why = fmt::format(
        "{} network(s) are a counterexample to 'every', yet the count is compatible with the "
        "published one",
        measured.trials - measured.successes);
  } else if (low <= systematic_share) {
    result.verdict = Verdict::inconclusive;
    result.why = fmt::format("all {} networks, but so few leave a share down to {:.2f} possible",
                             measured.trials, low);
  } else {
    result.verdict = Verdict::reproduced;
    result.why = fmt::format("all {} networks; a share below {:.3f} is ruled out", measured.trials, low);
  }
  return result;
}

Decision none(Proportion measured, Proportion published) {
  Decision result;
  result.rule = fmt::format(
      "reproduced: no network, and the {:.0f} % Clopper-Pearson interval lies below {:.1f}; not reproduced: "
      "Fisher's exact "
      "test against the published count rejects at level {}; otherwise inconclusive",
      100 * confidence, 1 - systematic_share, level);
  if (measured.trials == 0) {
    result.why = no_draws;
    return result;
  }
  const double high = clopper_pearson(measured, confidence).high;
  if (fisher_exact(measured, published) < level) {
    result.verdict = Verdict::not_reproduced;
    result.why = fmt::format("{}: the published count is ruled out", wording::count(measured));
  } else if (measured.successes > 0) {
    result.verdict = Verdict::inconclusive;
    result.why = fmt::format(
        "{} network(s) are a counterexample to 'none', yet the count is compatible with the "
        "published one",
        measured.successes);
  } else if (high >= 1 - systematic_share) {
    result.verdict = Verdict::inconclusive;
    result.why = fmt::format("none of {} networks, but so few leave a share up to {:.2f} possible",
                             measured.trials, high);
  } else {
    result.verdict = Verdict::reproduced;
    result.why = fmt::format("none of {} networks; a share above {:.3f} is ruled out", measured.trials, high);
  }
  return result;
}

Decision half(Proportion measured) {
  Decision result;
  result.rule = fmt::format(
      "'about half' is taken as between 1/3 and 2/3; reproduced: the {:.0f} % Clopper-Pearson interval lies "
      "inside; not "
      "reproduced: it lies outside; otherwise inconclusive",
      100 * confidence);
  if (measured.trials == 0) {
    result.why = no_draws;
    return result;
  }
  const Interval interval = clopper_pearson(measured, confidence);
  const std::string where = wording::interval(interval);
  if (interval.low > about_half.low && interval.high < about_half.high) {
    result.verdict = Verdict::reproduced;
    result.why = fmt::format("the interval {} lies between 1/3 and 2/3", where);
  } else if (interval.high < about_half.low || interval.low > about_half.high) {
    result.verdict = Verdict::not_reproduced;
    result.why = fmt::format("the interval {} lies outside 1/3 to 2/3", where);
  } else {
    result.verdict = Verdict::inconclusive;
    result.why = fmt::format("the interval {} reaches over an end of 1/3 to 2/3", where);
  }
  return result;
}

Decision grows(const TrendTest& test, std::size_t draws, bool saturated) {
  Decision result;
  result.rule = fmt::format(
      "exact permutation test for trend within draws (the same seed at every level), one-sided; reproduced: "
      "p(increase) < "
      "{0}; not reproduced: p(decrease) < {0}; otherwise inconclusive",
      level);
  if (draws == 0) {
    result.why = no_draws;
    return result;
  }
  if (test.p_increase < level) {
    result.verdict = Verdict::reproduced;
    result.why =
        fmt::format("the share grows: p(increase) = {}, {} draws", wording::p_value(test.p_increase), draws);
  } else if (test.p_decrease < level) {
    result.verdict = Verdict::not_reproduced;
    result.why =
        fmt::format("the share falls: p(decrease) = {}, {} draws", wording::p_value(test.p_decrease), draws);
  } else {
    result.verdict = Verdict::inconclusive;
    result.why = saturated
                     ? fmt::format(
                           "the share is the same at every level for all {} draws: there is nothing left to "
                           "grow",
                           draws)
                     : fmt::format("no trend shown with {} draws: p(increase) = {}", draws,
                                   wording::p_value(test.p_increase));
  }
  return result;
}

Decision does_not_depend(const TrendTest& test, PairedCounts first_against_last, double margin,
                         const std::string& margin_source) {
  Decision result;
  result.rule = fmt::format(
      "equivalence: reproduced when the {:.0f} % interval of the paired difference between the largest and "
      "the smallest "
      "value lies within ±{:.3f} ({}); not reproduced when it lies outside, or when the exact trend test "
      "rejects at level {} "
      "(two-sided) and the interval is not inside; otherwise inconclusive",
      100 * confidence, margin, margin_source, level);
  if (first_against_last.draws == 0) {
    result.why = no_draws;
    return result;
  }
  const Interval difference = paired_difference_interval(first_against_last, confidence);
  const double p = std::min(1.0, 2 * std::min(test.p_increase, test.p_decrease));
  const std::string numbers =
      fmt::format("difference {}, trend p = {}", wording::interval(difference), wording::p_value(p));
  if (difference.low > -margin && difference.high < margin) {
    result.verdict = Verdict::reproduced;
    result.why = fmt::format("within ±{:.3f}: {}", margin, numbers);
  } else if (difference.low > margin || difference.high < -margin || p < level) {
    result.verdict = Verdict::not_reproduced;
    result.why = fmt::format("the share depends on it: {}", numbers);
  } else {
    result.verdict = Verdict::inconclusive;
    result.why = fmt::format("too few draws to tell: {}", numbers);
  }
  return result;
}

Decision almost_none(Proportion measured) {
  Decision result;
  result.rule = fmt::format(
      "reproduced: no network, and the {:.0f} % Clopper-Pearson interval lies below {:.1f}; not reproduced: "
      "the interval lies above 0, for which one network suffices: over the reals its probability is 0; "
      "otherwise inconclusive",
      100 * confidence, 1 - systematic_share);
  if (measured.trials == 0) {
    result.why = no_draws;
    return result;
  }
  const Interval interval = clopper_pearson(measured, confidence);
  if (interval.low > 0) {
    result.verdict = Verdict::not_reproduced;
    result.why = fmt::format("{} network(s) are counterexamples, interval {}", measured.successes,
                             wording::interval(interval));
  } else if (interval.high >= 1 - systematic_share) {
    result.verdict = Verdict::inconclusive;
    result.why = fmt::format("none of {} networks, but so few leave a share up to {:.2f} possible",
                             measured.trials, interval.high);
  } else {
    result.verdict = Verdict::reproduced;
    result.why =
        fmt::format("none of {} networks; a share above {:.3f} is ruled out", measured.trials, interval.high);
  }
  return result;
}

Decision nearly_all(Proportion measured) {
  return by_interval(
      measured, {.above = systematic_share, .below = systematic_share},
      fmt::format("reproduced: the {:.0f} % Clopper-Pearson interval of the share of networks lies "
                  "above {}; not reproduced: it lies below; otherwise inconclusive",
                  100 * confidence, systematic_share));
}

Decision happens(Proportion measured) {
  return by_interval(
      measured, {.above = 0, .below = 1 - systematic_share},
      fmt::format("reproduced: the {:.0f} % Clopper-Pearson interval of the share of networks lies "
                  "above 0, for which one network suffices; not reproduced: it lies below {:.1f}; "
                  "otherwise inconclusive",
                  100 * confidence, 1 - systematic_share));
}

Decision at_least_as_often(Proportion measured, double published_rate) {
  const double threshold = published_order * published_rate;
  Decision result;
  result.rule = fmt::format(
      "reproduced: the {:.0f} % Clopper-Pearson interval of the rate lies above {} of the published rate; "
      "not "
      "reproduced: it lies below; otherwise inconclusive",
      100 * confidence, published_order);
  if (measured.trials == 0) {
    result.why = no_draws;
    return result;
  }
  const Interval interval = clopper_pearson(measured, confidence);
  result.verdict = interval.low > threshold    ? Verdict::reproduced
                   : interval.high < threshold ? Verdict::not_reproduced
                                               : Verdict::inconclusive;
  result.why = fmt::format("{} a mini-batch, interval {}, beside {:.3g} published", wording::count(measured),
                           wording::interval(interval), published_rate);
  return result;
}

Decision of_the_same_order(Proportion measured, double published_rate) {
  const Interval order{published_order * published_rate, published_rate / published_order};
  Decision result;
  result.rule = fmt::format(
      "reproduced: the {:.0f} % Clopper-Pearson interval of the rate lies within {} to {} times the "
      "published "
      "rate; not reproduced: it lies outside; otherwise inconclusive",
      100 * confidence, published_order, 1 / published_order);
  if (measured.trials == 0) {
    result.why = no_draws;
    return result;
  }
  const Interval interval = clopper_pearson(measured, confidence);
  const std::string where = fmt::format("a rate within [{:.2g}, {:.2g}], beside {:.2g} published",
                                        interval.low, interval.high, published_rate);
  if (interval.low > order.low && interval.high < order.high) {
    result.verdict = Verdict::reproduced;
    result.why = where;
  } else if (interval.high < order.low || interval.low > order.high) {
    result.verdict = Verdict::not_reproduced;
    result.why = where;
  } else {
    result.verdict = Verdict::inconclusive;
    result.why = fmt::format("the interval reaches over an end of that range: {}", where);
  }
  return result;
}

Decision descriptive(bool measured) {
  Decision result;
  result.rule = "descriptive: without a published number there is nothing to test";
  result.why = no_draws;
  if (measured) {
    result.verdict = Verdict::inconclusive;
    result.why = "measured; there is no published figure to hold it against";
  }
  return result;
}

namespace {

/// What no slice leaves to judge.
Decision without_slice(std::int64_t searched, const std::string& rule) {
  if (searched == 0) {
    return {.verdict = Verdict::not_run, .why = no_draws, .rule = rule};
  }
  return {.verdict = Verdict::inconclusive,
          .why = fmt::format("no exact zero was met in {} training(s)", searched),
          .rule = rule};
}

}  // namespace

Decision zone_has_extent(Proportion measured, std::int64_t searched) {
  const std::string rule =
      "reproduced: some slice has points of exact 0 besides θ itself; not reproduced: no slice has one; "
      "inconclusive: no slice";
  if (measured.trials == 0) {
    return without_slice(searched, rule);
  }
  return {.verdict = measured.successes > 0 ? Verdict::reproduced : Verdict::not_reproduced,
          .why = fmt::format("{} slice(s) have points of exact 0 besides θ", wording::fraction(measured)),
          .rule = rule};
}

Decision zone_is_empty(Proportion measured, std::int64_t searched) {
  const std::string rule =
      "reproduced: no point of any slice is exactly 0; not reproduced: one is; inconclusive: no slice";
  if (measured.trials == 0) {
    return without_slice(searched, rule);
  }
  return {.verdict = measured.successes == 0 ? Verdict::reproduced : Verdict::not_reproduced,
          .why = fmt::format("{} slice(s) have points of exact 0", wording::fraction(measured)),
          .rule = rule};
}

Decision zone_control_failed(std::int64_t slices) {
  return {
      .verdict = Verdict::inconclusive,
      .why = fmt::format(
          "{} slice(s) failed their control: θ itself did not give exactly 0 at 32 bits as it did in "
          "training, or the same evaluation twice gave different bits",
          slices),
      .rule = "the controls of every slice (θ gives exactly 0; evaluated twice, the same bits) must hold"};
}

Decision undecided(std::int64_t count, const std::string& of_what, int max_bits) {
  return {.verdict = Verdict::inconclusive,
          .why = fmt::format("{} {} stayed undecided at {} bits: more bits may decide them", count, of_what,
                             max_bits),
          .rule = fmt::format("the reference must have decided all {}", of_what)};
}

Decision not_deterministic() {
  return {.verdict = Verdict::inconclusive,
          .why =
              "not deterministic here: the same s run twice gave different bits, so that no difference can "
              "be put down "
              "to s",
          .rule = "the control (same s twice, bit for bit) must hold on every draw"};
}

std::string agreement(Proportion measured, Proportion published) {
  const double p = fisher_exact(measured, published);
  return fmt::format("Fisher's exact p = {} against {}: {} at level {}", wording::p_value(p),
                     wording::fraction(published), p < level ? "differs" : "no difference shown", level);
}

}  // namespace relu0::verdict_rules
