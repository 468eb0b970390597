#include "suites/gate/judge.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "fixtures/count_text.hpp"
#include "reports/model/text.hpp"
#include "suites/gate/check_list.hpp"
#include "suites/gate/completeness.hpp"
#include "suites/gate/nearest_name.hpp"
#include "suites/gate/unmeasured.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

namespace {

std::string_view rule_of(Limit limit) { return describe(limit).rule; }

Subject subject_of(const KinkSite& site) {
  return {.precision = {},
          .operation = site.operation,
          .module = site.module,
          .tensor = {},
          .kink = site.kink,
          .values = {},
          .source = site.source,
          .mini_batch = {}};
}

std::string words(const KinkSite& site) {
  const std::string place = text(site.source);
  return fmt::format("the kink '{}' of {}{}", site.kink, site.operation,
                     place.empty() ? "" : fmt::format(" ({})", place));
}

/// That a kink's choice cannot be set, and what to do about it.
std::string uncontrolled_words(const KinkSite& site) {
  std::int64_t hits = 0;
  for (const KinkCount& count : site.counts) {
    hits = std::max(hits, count.hits());
  }
  return fmt::format(
      "the choice at {}{} cannot be set{}; where the gradient may depend on it, allow that by an "
      "[[override]] with operation = \"{}\" and uncontrolled_kink = \"warn\", otherwise compute it by an "
      "operator whose choice relu0 can set",
      words(site),
      hits == 0 ? "" : fmt::format(", on which {} exactly,", count_text(hits, "input lies", "inputs lie")),
      site.why_not_controlled.empty() ? "" : ": " + site.why_not_controlled, site.operation);
}

void judge_site(CheckList& list, const KinkSite& site, bool is_replay) {
  Subject subject = subject_of(site);
  for (const KinkCount& count : site.counts) {
    if (count.nan_inputs != 0) {
      subject.precision = count.precision;
      subject.mini_batch = count.first_nan;
      list.add(rule_nan_at_kink, CheckVerdict::fail, subject,
               fmt::format("{} NaN reached {} at {}: what is on its kink cannot be told", count.nan_inputs,
                           words(site), name(count.precision)));
    }
  }
  subject = subject_of(site);
  for (const KinkCount& count : site.counts) {
    if (!site.controlled && count.first_hit) {
      subject.mini_batch = std::min(subject.mini_batch.value_or(*count.first_hit), *count.first_hit);
    }
  }
  // What no mini-batch met cannot have moved a gradient, whoever chooses there.
  list.hold_flag(Limit::uncontrolled_kink, subject, !site.controlled && (site.met() || !site.located),
                 uncontrolled_words(site),
                 fmt::format("the choice at {} {}", words(site),
                             site.controlled ? "can be set" : "cannot be set, but no mini-batch met it"));
  if (!site.located || site.on_data) {
    return;
  }
  subject.mini_batch.reset();
  const bool seen = site.met() || !site.probes.empty();
  const std::string remedy = site.controlled ? "give more mini-batches, or --probe-kinks"
                                             : "give more mini-batches (relu0 cannot probe it)";
  // Whether mini-batches meet every kink is no question to one that is replayed.
  list.hold_flag(Limit::unseen_kink, subject, !seen && !is_replay,
                 fmt::format("no mini-batch met {}, and it was not probed{}; {}", words(site),
                             site.why_not_probed.empty() ? "" : " (" + site.why_not_probed + ")", remedy),
                 fmt::format("{} was {}", words(site), site.met() ? "met" : "probed"));
  for (const KinkProbe& probe : site.probes) {
    subject.values = text(probe.pair);
    subject.tensor = probe.tensor;
    subject.mini_batch = probe.mini_batch;
    list.hold(Limit::probed_change, subject, probe.change,
              fmt::format("on {}, the gradient would move by {} (relative L2) with {}", words(site),
                          readable(probe.change, 4), subject.values));
  }
}

/// Whether the gate can say anything about the choice at any kink.
void judge_what_was_seen(CheckList& list, const Measurements& measurements) {
  const auto& sites = measurements.kinks;
  if (sites.empty()) {
    list.add(
        rule_nothing_seen, CheckVerdict::inconclusive, {},
        "the graph has no operation with a kink, so there is no choice to look at; check that this is the "
        "model that is trained");
    return;
  }
  const auto any = [&sites](const auto& is_one) {
    return std::any_of(sites.begin(), sites.end(),
                       [&is_one](const KinkSite& site) { return site.controlled && is_one(site); });
  };
  const auto on_data =
      std::count_if(sites.begin(), sites.end(), [](const KinkSite& site) { return site.on_data; });
  const bool met = any([](const KinkSite& site) { return site.met(); });
  const bool probed = any([](const KinkSite& site) { return !site.probes.empty(); });
  const bool held = any([&list](const KinkSite& site) {
    return !site.probes.empty() && list.is_on(Limit::probed_change, subject_of(site));
  });
  if (!met && !probed) {
    list.add(rule_nothing_seen, CheckVerdict::inconclusive, {},
             fmt::format(
                 "no kink of the graph, which has {}, was met or probed with a choice that could be set"
                 "{}; give more mini-batches, or --probe-kinks",
                 count_text(sites.size(), "kink"),
                 on_data == 0 ? "" : fmt::format(" ({} of them of data, which carry no gradient)", on_data)));
  } else if (!met && !held) {
    list.add(rule_probes_not_held, CheckVerdict::warn, {},
             "no kink was met, and what the probes found is held against no limit: probed_change is off; set "
             "it in the policy, or give more mini-batches");
  }
}

void judge_comparison(CheckList& list, const PrecisionResults& results, const PairComparison& comparison) {
  const bool clean = !comparison.control || comparison.control->differing == 0;
  Subject subject{.precision = results.precision,
                  .operation = {},
                  .module = {},
                  .tensor = {},
                  .kink = comparison.pair.kink,
                  .values = text(comparison.pair),
                  .source = {},
                  .mini_batch = comparison.first_impacted};
  if (comparison.most_moving) {
    subject.operation = comparison.most_moving->operation;
    subject.module = comparison.most_moving->module;
    subject.source = comparison.most_moving->source;
  }
  list.hold_share(Limit::impacted_share, subject, comparison.impacted, comparison.mini_batches, clean,
                  fmt::format("{} = {} changes the gradient of {} of {} at {}", comparison.pair.kink,
                              subject.values, comparison.impacted,
                              count_text(comparison.mini_batches, "mini-batch"), name(results.precision)));
  if (comparison.control) {
    Subject control = subject;
    control.mini_batch = comparison.control->first_differing;
    list.hold_flag(
        Limit::control, control, !clean,
        fmt::format("not deterministic here: with {} = {} twice, {} of {} gave other bits at {}",
                    comparison.pair.kink, comparison.pair.a, comparison.control->differing,
                    count_text(comparison.control->mini_batches, "mini-batch"), name(results.precision)),
        "the same choice twice gave the same bits");
  }
  for (const TensorChange& change : comparison.changes) {
    subject.tensor = change.tensor;
    subject.mini_batch = change.mini_batch;
    const std::size_t before = list.checks().size();
    list.hold(
        Limit::value_change, subject, change.change,
        fmt::format("{} = {} moves the gradient of '{}' by {} (relative L2) at {}", comparison.pair.kink,
                    subject.values, change.tensor, readable(change.change, 4), name(results.precision)),
        0, change.summed);
    if (!clean && list.checks().size() > before && !std::isnan(change.change)) {
      list.doubt_last("the same choice twice gives other bits too, so the cause is not known");
    }
  }
}

void judge_gradients(CheckList& list, const PrecisionResults& results) {
  if (!results.gradients) {
    return;
  }
  const Gradients& gradients = *results.gradients;
  const std::string_view precision = name(results.precision);
  Subject subject;
  subject.precision = results.precision;
  subject.mini_batch = gradients.first_zero_mini_batch;
  const bool all_zero =
      gradients.mini_batches > 0 &&
      (gradients.zero_mini_batches == gradients.mini_batches ||
       std::all_of(gradients.tensors.begin(), gradients.tensors.end(),
                   [](const TensorGradient& gradient) { return gradient.largest_norm == 0; }));
  if (all_zero) {
    list.add(
        rule_of(Limit::zero_gradients), CheckVerdict::fail, subject,
        fmt::format("the gradient is 0 in every element and mini-batch at {}: nothing can be judged on it",
                    precision));
  } else {
    list.hold(Limit::zero_gradients, subject, static_cast<double>(gradients.zero_mini_batches),
              fmt::format("the whole gradient of {} of {} is 0 at {}", gradients.zero_mini_batches,
                          count_text(gradients.mini_batches, "mini-batch"), precision));
  }
  for (const TensorGradient& gradient : gradients.tensors) {
    subject.tensor = gradient.tensor;
    subject.mini_batch = gradient.first_non_finite;
    if (gradient.nans != 0 || std::isnan(gradient.smallest_norm) || std::isnan(gradient.largest_norm)) {
      list.add(rule_nan, CheckVerdict::fail, subject,
               fmt::format("the gradient of '{}' at {} has {}", gradient.tensor, precision,
                           count_text(gradient.nans, "element that is NaN", "elements that are NaN")));
    }
    list.hold(Limit::non_finite, subject, static_cast<double>(gradient.infinite),
              fmt::format("the gradient of '{}' at {} has {}", gradient.tensor, precision,
                          count_text(gradient.infinite, "infinite element")));
  }
}

void judge_errors(CheckList& list, const PrecisionResults& results) {
  const std::string_view precision = name(results.precision);
  Subject subject;
  subject.precision = results.precision;
  for (const TensorError& error : results.errors) {
    subject.tensor = error.tensor;
    subject.mini_batch = error.mini_batch;
    list.hold(Limit::relative_error, subject, error.relative_l2,
              fmt::format("the gradient of '{}' at {} lies {} (relative L2) from the one at fp64",
                          error.tensor, precision, readable(error.relative_l2, 4)),
              0, error.summed);
    list.hold(Limit::ulp_error, subject, error.ulps,
              fmt::format("an element of the gradient of '{}' at {} lies {} ulp from the one at fp64",
                          error.tensor, precision, readable(error.ulps, 4)));
    Subject branches = subject;
    branches.mini_batch = error.branch_mini_batch;
    list.hold(Limit::branch_change, branches, error.branch_change,
              fmt::format("inputs that lie on another side of a kink at {} than at fp64 move the gradient of "
                          "'{}' by {} (relative L2)",
                          precision, error.tensor, readable(error.branch_change, 4)));
    if (!list.is_on(Limit::times_plain_error, subject)) {
      continue;
    }
    if (!error.plain_relative_l2) {
      list.add(rule_of(Limit::times_plain_error), CheckVerdict::inconclusive, subject,
               fmt::format("the error of plain LibTorch in '{}' at {} was not measured, so the policy's "
                           "times_plain_error cannot be judged",
                           error.tensor, precision));
      continue;
    }
    // Both gradients are rounded to the format, so no error is told apart from one of half a unit.
    const double rounding = std::ldexp(1.0, -significands(results.precision).stored);
    const double plain = std::isnan(*error.plain_relative_l2) ? *error.plain_relative_l2
                                                              : std::max(*error.plain_relative_l2, rounding);
    list.hold_multiple(
        Limit::times_plain_error, subject, error.relative_l2, plain,
        fmt::format("the error of '{}' at {} is {} times that of plain LibTorch, {}", error.tensor, precision,
                    readable(error.relative_l2 / plain, 4), readable(plain, 4)));
  }
}

void judge_luck(CheckList& list, const Measurements& measurements, const PrecisionResults& results,
                const Luck& luck) {
  const Limit limit = limit_on(luck.kind);
  const bool takes_samples_apart = luck.kind == LuckKind::permuted || luck.kind == LuckKind::split;
  // A model that does not run at fp64, for whose users --no-errors is, was not tried there.
  const bool ran_at_fp64 = measurements.plan.errors || measurements.at(Precision::fp64) != nullptr;
  Subject subject;
  subject.precision = results.precision;
  subject.values =
      luck.what.empty() ? std::string(name(luck.kind)) : fmt::format("{}: {}", name(luck.kind), luck.what);
  if (luck.failure) {
    if (list.is_on(limit, subject)) {
      list.add(rule_of(limit), CheckVerdict::fail, subject,
               fmt::format("{} at {}: {}", subject.values, name(results.precision), *luck.failure));
    }
    return;
  }
  double largest = 0;
  for (const TensorChange& change : luck.changes) {
    subject.tensor = change.tensor;
    subject.mini_batch = change.mini_batch;
    largest = std::max(largest, change.change);
    const std::size_t before = list.checks().size();
    list.hold(limit, subject, change.change,
              fmt::format("{} moves the gradient of '{}' by {} (relative L2) at {}", subject.values,
                          change.tensor, readable(change.change, 4), name(results.precision)),
              0, change.summed);
    if (takes_samples_apart && !ran_at_fp64 && list.checks().size() > before &&
        list.checks().back().verdict == CheckVerdict::fail) {
      list.checks().back().message +=
          "; where the samples do not lie along the first dimension of every tensor, leave it out (--luck "
          "repeat,calls,threads)";
    }
  }
  // Bits may differ where no number does, in the sign of a zero or the payload of a NaN.
  subject.tensor.clear();
  subject.mini_batch.reset();
  const std::optional<Threshold> fail = list.setting(limit, subject).tiers.fail;
  if (!luck.same_bits && largest == 0 && fail == Threshold{}) {
    list.add(rule_of(limit), CheckVerdict::fail, subject,
             fmt::format("{} changes the bits of a gradient at {}, though no number; the policy allows none",
                         subject.values, name(results.precision)));
  }
}

std::string reason(const ReferenceGap& gap) {
  if (gap.operation.empty()) {
    return gap.why;
  }
  const std::string place = text(gap.source);
  return fmt::format("{}{}: {}", gap.operation, place.empty() ? "" : fmt::format(" ({})", place), gap.why);
}

std::string reasons(const std::vector<ReferenceGap>& gaps) {
  return gaps.empty() ? "the gate says no reason" : reason(gaps.front());
}

void judge_reference(CheckList& list, const Measurements& measurements, const PrecisionResults& results) {
  const std::string_view precision = name(results.precision);
  Subject subject;
  subject.precision = results.precision;
  for (const TensorFacts& tensor : measurements.tensors) {
    subject.tensor = tensor.name;
    const bool known = std::any_of(results.reference.begin(), results.reference.end(),
                                   [&tensor](const auto& error) { return error.tensor == tensor.name; });
    Subject gap = subject;
    if (!known && !measurements.reference_gaps.empty()) {
      gap.operation = measurements.reference_gaps.front().operation;
      gap.source = measurements.reference_gaps.front().source;
    }
    list.hold_flag(Limit::reference_missing, gap, !known,
                   fmt::format("the reference did not compute the gradient of '{}' at {}: {}", tensor.name,
                               precision, reasons(measurements.reference_gaps)),
                   fmt::format("the reference computed the gradient of '{}' at {}", tensor.name, precision));
  }
  for (const ReferenceError& error : results.reference) {
    subject.tensor = error.tensor;
    subject.mini_batch = error.mini_batch;
    list.hold(
        Limit::reference_error, subject, error.relative_l2,
        fmt::format("the gradient of '{}' at {} lies {} (relative L2) from the reference's, which is known "
                    "to {}",
                    error.tensor, precision, readable(error.relative_l2, 4), readable(error.bound, 2)),
        error.bound, error.summed);
    list.hold(Limit::reference_ulps, subject, error.ulps,
              fmt::format("an element of the gradient of '{}' at {} lies {} ulp from the reference's",
                          error.tensor, precision, readable(error.ulps, 4)));
    if (error.on_segment) {
      list.hold_flag(
          Limit::outside_segment, subject, !*error.on_segment,
          fmt::format(
              "the gradient of '{}' at {} does not lie between the one-sided ones{}", error.tensor, precision,
              error.off_segment ? fmt::format(", but {} (relative L2) outside, further than rounding reaches",
                                              readable(*error.off_segment, 4))
                                : ""),
          fmt::format("the gradient of '{}' at {} lies between the one-sided ones", error.tensor, precision));
    }
  }
}

/// What a reader has to know of the reference, a sentence each.
std::vector<std::string> notes_on_reference(const Measurements& measurements) {
  std::vector<std::string> notes;
  for (const ReferenceGap& gap : measurements.reference_gaps) {
    notes.push_back(fmt::format("Not held against the reference: {}.", reason(gap)));
  }
  for (const PrecisionResults& results : measurements.precisions) {
    ZeroOriginCount sum;
    for (const ZeroOriginCount& count : results.zero_origins) {
      sum.structural += count.structural;
      sum.exact += count.exact;
      sum.rounding += count.rounding;
      sum.undecided += count.undecided;
    }
    const std::int64_t all = sum.structural + sum.exact + sum.rounding + sum.undecided;
    if (all > 0) {
      notes.push_back(
          fmt::format("Of {} that kinks met at {} on the samples that the reference ran, {} 0 in the real "
                      "numbers too, {} made by rounding, and {} undecided.",
                      count_text(all, "exact zero"), name(results.precision),
                      count_text(sum.structural + sum.exact, "is", "are"),
                      count_text(sum.rounding, "was", "were"), count_text(sum.undecided, "is", "are")));
    }
  }
  return notes;
}

/// What a replay is not held against, and which choices move the gradient of its mini-batch.
std::vector<std::string> notes_on_replay(const Measurements& measurements) {
  if (!measurements.inputs.replayed) {
    return {};
  }
  std::vector<std::string> notes{fmt::format(
      "A replay of mini-batch {} alone: limits on the share of mini-batches (impacted_share), on their "
      "number "
      "(mini_batches) and on kinks that none of them meets (unseen_kink) are not held against it.",
      *measurements.inputs.replayed)};
  for (const PrecisionResults& results : measurements.precisions) {
    for (const PairComparison& comparison : results.comparisons) {
      if (comparison.impacted > 0) {
        notes.push_back(fmt::format("{} = {} changes the gradient of mini-batch {} at {}.",
                                    comparison.pair.kink, text(comparison.pair),
                                    *measurements.inputs.replayed, name(results.precision)));
      }
    }
  }
  return notes;
}

/// Where choices change the signs of zeros only, a sentence each.
std::vector<std::string> notes_on_signs(const Measurements& measurements) {
  std::vector<std::string> notes;
  for (const PrecisionResults& results : measurements.precisions) {
    for (const PairComparison& comparison : results.comparisons) {
      if (comparison.signs_of_zero > 0) {
        notes.push_back(
            fmt::format("{} = {} changes nothing but the signs of zeros in the gradient of {} of {} at {}: "
                        "-0 and +0 are the same number, so that these do not count as impacted.",
                        comparison.pair.kink, text(comparison.pair), comparison.signs_of_zero,
                        count_text(comparison.mini_batches, "mini-batch"), name(results.precision)));
      }
    }
  }
  return notes;
}

/// Where a precision was on other sides of kinks than fp64, a sentence each.
std::vector<std::string> notes_on_branches(const Measurements& measurements) {
  std::vector<std::string> notes;
  for (const PrecisionResults& results : measurements.precisions) {
    std::int64_t differing = 0;
    const BranchCount* most = nullptr;
    for (const BranchCount& count : results.branches) {
      differing += count.differing;
      most = most == nullptr || count.differing > most->differing ? &count : most;
    }
    for (const Luck& luck : results.luck) {
      if (luck.other_branches > 0) {
        notes.push_back(fmt::format(
            "At {} {} of operations with kinks lay on another side of the kink in the second run of "
            "'{}' ({}); what that alone moves is not in its figures.",
            name(results.precision), count_text(luck.other_branches, "input"), name(luck.kind), luck.what));
      }
    }
    if (most == nullptr) {
      continue;
    }
    double change = 0;
    for (const TensorError& error : results.errors) {
      change = std::isnan(error.branch_change) ? error.branch_change : std::max(change, error.branch_change);
    }
    notes.push_back(fmt::format(
        "At {} {} of operations with kinks lay on another side of the kink than at fp64, most of them "
        "({} of {}) at {}. At fp64 that moves a tensor's gradient by up to {} (relative L2). Errors are "
        "taken "
        "on the sides of {}, so that this is not in them; branch_change limits it.",
        name(results.precision), count_text(differing, "input"), most->differing, most->elements,
        most->operation, readable(change, 4), name(results.precision)));
  }
  return notes;
}

template <typename Item>
std::vector<std::string_view> names_of(const std::vector<Item>& items, std::string Item::*name) {
  std::vector<std::string_view> names;
  std::transform(items.begin(), items.end(), std::back_inserter(names),
                 [name](const Item& item) { return std::string_view(item.*name); });
  return names;
}

/// An override that nothing fits is a limit that its author believes in and that does not hold.
void warn_of_unused(CheckList& list, const Measurements& measurements, const Policy& policy) {
  for (const Override& other : policy.overrides) {
    const auto& precisions = measurements.plan.precisions;
    const bool precision_fits =
        other.precisions.empty() ||
        std::any_of(precisions.begin(), precisions.end(), [&other](Precision precision) {
          return Override{
              .precisions = other.precisions, .tensor = {}, .operation = {}, .limits = {}, .place = {}}
              .fits(precision, "", "");
        });
    Override by_name = other;
    by_name.precisions.clear();
    const auto& tensors = measurements.tensors;
    const auto& kinks = measurements.kinks;
    const bool tensor_fits =
        !other.tensor || std::any_of(tensors.begin(), tensors.end(), [&by_name](const TensorFacts& tensor) {
          return by_name.fits({}, tensor.name, "");
        });
    const bool operation_fits =
        !other.operation || std::any_of(kinks.begin(), kinks.end(), [&by_name](const KinkSite& site) {
          return by_name.fits({}, "", site.operation);
        });
    if (!precision_fits || !tensor_fits || !operation_fits) {
      Check& check = list.add(
          rule_unused_override, CheckVerdict::warn, {},
          fmt::format("the override fits nothing that was measured: no {}; correct or remove it",
                      !tensor_fits
                          ? fmt::format("tensor is named like '{}'{}", *other.tensor,
                                        did_you_mean(*other.tensor, names_of(tensors, &TensorFacts::name)))
                      : !operation_fits
                          ? fmt::format("kink's operation is named like '{}'{}", *other.operation,
                                        did_you_mean(*other.operation, names_of(kinks, &KinkSite::operation)))
                          : "such precision was run"));
      check.policy = other.place;
      check.values = fmt::format("line {}", other.place.line.value_or(0));
    }
  }
}

std::string meaning_of_rule(std::string_view rule) {
  for (const LimitDescription& limit : all_limits()) {
    if (limit.rule == rule) {
      return std::string(limit.meaning);
    }
  }
  static const std::map<std::string_view, std::string_view> others{
      {rule_crashed, "The measurement did not come to its end."},
      {rule_nothing_measured, "There was nothing to measure."},
      {rule_missing_measurement, "Something that was to be measured is missing, or contradicts itself."},
      {rule_nan, "A gradient has elements that are NaN."},
      {rule_nan_at_kink, "A NaN reached an operation at whose kink a choice is to be made."},
      {rule_nothing_seen, "No kink was met or probed, so that nothing is known about the choices."},
      {rule_probes_not_held, "Kinks were probed only, and what that found is held against no limit."},
      {rule_unused_override, "An override of the policy fits nothing that was measured."},
      {rule_baseline_environment, "The baseline holds no environment like this one."},
      {rule_baseline_drift, "A figure is larger than the baseline's of the same environment."},
  };
  return std::string(others.at(rule));
}

/// How early a check is to be read among those of its verdict: what makes others doubtful comes before them.
/// A NaN comes before what is missing, which it may be the reason for, and where it came from before where it
/// went: the operation that it reached, the gradients, the figures made from these.
int rank(const Check& check) {
  if (check.rule == rule_crashed || check.rule == rule_nothing_measured ||
      check.rule == rule_baseline_environment) {
    return 0;
  }
  if (check.rule == rule_nan_at_kink) {
    return 1;
  }
  if (check.rule == rule_nan) {
    return 2;
  }
  if (check.rule == rule_of(Limit::non_finite) || (check.seen && std::isnan(*check.seen))) {
    return 3;
  }
  return check.rule == rule_missing_measurement ? 4 : 5;
}

/// Failed checks first, and those of one verdict by their rank.
std::pair<int, int> order(const Check& check) {
  const auto* const verdict = std::find(all_check_verdicts.begin(), all_check_verdicts.end(), check.verdict);
  return {static_cast<int>(verdict - all_check_verdicts.begin()), rank(check)};
}

/// The outcome, exit code and first line, from the checks in their order.
void conclude(Judgement& judgement, const Measurements& measurements) {
  constexpr int exit_green = 0;
  constexpr int exit_red = 1;
  constexpr int exit_another_environment = 4;
  constexpr int exit_undecided = 5;
  const std::vector<Check>& checks = judgement.checks;
  if (count(checks, CheckVerdict::fail) > 0) {
    judgement.outcome = Outcome::red;
    judgement.exit_code = exit_red;
  } else if (count(checks, CheckVerdict::inconclusive) > 0) {
    judgement.outcome = Outcome::inconclusive;
    judgement.exit_code =
        std::any_of(checks.begin(), checks.end(),
                    [](const Check& check) { return check.rule == rule_baseline_environment; })
            ? exit_another_environment
            : exit_undecided;
  } else {
    judgement.outcome = Outcome::green;
    judgement.exit_code = exit_green;
  }
  const bool met = std::any_of(measurements.kinks.begin(), measurements.kinks.end(),
                               [](const KinkSite& site) { return site.met(); });
  const bool unheld = std::any_of(checks.begin(), checks.end(),
                                  [](const Check& check) { return check.rule == rule_probes_not_held; });
  const std::string_view unmet = met      ? ""
                                 : unheld ? "no kink was met, and probes were held against no limit; "
                                          : "no kink was met; ";
  judgement.headline = fmt::format("{}: {}{}", name(judgement.outcome), unmet, tally(checks));
  if (judgement.outcome == Outcome::green) {
    judgement.headline += fmt::format(" on {}", count_text(measurements.inputs.mini_batches, "mini-batch"));
  } else {
    judgement.headline += ": " + checks.front().message;
  }
}

}  // namespace

