#include "suites/gate/check_list.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "analysis/statistics/statistics.hpp"
#include "fixtures/count_text.hpp"
#include "fixtures/error.hpp"
#include "reports/model/text.hpp"
#include "suites/gate/judge.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

/// What is said of a tensor, or of the whole gradient where the subject is none.
std::string at_subject(const Subject& subject) {
  std::string result;
  if (!subject.tensor.empty()) {
    result += fmt::format(" for tensor '{}'", subject.tensor);
  }
  if (subject.precision) {
    result += fmt::format(" at {}", name(*subject.precision));
  }
  return result;
}

/// Whether it is another mini-batch's gradient that passes a limit above the largest useful one, and not the
/// zero gradient, whose difference is 1.
bool is_by_another_mini_batch(double largest_useful) { return largest_useful < std::nextafter(1.0, 0.0); }

/// What to do about a vacuous limit on a difference, of which `largest` is the largest that is not.
std::string advice_on_vacuous(double largest, const Subject& subject, std::string_view where) {
  if (subject.precision && largest < std::ldexp(1.0, -significands(*subject.precision).stored)) {
    return fmt::format(
        "and no number helps, since the gradients of two mini-batches are closer than {} tells apart ({}): "
        "switch the limit off{} in an [[override]], or give mini-batches that differ more",
        name(*subject.precision), readable(largest, 2), subject.tensor.empty() ? "" : " for this tensor");
  }
  return fmt::format("the largest limit that it would not pass is {}: write that or less, {}", largest,
                     where);
}

/// A figure as far as it is known, and what the policy allows of it.
struct Held {
  double low;
  double high;
  std::optional<double> allowed;  ///< absent: anything
  bool of_sum = false;            ///< a SummedDifference
};

struct Tier {
  CheckVerdict verdict;
  Held held;
};

/// The verdict on a figure. On a limit passes; a NaN fails.
Tier tier_of(const Held& warn, const Held& fail) {
  const Held& usual = fail.allowed ? fail : warn;
  if (std::isnan(usual.low) || std::isnan(usual.high)) {
    return {CheckVerdict::fail, usual};
  }
  if (fail.allowed && fail.low > *fail.allowed) {
    return {CheckVerdict::fail, fail};
  }
  if (fail.allowed && fail.high > *fail.allowed) {
    return {CheckVerdict::inconclusive, fail};
  }
  if (warn.allowed && warn.high > *warn.allowed) {
    return {CheckVerdict::warn, warn};
  }
  return {CheckVerdict::pass, usual};
}

constexpr std::string_view unit_of_sum = "L2, relative to what is summed";

/// What a difference is relative to, where that is what the gradient adds up; `largest`: relative to the
/// gradient.
std::string sum_phrase(const SummedDifference& summed, double largest) {
  if (summed.times == 1) {
    return summed.difference == largest
               ? ""
               : fmt::format("; as far as it is told from rounding, by {}", readable(summed.difference, 4));
  }
  return std::isinf(summed.times)
             ? fmt::format("; what it adds up cancels to 0, and {} of that is moved",
                           readable(summed.difference, 4))
             : fmt::format("; {}it adds up {} times as much as is left of it, and {} of that is moved",
                           summed.times < 2 ? "" : "much cancels in it: ", readable(summed.times, 3),
                           readable(summed.difference, 4));
}

std::string limit_phrase(CheckVerdict verdict, double seen, const std::optional<double>& allowed) {
  if (!allowed) {
    return "";
  }
  const std::string number = told_apart(*allowed, seen);
  return verdict == CheckVerdict::warn ? fmt::format("; above {} the policy warns", number)
                                       : fmt::format("; at most {} is allowed", number);
}

}  // namespace

std::string text(const ValuePair& pair) { return fmt::format("{} against {}", pair.a, pair.b); }

std::string told_apart(double value, double from) {
  std::string few = readable(value, 4);
  return value != from && few == readable(from, 4) ? exact(value) : few;
}

