#include "suites/verdicts/verdict_rules.hpp"

#include "reports/verdicts/interval_verdict.hpp"
#include "suites/verdicts/lasting.hpp"
#include "suites/verdicts/text.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <utility>

namespace relu0::verdict_rules {

namespace {

constexpr double rare_share = 1 - systematic_share;

std::string no_draws() { return text("no-network"); }

/// The verdict by where the exact interval of the share of networks lies.
Decision by_interval(Proportion measured, Sampling sampling, const ClaimedShare& claim, std::string rule) {
  Decision result;
  result.rule = std::move(rule);
  if (measured.trials == 0) {
    result.why = no_draws();
    return result;
  }
  const Interval interval = share_interval(measured, confidence, sampling);
  result.why = text("interval.decided", "measured"_a = wording::count(measured),
                    "interval"_a = wording::interval(interval));
  result.verdict = interval_verdict(interval, claim);
  if (result.verdict == Verdict::inconclusive) {
    result.why = text("interval.too-few", "measured"_a = wording::count(measured),
                      "interval"_a = wording::interval(interval));
  }
  return result;
}

/// The decision on a claim that one network would refute, when none of `networks` did. high: the upper bound
/// of the share of networks that would refute it; the claim is reproduced when this is below rare_share.
void decide_without_counterexample(std::int64_t networks, double high, Decision& decision) {
  if (high >= rare_share) {
    decision.verdict = Verdict::inconclusive;
    decision.why = text("none.too-few", "networks"_a = networks, "high"_a = high);
  } else {
    decision.verdict = Verdict::reproduced;
    decision.why = text("none.reproduced", "networks"_a = networks, "high"_a = high);
  }
}

/// That of rates which are held against a published one: twice the largest of the same order.
double scale_of(double published_rate) { return std::min(1.0, 2 / published_order * published_rate); }

}  // namespace

Decision systematic(Proportion measured, Proportion published, Sampling sampling) {
  Decision result;
  result.rule = text("systematic.rule", "confidence_percent"_a = confidence_percent,
                     "systematic_share"_a = systematic_share, "level"_a = level);
  if (measured.trials == 0) {
    result.why = no_draws();
    return result;
  }
  const double low = share_interval(measured, confidence, sampling).low;
  if (shares_differ(measured, published, level, sampling)) {
    result.verdict = Verdict::not_reproduced;
    result.why = text("systematic.ruled-out", "measured"_a = wording::count(measured));
  } else if (measured.successes < measured.trials) {
    result.verdict = Verdict::inconclusive;
    result.why = text("systematic.counterexample", "networks"_a = measured.trials - measured.successes);
  } else if (low <= systematic_share) {
    result.verdict = Verdict::inconclusive;
    result.why = text("systematic.too-few", "networks"_a = measured.trials, "low"_a = low);
  } else {
    result.verdict = Verdict::reproduced;
    result.why = text("systematic.reproduced", "networks"_a = measured.trials, "low"_a = low);
  }
  return lasting(std::move(result), measured, sampling, [published, sampling](Proportion counts) {
    return systematic(counts, published, sampling);
  });
}

Decision none(Proportion measured, Proportion published, Sampling sampling) {
  Decision result;
  result.rule = text("none.rule", "confidence_percent"_a = confidence_percent, "rare_share"_a = rare_share,
                     "level"_a = level);
  if (measured.trials == 0) {
    result.why = no_draws();
    return result;
  }
  const double high = share_interval(measured, confidence, sampling).high;
  if (shares_differ(measured, published, level, sampling)) {
    result.verdict = Verdict::not_reproduced;
    result.why = text("none.ruled-out", "measured"_a = wording::count(measured));
  } else if (measured.successes > 0) {
    result.verdict = Verdict::inconclusive;
    result.why = text("none.counterexample", "networks"_a = measured.successes);
  } else {
    decide_without_counterexample(measured.trials, high, result);
  }
  return lasting(std::move(result), measured, sampling,
                 [published, sampling](Proportion counts) { return none(counts, published, sampling); });
}

Decision half(Proportion measured, Sampling sampling) {
  Decision result;
  result.rule = text("half.rule", "confidence_percent"_a = confidence_percent);
  if (measured.trials == 0) {
    result.why = no_draws();
    return result;
  }
  const Interval interval = share_interval(measured, confidence, sampling);
  const std::string where = wording::interval(interval);
  if (interval.low > about_half.low && interval.high < about_half.high) {
    result.verdict = Verdict::reproduced;
    result.why = text("half.inside", "interval"_a = where);
  } else if (interval.high < about_half.low || interval.low > about_half.high) {
    result.verdict = Verdict::not_reproduced;
    result.why = text("half.outside", "interval"_a = where);
  } else {
    result.verdict = Verdict::inconclusive;
    result.why = text("half.over-an-end", "interval"_a = where);
  }
  return lasting(std::move(result), measured, sampling,
                 [sampling](Proportion counts) { return half(counts, sampling); });
}

Decision grows(const TrendTest& test, std::size_t draws, bool saturated) {
  Decision result;
  result.rule = text("grows.rule", "level"_a = level);
  if (draws == 0) {
    result.why = no_draws();
    return result;
  }
  if (test.p_increase < level) {
    result.verdict = Verdict::reproduced;
    result.why = text("grows.increase", "p"_a = wording::p_value(test.p_increase), "draws"_a = draws);
  } else if (test.p_decrease < level) {
    result.verdict = Verdict::not_reproduced;
    result.why = text("grows.decrease", "p"_a = wording::p_value(test.p_decrease), "draws"_a = draws);
  } else {
    result.verdict = Verdict::inconclusive;
    result.why = saturated
                     ? text("grows.saturated", "draws"_a = draws)
                     : text("grows.no-trend", "p"_a = wording::p_value(test.p_increase), "draws"_a = draws);
  }
  return result;
}

Decision does_not_depend(const TrendTest& test, PairedCounts first_against_last, double margin,
                         const std::string& margin_source, Sampling sampling) {
  Decision result;
  result.rule = text("does-not-depend.rule", "confidence_percent"_a = confidence_percent, "margin"_a = margin,
                     "margin_source"_a = margin_source, "level"_a = level);
  if (first_against_last.draws == 0) {
    result.why = no_draws();
    return result;
  }
  const Interval difference = difference_interval(first_against_last, confidence, sampling);
  const double p = std::min(1.0, 2 * std::min(test.p_increase, test.p_decrease));
  const std::string difference_words = wording::interval(difference);
  const std::string p_words = wording::p_value(p);
  if (difference.low > -margin && difference.high < margin) {
    result.verdict = Verdict::reproduced;
    result.why = text("does-not-depend.within", "margin"_a = margin, "difference"_a = difference_words,
                      "p"_a = p_words);
  } else if (difference.low > margin || difference.high < -margin || p < level) {
    result.verdict = Verdict::not_reproduced;
    result.why = text("does-not-depend.depends", "difference"_a = difference_words, "p"_a = p_words);
  } else {
    result.verdict = Verdict::inconclusive;
    result.why = text("does-not-depend.too-few", "difference"_a = difference_words, "p"_a = p_words);
  }
  return result;
}

Decision almost_none(Proportion measured, Sampling sampling) {
  Decision result;
  result.rule =
      text("almost-none.rule", "confidence_percent"_a = confidence_percent, "rare_share"_a = rare_share);
  if (measured.trials == 0) {
    result.why = no_draws();
    return result;
  }
  const Interval interval = share_interval(measured, confidence, sampling);
  if (interval.low > 0) {
    result.verdict = Verdict::not_reproduced;
    result.why = text("almost-none.counterexample", "networks"_a = measured.successes,
                      "interval"_a = wording::interval(interval));
  } else {
    decide_without_counterexample(measured.trials, interval.high, result);
  }
  return lasting(std::move(result), measured, sampling,
                 [sampling](Proportion counts) { return almost_none(counts, sampling); });
}

Decision nearly_all(Proportion measured, Sampling sampling) {
  return lasting(by_interval(measured, sampling, {.above = systematic_share, .below = systematic_share},
                             text("interval.nearly-all-rule", "confidence_percent"_a = confidence_percent,
                                  "systematic_share"_a = systematic_share)),
                 measured, sampling, [sampling](Proportion counts) { return nearly_all(counts, sampling); });
}

Decision happens(Proportion measured, Sampling sampling) {
  return lasting(by_interval(measured, sampling, {.above = 0, .below = rare_share},
                             text("interval.happens-rule", "confidence_percent"_a = confidence_percent,
                                  "rare_share"_a = rare_share)),
                 measured, sampling, [sampling](Proportion counts) { return happens(counts, sampling); });
}

Decision at_least_as_often(Proportion measured, double published_rate, Sampling sampling) {
  const double threshold = published_order * published_rate;
  Decision result;
  result.rule = text("rate.at-least-as-often-rule", "confidence_percent"_a = confidence_percent,
                     "order"_a = published_order);
  if (measured.trials == 0) {
    result.why = no_draws();
    return result;
  }
  const Interval interval = share_interval(measured, confidence, sampling, scale_of(published_rate));
  result.verdict = interval_verdict(interval, {.above = threshold, .below = threshold});
  result.why = text("rate.at-least-as-often", "measured"_a = wording::count(measured),
                    "interval"_a = wording::interval(interval), "published"_a = published_rate);
  return lasting(std::move(result), measured, sampling, [published_rate, sampling](Proportion counts) {
    return at_least_as_often(counts, published_rate, sampling);
  });
}

Decision of_the_same_order(Proportion measured, double published_rate, Sampling sampling) {
  const Interval order{published_order * published_rate, published_rate / published_order};
  Decision result;
  result.rule = text("rate.same-order-rule", "confidence_percent"_a = confidence_percent,
                     "order"_a = published_order, "inverse_order"_a = 1 / published_order);
  if (measured.trials == 0) {
    result.why = no_draws();
    return result;
  }
  const Interval interval = share_interval(measured, confidence, sampling, scale_of(published_rate));
  const bool within = interval.low > order.low && interval.high < order.high;
  const bool outside = interval.high < order.low || interval.low > order.high;
  result.verdict = within ? Verdict::reproduced : outside ? Verdict::not_reproduced : Verdict::inconclusive;
  result.why = text(within || outside ? "rate.same-order" : "rate.over-an-end", "low"_a = interval.low,
                    "high"_a = interval.high, "published"_a = published_rate);
  return lasting(std::move(result), measured, sampling, [published_rate, sampling](Proportion counts) {
    return of_the_same_order(counts, published_rate, sampling);
  });
}

Decision of_the_same_order_as_none(Proportion measured, std::int64_t published_trials, Sampling sampling) {
  const double highest = clopper_pearson({0, published_trials}, confidence).high;
  Decision result;
  result.rule = text("rate.none-published-rule", "confidence_percent"_a = confidence_percent,
                     "inverse_order"_a = 1 / published_order);
  if (measured.trials == 0) {
    result.why = no_draws();
    return result;
  }
  const Interval interval = share_interval(measured, confidence, sampling, scale_of(highest));
  result.verdict = interval.low > highest / published_order ? Verdict::not_reproduced : Verdict::inconclusive;
  result.why = text("rate.none-published", "low"_a = interval.low, "high"_a = interval.high,
                    "trials"_a = static_cast<double>(published_trials), "highest"_a = highest);
  return lasting(std::move(result), measured, sampling, [published_trials, sampling](Proportion counts) {
    return of_the_same_order_as_none(counts, published_trials, sampling);
  });
}

Decision independent_of_kernel(double p, const std::vector<Proportion>& kernels, std::int64_t networks) {
  Decision result;
  result.rule = text("independent-of-kernel.rule", "confidence_percent"_a = confidence_percent,
                     "inverse_order"_a = 1 / published_order, "level"_a = level);
  Proportion all;
  for (const Proportion& kernel : kernels) {
    all.successes += kernel.successes;
    all.trials += kernel.trials;
  }
  if (all.trials == 0) {
    result.why = no_draws();
    return result;
  }
  const double at_once = 1 - (1 - confidence) / static_cast<double>(kernels.size());
  const double together = *all.estimate();
  const bool alike = std::all_of(kernels.begin(), kernels.end(), [&](const Proportion& kernel) {
    const Interval interval = clopper_pearson(kernel, at_once);
    return interval.low >= published_order * together && interval.high <= together / published_order;
  });
  result.verdict = p < level ? Verdict::not_reproduced : alike ? Verdict::reproduced : Verdict::inconclusive;
  result.why = text(p < level ? "independent-of-kernel.depends"
                    : alike   ? "independent-of-kernel.alike"
                              : "independent-of-kernel.too-few",
                    "p"_a = wording::p_value(p), "kernels"_a = kernels.size(), "networks"_a = networks,
                    "together"_a = wording::count(all));
  return result;
}

Decision descriptive(bool measured) {
  Decision result;
  result.rule = text("descriptive.rule");
  result.why = no_draws();
  if (measured) {
    result.verdict = Verdict::measured;
    result.why = text("descriptive.measured");
  }
  result.at_any_time = true;
  return result;
}

Decision of_slices(Decision decision, std::int64_t slices, std::int64_t searched) {
  if (slices == 0 && searched > 0) {
    decision.verdict = Verdict::inconclusive;
    decision.why = text("zone.no-slice", "trainings"_a = searched);
    decision.at_any_time = true;
    decision.unseen = true;
  }
  return decision;
}

Decision zone_control_failed(std::int64_t slices) {
  return {.verdict = Verdict::inconclusive,
          .why = text("zone.control-failed", "slices"_a = slices),
          .rule = text("zone.control-rule"),
          .at_any_time = true};
}

Decision undecided(std::int64_t count, const std::string& of_what, int bits, int allowed_bits) {
  // Draws of before the bits were recorded have 0.
  const bool by_memory = bits > 0 && bits < allowed_bits;
  return {.verdict = Verdict::inconclusive,
          .why = by_memory
                     ? text("undecided.memory", "count"_a = count, "what"_a = of_what, "bits"_a = bits)
                     : text("undecided.why", "count"_a = count, "what"_a = of_what, "bits"_a = allowed_bits),
          .rule = text("undecided.rule", "what"_a = of_what),
          .at_any_time = true};
}

Decision not_deterministic() {
  return {.verdict = Verdict::inconclusive,
          .why = text("not-deterministic.why"),
          .rule = text("not-deterministic.rule"),
          .at_any_time = true};
}

std::string agreement(Proportion measured, Proportion published) {
  const double p = fisher_exact(measured, published);
  return text(p < level ? "agreement.differs" : "agreement.no-difference", "p"_a = wording::p_value(p),
              "published"_a = wording::fraction(published), "level"_a = level);
}

}  // namespace relu0::verdict_rules