std::string replay_command(const Measurements& measurements, std::optional<Precision> precision,
                           std::optional<std::int64_t> mini_batch) {
  std::string command = measurements.command;
  std::vector<std::string_view> precisions;
  for (const Precision measured : measurements.plan.precisions) {
    if (!precision || measured == *precision) {
      precisions.push_back(name(measured));
    }
  }
  if (!command.empty() && !precisions.empty()) {
    command += fmt::format(" --precision {}", fmt::join(precisions, ","));
  }
  if (!command.empty() && mini_batch) {
    command += fmt::format(" --mini-batch {}", *mini_batch);
  }
  return command;
}

Judgement judge(const Measurements& measurements, const Policy& policy, std::vector<Check> further) {
  CheckList list(measurements, policy);
  if (measurements.aborted) {
    list.add(rule_crashed, CheckVerdict::fail, {},
             fmt::format("the measurement did not come to its end: {}", *measurements.aborted));
  }
  require_complete(list, measurements);
  judge_what_was_seen(list, measurements);
  if (!measurements.inputs.replayed) {
    const InputFacts& inputs = measurements.inputs;
    list.hold(Limit::mini_batches, {}, static_cast<double>(inputs.mini_batches - inputs.copies),
              count_text(inputs.mini_batches, "mini-batch was measured", "mini-batches were measured") +
                  (inputs.copies == 0 ? ""
                                      : ", of which " + count_text(inputs.copies, "is a copy of another",
                                                                   "are copies of others")));
  }
  for (const KinkSite& site : measurements.kinks) {
    judge_site(list, site, measurements.inputs.replayed.has_value());
  }
  for (const PrecisionResults& results : measurements.precisions) {
    for (const PairComparison& comparison : results.comparisons) {
      if (is_consistent(comparison)) {
        judge_comparison(list, results, comparison);
      }
    }
    judge_gradients(list, results);
    judge_errors(list, results);
    for (const Luck& luck : results.luck) {
      judge_luck(list, measurements, results, luck);
    }
    judge_reference(list, measurements, results);
  }
  warn_of_unused(list, measurements, policy);
  note_unmeasured_limits(list, measurements, policy);

  Judgement judgement;
  judgement.checks = std::move(list.checks());
  std::move(further.begin(), further.end(), std::back_inserter(judgement.checks));
  std::stable_sort(judgement.checks.begin(), judgement.checks.end(),
                   [](const Check& a, const Check& b) { return order(a) < order(b); });
  for (const Check& check : judgement.checks) {
    judgement.rules.try_emplace(check.rule, meaning_of_rule(check.rule));
  }
  judgement.notes = measurements.not_seen;
  for (std::vector<std::string> notes : {notes_on_replay(measurements), notes_on_signs(measurements),
                                         notes_on_branches(measurements), notes_on_reference(measurements)}) {
    std::move(notes.begin(), notes.end(), std::back_inserter(judgement.notes));
  }
  judgement.command = replay_command(measurements, std::nullopt, std::nullopt);
  judgement.policy_file = policy.file;
  judgement.policy = explain(policy);
  judgement.model = measurements.model;
  judgement.inputs = measurements.inputs;
  judgement.loss = measurements.loss;
  judgement.with_respect_to = measurements.with_respect_to;
  judgement.environment = measurements.environment;
  judgement.kinks = measurements.kinks;
  conclude(judgement, measurements);
  return judgement;
}

}  // namespace relu0::gate