Check& CheckList::add(std::string_view rule, CheckVerdict verdict, const Subject& subject,
                      std::string message) {
  Check& check = checks_.emplace_back();
  check.rule = rule;
  check.verdict = verdict;
  check.message = std::move(message);
  check.precision = subject.precision;
  check.operation = subject.operation;
  check.module = subject.module;
  check.tensor = subject.tensor;
  check.kink = subject.kink;
  check.values = subject.values;
  check.source = subject.source;
  // What was measured counts from 0; of a replay it is the mini-batch that is replayed.
  check.mini_batch = subject.mini_batch && measurements_.inputs.replayed ? measurements_.inputs.replayed
                                                                         : subject.mini_batch;
  check.policy.file = policy_.file;
  check.replay = replay_command(measurements_, subject.precision, check.mini_batch);
  return check;
}

Check& CheckList::add_limited(const LimitSetting& setting, const Subject& subject, CheckVerdict verdict,
                              std::string message) {
  const LimitDescription& limit = describe(setting.limit);
  Check& check = add(limit.rule, verdict, subject, std::move(message));
  check.limit = limit.key;
  check.unit = limit.unit;
  check.is_minimum = limit.quantity == Quantity::minimum;
  if (!setting.place.file.empty()) {
    check.policy = setting.place;
  }
  return check;
}

const LimitSetting& CheckList::setting(Limit limit, const Subject& subject) const {
  return policy_.setting(limit, subject.precision, subject.tensor, subject.operation);
}

bool CheckList::is_on(Limit limit, const Subject& subject) const {
  const Tiers& tiers = setting(limit, subject).tiers;
  return tiers.warn || tiers.fail;
}

const TensorFacts* CheckList::facts(const std::string& tensor) const {
  const auto& all = measurements_.tensors;
  const auto found =
      std::find_if(all.begin(), all.end(), [&tensor](const auto& facts) { return facts.name == tensor; });
  return found == all.end() ? nullptr : &*found;
}

void CheckList::require_useful(const LimitSetting& setting, const Subject& subject, double limit,
                               double largest, std::string_view passer) {
  if (limit > largest) {
    throw InputError(fmt::format("{}: {} = {} is vacuous{}: {} would pass it; {}", text_of_place(setting),
                                 describe(setting.limit).key, limit, at_subject(subject), passer,
                                 advice_on_vacuous(largest, subject, "in an [[override]] if only here")));
  }
}

CheckList::Bounds CheckList::bounds(const LimitSetting& setting, const Subject& subject) const {
  const LimitDescription& limit = describe(setting.limit);
  const TensorFacts* const tensor = facts(subject.tensor);
  const double useful = largest_useful_difference(tensor == nullptr ? TensorFacts{} : *tensor);
  const std::string_view passer =
      is_by_another_mini_batch(useful) ? "the gradient of another mini-batch" : "the zero gradient";
  Bounds result;
  const auto resolve = [&](const std::optional<Threshold>& threshold) -> std::optional<double> {
    if (!threshold) {
      return std::nullopt;
    }
    if (!threshold->derived) {
      if (limit.quantity == Quantity::relative) {
        require_useful(setting, subject, threshold->value, useful, passer);
      } else if (limit.quantity == Quantity::ulps && subject.precision) {
        require_useful(setting, subject, threshold->value, largest_useful_ulps(*subject.precision),
                       "the zero gradient");
      }
      return threshold->value;
    }
    const PrecisionResults* const results =
        subject.precision ? measurements_.at(*subject.precision) : nullptr;
    if (results == nullptr || !results->operations || !results->summands) {
      result.problem = fmt::format(
          "the limit {} cannot be derived, as the sizes of the graph's sums are not "
          "known; write a number in the policy",
          limit.key);
      return std::nullopt;
    }
    // Two gradients, each with its own error, are held against each other.
    const double errors = setting.limit == Limit::order_difference ? 2 : 1;
    const double bound =
        errors * probabilistic_rounding_bound(*subject.precision, *results->operations, *results->summands);
    if (bound > useful) {
      result.useful = useful;
      result.problem =
          fmt::format("the derived limit {} = {} is vacuous: {} would pass it; {}", limit.key,
                      readable(bound, 4), passer, advice_on_vacuous(useful, subject, "in the policy"));
    }
    return bound;
  };
  result.warn = resolve(setting.tiers.warn);
  result.fail = resolve(setting.tiers.fail);
  if (limit.quantity != Quantity::minimum && result.problem.empty() && result.warn && result.fail &&
      *result.warn >= *result.fail) {
    throw InputError(fmt::format(
        "{}: the tiers of {} are inverted{}: warn = {} must lie below fail = {}, or it is never reached",
        text_of_place(setting), limit.key, at_subject(subject), *result.warn, *result.fail));
  }
  return result;
}

void CheckList::hold(Limit limit, const Subject& subject, double figure, const std::string& what,
                     double error, const std::optional<SummedDifference>& summed) {
  const LimitSetting& applied = setting(limit, subject);
  const double high = figure + error;
  if (std::isnan(high)) {
    Check& check = add_limited(applied, subject, CheckVerdict::fail, what + ", which is undefined");
    check.seen = high;
    return;
  }
  if (!applied.tiers.warn && !applied.tiers.fail) {
    return;
  }
  const Bounds limits = bounds(applied, subject);
  const auto held = [&](const std::optional<Threshold>& threshold, const std::optional<double>& allowed) {
    const bool of_sum = threshold && threshold->derived && summed;
    const double known_to = of_sum ? error / summed->times : error;
    const double seen = of_sum ? summed->difference : figure;
    return Held{.low = seen - known_to, .high = seen + known_to, .allowed = allowed, .of_sum = of_sum};
  };
  const Held to_warn = held(applied.tiers.warn, limits.warn);
  const Held to_fail = held(applied.tiers.fail, limits.fail);
  if (!limits.problem.empty()) {
    // Where one tier has no number, the other one may still fail; and what does not differ passes every
    // limit.
    const bool fails = limits.fail && to_fail.low > *limits.fail;
    const bool warns = limits.warn && to_warn.high > *limits.warn;
    const bool is_within = high == 0 || (limits.useful && high <= *limits.useful);
    const CheckVerdict verdict = fails        ? CheckVerdict::fail
                                 : !is_within ? CheckVerdict::inconclusive
                                 : warns      ? CheckVerdict::warn
                                              : CheckVerdict::pass;
    // Another mini-batch's gradient makes the limit vacuous: the replay takes all of them.
    Subject of_check = subject;
    if (verdict == CheckVerdict::inconclusive && limits.useful && is_by_another_mini_batch(*limits.useful)) {
      of_check.mini_batch.reset();
    }
    Check& check = add_limited(
        applied, of_check, verdict,
        is_within
            ? what + limit_phrase(verdict, high, verdict == CheckVerdict::warn ? limits.warn : std::nullopt)
            : fmt::format("{}; {}", what, limits.problem));
    check.seen = high;
    check.allowed = verdict == CheckVerdict::warn ? limits.warn
                    : is_within && limits.useful  ? limits.useful
                                                  : limits.fail;
    return;
  }
  if (describe(limit).quantity == Quantity::minimum) {
    const bool too_few = limits.fail && figure < *limits.fail;
    const bool few = limits.warn && figure < *limits.warn;
    Check& check = add_limited(
        applied, subject,
        too_few ? CheckVerdict::inconclusive : (few ? CheckVerdict::warn : CheckVerdict::pass), what);
    check.seen = figure;
    check.allowed = (too_few || !few) && limits.fail ? limits.fail : limits.warn;
    if (check.verdict != CheckVerdict::pass) {
      check.message +=
          fmt::format("; {} {} demanded", readable(*check.allowed), *check.allowed == 1 ? "is" : "are");
    }
    return;
  }
  const Tier tier = tier_of(to_warn, to_fail);
  const Held& judged = tier.held;
  Subject of_figure = subject;
  std::string message = what;
  if (judged.of_sum) {
    of_figure.mini_batch = summed->mini_batch;
    message += sum_phrase(*summed, figure);
  }
  Check& check = add_limited(applied, of_figure, tier.verdict,
                             message + limit_phrase(tier.verdict, judged.high, judged.allowed));
  check.seen = judged.high;
  check.allowed = judged.allowed;
  if (judged.of_sum && summed->times > 1) {
    check.unit = unit_of_sum;
  }
  if (tier.verdict == CheckVerdict::inconclusive) {
    check.message += fmt::format(", and the figure is known to ±{} only", readable(error, 2));
  }
}

void CheckList::hold_multiple(Limit limit, const Subject& subject, double figure, double unit,
                              const std::string& what) {
  const LimitSetting& applied = setting(limit, subject);
  const TensorFacts* const tensor = facts(subject.tensor);
  const double useful = largest_useful_difference(tensor == nullptr ? TensorFacts{} : *tensor);
  for (const auto& threshold : {applied.tiers.warn, applied.tiers.fail}) {
    if (threshold && threshold->value * unit > useful) {
      // One step down makes up for the rounding of the division.
      require_useful(
          applied, subject, threshold->value, std::nextafter(useful / unit, 0.0),
          is_by_another_mini_batch(useful) ? "the gradient of another mini-batch" : "the zero gradient");
    }
  }
  hold(limit, subject, figure / unit, what);
}

void CheckList::hold_flag(Limit limit, const Subject& subject, bool raised, const std::string& raised_message,
                          const std::string& clear_message) {
  const LimitSetting& applied = setting(limit, subject);
  if (!is_on(limit, subject)) {
    return;
  }
  const CheckVerdict verdict =
      !raised ? CheckVerdict::pass : (applied.tiers.fail ? CheckVerdict::fail : CheckVerdict::warn);
  Check& check = add_limited(applied, subject, verdict, raised ? raised_message : clear_message);
  check.seen = raised ? 1 : 0;
  check.allowed = 0;
}

void CheckList::hold_share(Limit limit, const Subject& subject, std::int64_t impacted,
                           std::int64_t mini_batches, bool control_is_clean, const std::string& what) {
  const LimitSetting& applied = setting(limit, subject);
  if (!is_on(limit, subject) || measurements_.inputs.replayed) {
    return;
  }
  const double high = clopper_pearson({.successes = impacted, .trials = mini_batches}, share_confidence).high;
  const Bounds limits = bounds(applied, subject);
  const Tier tier = tier_of({.low = high, .high = high, .allowed = limits.warn},
                            {.low = high, .high = high, .allowed = limits.fail});
  const std::optional<double> allowed = tier.held.allowed;
  Check& check = add_limited(applied, subject, tier.verdict,
                             fmt::format("{}: the share is at most {}{}", what, readable(high, 4),
                                         limit_phrase(tier.verdict, high, allowed)));
  check.seen = high;
  check.allowed = allowed;
  // No one mini-batch shows a share.
  check.replay = replay_command(measurements_, subject.precision, std::nullopt);
  if (tier.verdict == CheckVerdict::pass) {
    return;
  }
  if (impacted == 0) {
    // Nothing speaks against the model; it is the number of mini-batches that does not reach.
    check.verdict = tier.verdict == CheckVerdict::fail ? CheckVerdict::inconclusive : tier.verdict;
    check.message += fmt::format("; to show that takes {}, none of them impacted",
                                 count_text(mini_batches_that_show(*allowed), "mini-batch"));
  } else if (!control_is_clean) {
    doubt_last("the same choice twice gives other bits too, so the cause is not known");
  }
}

void CheckList::doubt_last(const std::string& why) {
  Check& check = checks_.back();
  if (check.verdict != CheckVerdict::pass) {
    check.verdict = CheckVerdict::inconclusive;
    check.message += "; " + why;
  }
}

}  // namespace relu0::gate
