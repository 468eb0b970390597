#include "suites/gate/judge.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "analysis/statistics/statistics.hpp"
#include "suites/gate/limits.hpp"
#include "suites/gate/self_test/limit_cases.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/numbers.hpp"
#include "suites/tests/suites/gate/gate_support.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using relu0::test::infinity;

using relu0::test::input_error_of;
using test::at_fp32;
using test::checks_of;
using test::clean_measurements;
using test::policy_with;
using test::verdict_of;
using testing::HasSubstr;

void set_change(Measurements& measurements, double change) {
  at_fp32(measurements).comparisons[0].changes[0].change = change;
}

void set_luck(Measurements& measurements, LuckKind kind, double change) {
  for (Luck& luck : at_fp32(measurements).luck) {
    if (luck.kind == kind) {
      luck.same_bits = change == 0;
      luck.changes[0].change = change;
    }
  }
}

/// Those of the self-test's limits whose figures are real numbers, with a number as the limit.
std::vector<LimitCase> continuous_limits() {
  std::vector<LimitCase> limits = limit_cases();
  std::erase_if(
      limits, [](const LimitCase& limit) { return !is_continuous(limit) || limit.allowed == "\"derived\""; });
  return limits;
}

/// The verdict of the limit's rule, where nothing else is wrong.
std::string verdict_at(const LimitCase& limit, const Policy& policy, double figure) {
  Measurements measurements = clean_measurements();
  limit.measure(measurements, figure);
  return verdict_of(judge(measurements, policy), std::string(describe(limit.limit).rule));
}

TEST(Judge, PassesWhatIsOnALimitAndFailsItsNeighbour) {
  for (const LimitCase& limit : continuous_limits()) {
    const std::string key(describe(limit.limit).key);
    const Policy policy = policy_of(limit, limit.allowed);
    EXPECT_EQ(verdict_at(limit, policy, std::nextafter(limit.inside, 0.0)), "pass") << key;
    EXPECT_EQ(verdict_at(limit, policy, limit.inside), "pass") << key;
    EXPECT_EQ(verdict_at(limit, policy, limit.outside), "fail") << key;
    EXPECT_EQ(verdict_at(limit, policy, infinity), "fail") << key;
    EXPECT_EQ(verdict_at(limit, policy, std::nan("")), "fail") << key;
  }
}

TEST(Judge, WarnsBetweenTheTiers) {
  for (const LimitCase& limit : continuous_limits()) {
    const std::string key(describe(limit.limit).key);
    const double warn = limit.inside / 2;
    const Policy policy = policy_of(limit, fmt::format("{{ warn = {}, fail = {} }}", warn, limit.allowed));
    EXPECT_EQ(verdict_at(limit, policy, warn), "pass") << key;
    EXPECT_EQ(verdict_at(limit, policy, std::nextafter(warn, infinity)), "warn") << key;
    EXPECT_EQ(verdict_at(limit, policy, limit.inside), "warn") << key;
    EXPECT_EQ(verdict_at(limit, policy, limit.outside), "fail") << key;
  }
}

TEST(Judge, FailsANaNWhereTheLimitIsOff) {
  for (const LimitCase& limit : continuous_limits()) {
    if (limit.limit == Limit::times_plain_error) {
      continue;  // not computed where it is off
    }
    EXPECT_EQ(verdict_at(limit, policy_of(limit, "\"off\""), std::nan("")), "fail")
        << describe(limit.limit).key;
  }
}

TEST(Judge, CountsWholeNumbersUpToTheirLimit) {
  const Policy policy = policy_with("non_finite = { warn = 1, fail = 3 }\nzero_gradients = 2");
  const auto of = [&policy](std::int64_t infinite, std::int64_t zeros) {
    Measurements measurements = clean_measurements();
    at_fp32(measurements).gradients->tensors[1].infinite = infinite;
    at_fp32(measurements).gradients->zero_mini_batches = zeros;
    return judge(measurements, policy);
  };
  EXPECT_EQ(verdict_of(of(1, 0), "non-finite"), "pass");
  EXPECT_EQ(verdict_of(of(2, 0), "non-finite"), "warn");
  EXPECT_EQ(verdict_of(of(3, 0), "non-finite"), "warn");
  EXPECT_EQ(verdict_of(of(4, 0), "non-finite"), "fail");
  EXPECT_EQ(verdict_of(of(0, 2), "zero-gradient"), "pass");
  EXPECT_EQ(verdict_of(of(0, 3), "zero-gradient"), "fail");
}

TEST(Judge, IsInconclusiveAboutALimitOnProbesWhereNoKinkThatWasNotMetWasProbed) {
  Measurements measurements = clean_measurements();
  const Policy policy = policy_with("probed_change = 0.1\nunseen_kink = \"off\"");
  const auto is_open = [&] {
    const std::string rule(describe(Limit::probed_change).rule);
    return verdict_of(judge(measurements, policy), rule) == "inconclusive";
  };
  for (KinkSite& site : measurements.kinks) {
    site.probes.clear();
    site.why_not_probed.clear();
    for (KinkCount& count : site.counts) {
      count = {.precision = count.precision};
    }
  }
  EXPECT_TRUE(is_open());
  measurements.kinks[0].why_not_probed = "ties lie between inputs";
  EXPECT_FALSE(is_open());
}

TEST(Judge, CountsNoCopiesOfMiniBatches) {
  Measurements measurements = clean_measurements();
  const std::int64_t count = measurements.inputs.mini_batches;
  const Policy policy = policy_with(fmt::format("mini_batches = {{ fail = {} }}", count));
  EXPECT_EQ(verdict_of(judge(measurements, policy), "too-few-mini-batches"), "pass");
  measurements.inputs.copies = 1;
  const Judgement judgement = judge(measurements, policy);
  EXPECT_EQ(verdict_of(judgement, "too-few-mini-batches"), "inconclusive");
  EXPECT_EQ(judgement.exit_code, 5);
}

TEST(Judge, WantsItsMinimumOfMiniBatches) {
  const auto of = [](std::int64_t count) {
    Measurements measurements = clean_measurements();
    measurements.inputs.mini_batches = count;
    for (PrecisionResults& results : measurements.precisions) {
      results.comparisons[0].mini_batches = count;
      results.gradients->mini_batches = count;
    }
    return judge(measurements, policy_with("mini_batches = { warn = 50, fail = 30 }\n"
                                           "impacted_share = \"off\""));
  };
  EXPECT_EQ(verdict_of(of(29), "too-few-mini-batches"), "inconclusive");
  EXPECT_EQ(of(29).exit_code, 5);
  EXPECT_EQ(verdict_of(of(30), "too-few-mini-batches"), "warn");
  EXPECT_EQ(of(30).exit_code, 0);
  EXPECT_EQ(verdict_of(of(49), "too-few-mini-batches"), "warn");
  EXPECT_EQ(verdict_of(of(50), "too-few-mini-batches"), "pass");
}

TEST(Judge, HoldsTheUpperEndOfTheShareAgainstItsLimit) {
  // One of 40 mini-batches is impacted.
  const double high = clopper_pearson({.successes = 1, .trials = 40}, share_confidence).high;
  const auto of = [](double limit) {
    return judge(clean_measurements(), policy_with(fmt::format("impacted_share = {}", limit)));
  };
  EXPECT_EQ(verdict_of(of(high), "kink-impact"), "pass");
  EXPECT_EQ(verdict_of(of(std::nextafter(high, 1.0)), "kink-impact"), "pass");
  const Judgement red = of(std::nextafter(high, 0.0));
  EXPECT_EQ(verdict_of(red, "kink-impact"), "fail");
  EXPECT_EQ(red.exit_code, 1);
  const Check check = checks_of(red, "kink-impact").front();
  EXPECT_EQ(check.seen, high);
  EXPECT_LT(*check.margin(), 0);
  EXPECT_EQ(check.mini_batch, 3);
  EXPECT_EQ(check.values, "0 against 1");
  EXPECT_EQ(check.policy.line, 3);
}

TEST(Judge, IsInconclusiveWhereTooFewMiniBatchesShowAShare) {
  Measurements measurements = clean_measurements();
  for (PrecisionResults& results : measurements.precisions) {
    results.comparisons[0].impacted = 0;
    results.comparisons[0].changes.clear();
    results.comparisons[0].control.reset();
  }
  // 1 − 0.025^(1/40) = 0.0881: the limit just below cannot be shown, the one above can.
  const Judgement undecided = judge(measurements, policy_with("impacted_share = 0.088"));
  EXPECT_EQ(verdict_of(undecided, "kink-impact"), "inconclusive");
  EXPECT_EQ(undecided.exit_code, 5);
  EXPECT_THAT(undecided.headline, HasSubstr("takes 41 mini-batches"));
  EXPECT_EQ(judge(measurements, policy_with("impacted_share = 0.0882")).outcome, Outcome::green);
}

TEST(Judge, CountsTheReferencesOwnErrorIn) {
  const auto of = [](double error, double bound) {
    Measurements measurements = clean_measurements();
    at_fp32(measurements).reference[0].relative_l2 = error;
    at_fp32(measurements).reference[0].bound = bound;
    return verdict_of(judge(measurements, policy_with("reference_error = 0.5")), "reference-error");
  };
  EXPECT_EQ(of(0.375, 0.125), "pass");
  EXPECT_EQ(of(0.375, std::nextafter(0.125, 1.0)), "pass");  // the sum rounds to 0.5
  EXPECT_EQ(of(0.375, 0.1251), "inconclusive");
  EXPECT_EQ(of(0.625, 0.125), "inconclusive");
  EXPECT_EQ(of(0.626, 0.125), "fail");
  EXPECT_EQ(of(0.1, std::nan("")), "fail");
}

TEST(Judge, DerivesLimitsFromTheSizesOfTheSums) {
  Measurements measurements = clean_measurements();
  const double bound = probabilistic_rounding_bound(Precision::fp32, 6, 100);
  const auto of = [&measurements] {
    return verdict_of(judge(measurements, default_policy()), "precision-error");
  };
  double& error = at_fp32(measurements).errors[0].relative_l2;
  error = bound;
  EXPECT_EQ(of(), "pass");
  error = std::nextafter(bound, 1.0);
  EXPECT_EQ(of(), "fail");
  set_luck(measurements, LuckKind::split, 2 * bound);
  EXPECT_EQ(verdict_of(judge(measurements, default_policy()), "luck-order"), "pass");
  set_luck(measurements, LuckKind::split, std::nextafter(2 * bound, 1.0));
  EXPECT_EQ(verdict_of(judge(measurements, default_policy()), "luck-order"), "fail");
}

TEST(Judge, HoldsDerivedLimitsAgainstWhatIsSummed) {
  Measurements measurements = clean_measurements();
  const double bound = probabilistic_rounding_bound(Precision::fp32, 6, 100);
  TensorError& error = at_fp32(measurements).errors[0];
  error.relative_l2 = 1000 * bound;
  const auto of = [&](double difference, double times, const Policy& policy) {
    error.summed = SummedDifference{.difference = difference, .times = times, .mini_batch = 5};
    return checks_of(judge(measurements, policy), "precision-error").front();
  };
  EXPECT_EQ(of(bound, 1000, default_policy()).verdict, CheckVerdict::pass);
  const Check red = of(std::nextafter(bound, 1.0), 1000, default_policy());
  EXPECT_EQ(red.verdict, CheckVerdict::fail);
  EXPECT_EQ(red.seen, std::nextafter(bound, 1.0));
  EXPECT_EQ(red.allowed, bound);
  EXPECT_EQ(red.mini_batch, 5);
  EXPECT_EQ(red.unit, "L2, relative to what is summed");
  EXPECT_THAT(red.message, HasSubstr("adds up 1000 times as much as is left of it"));
  // Where nothing cancels, or is known to, the limit is on the gradient itself; and so is a number.
  EXPECT_EQ(of(1000 * bound, 1, default_policy()).seen, 1000 * bound);
  const Check number = of(bound / 2, 1000, policy_with(fmt::format("relative_error = {}", 999 * bound)));
  EXPECT_EQ(number.verdict, CheckVerdict::fail);
  EXPECT_EQ(number.seen, 1000 * bound);
  EXPECT_EQ(number.unit, "relative L2");
  const std::string tiers = "relative_error = {{ warn = {}, fail = 0.5 }}";
  EXPECT_EQ(of(bound, 1000, policy_with(fmt::format(fmt::runtime(tiers), "\"derived\""))).verdict,
            CheckVerdict::pass);
  EXPECT_EQ(of(2 * bound, 1000, policy_with(fmt::format(fmt::runtime(tiers), "\"derived\""))).verdict,
            CheckVerdict::warn);
  EXPECT_EQ(of(infinity, infinity, default_policy()).verdict, CheckVerdict::fail);
}

TEST(Judge, SaysWhereOnlySignsOfZeroChange) {
  Measurements measurements = clean_measurements();
  at_fp32(measurements).comparisons[0].signs_of_zero = 7;
  const Judgement judgement = judge(measurements, default_policy());
  EXPECT_EQ(judgement.exit_code, 0);
  EXPECT_THAT(
      judgement.notes,
      testing::Contains(HasSubstr("nothing but the signs of zeros in the gradient of 7 of 40 mini-batches")));
}

TEST(Judge, SaysFirstWhatIsNotANumber) {
  Measurements measurements = clean_measurements();
  at_fp32(measurements).comparisons[0].impacted = 20;
  EXPECT_EQ(judge(measurements, default_policy()).checks.front().rule, "kink-impact");
  at_fp32(measurements).gradients->tensors[1].nans = 1;
  EXPECT_EQ(judge(measurements, default_policy()).checks.front().rule, "nan");
  at_fp32(measurements).gradients->tensors[1].nans = 0;
  at_fp32(measurements).gradients->tensors[1].infinite = 1;
  EXPECT_EQ(judge(measurements, default_policy()).checks.front().rule, "non-finite");
}

TEST(Judge, SaysWhereNaNCameFromBeforeWhereItWentAndWhatIsMissing) {
  Measurements measurements = clean_measurements();
  at_fp32(measurements).reference.clear();
  at_fp32(measurements).errors[0].relative_l2 = std::nan("");
  at_fp32(measurements).gradients->tensors[1].nans = 1;
  measurements.kinks[0].counts[0].nan_inputs = 1;
  measurements.kinks[0].counts[0].first_nan = 0;
  measurements.plan.reference_mini_batches = 1;
  const Judgement judgement = judge(measurements, default_policy());
  std::vector<std::string> rules;
  for (const Check& check : judgement.checks) {
    if (check.verdict == CheckVerdict::fail && (rules.empty() || rules.back() != check.rule)) {
      rules.push_back(check.rule);
    }
  }
  EXPECT_THAT(rules, testing::ElementsAre("nan-at-kink", "nan", "precision-error", "missing-measurement"));
  EXPECT_THAT(judgement.headline, HasSubstr("1 NaN reached the kink 'relu' of aten::relu"));
  measurements.aborted = "stopped after 1 of 2 passes";
  EXPECT_EQ(judge(measurements, default_policy()).checks.front().rule, "crashed")
      << "which may explain it all";
}

TEST(Judge, CountsInWords) {
  Measurements measurements = clean_measurements();
  measurements.inputs.mini_batches = 1;
  at_fp32(measurements).gradients->tensors[1].nans = 1;
  const Judgement judgement = judge(measurements, policy_with("mini_batches = 2"));
  EXPECT_EQ(checks_of(judgement, "too-few-mini-batches").front().message,
            "1 mini-batch was measured; 2 are demanded");
  EXPECT_EQ(checks_of(judgement, "nan").front().message,
            "the gradient of 'b' at fp32 has 1 element that is NaN");
}

TEST(Judge, GivesNoNumberWhereNoneHelps) {
  Measurements measurements = clean_measurements();
  measurements.tensors[0].between_mini_batches = 6e-17;
  const Judgement judgement = judge(measurements, policy_with("value_change = \"off\""));
  const std::vector<Check> checks = checks_of(judgement, "precision-error");
  EXPECT_EQ(checks.front().verdict, CheckVerdict::inconclusive);
  EXPECT_THAT(checks.front().message, testing::AllOf(HasSubstr("and no number helps"),
                                                     HasSubstr("switch the limit off for this tensor")));
  EXPECT_THAT(input_error_of(
                  [&] { judge(measurements, policy_with("value_change = \"off\"\nrelative_error = 1e-3")); }),
              HasSubstr("and no number helps"));
}

TEST(Judge, IsInconclusiveWhereALimitCannotBeDerived) {
  Measurements measurements = clean_measurements();
  at_fp32(measurements).operations.reset();
  Judgement judgement = judge(measurements, default_policy());
  EXPECT_EQ(judgement.exit_code, 5);
  EXPECT_THAT(judgement.headline, HasSubstr("write a number in the policy"));
  // What does not move at all passes every limit.
  EXPECT_THAT(checks_of(judgement, "luck-order"),
              testing::Contains(testing::Field(&Check::verdict, CheckVerdict::pass)));
}

TEST(Judge, HoldsAVacuousDerivedLimitBackToWhatIsNot) {
  Measurements measurements = clean_measurements();  // 0.75 apart in "w"
  // 10 √n 2^-24 reaches log 2 at 1.4e12 operations, and the bound 1, which the zero gradient's error is.
  constexpr std::int64_t operations = 2'000'000'000'000;
  at_fp32(measurements).operations = operations;
  const double derived = probabilistic_rounding_bound(Precision::fp32, operations, 100);
  ASSERT_GT(derived, 1);
  const auto of = [&](double error, const Policy& policy) {
    at_fp32(measurements).errors[0].relative_l2 = error;
    const std::vector<Check> checks = checks_of(judge(measurements, policy), "precision-error");
    return *std::find_if(checks.begin(), checks.end(), [](const Check& check) {
      return check.precision == Precision::fp32 && check.tensor == "w";
    });
  };
  const double useful = std::nextafter(0.75, 0.0);
  const Check within = of(useful, default_policy());
  EXPECT_EQ(within.verdict, CheckVerdict::pass);
  EXPECT_EQ(within.allowed, useful);
  const Check between = of(0.75, default_policy());
  EXPECT_EQ(between.verdict, CheckVerdict::inconclusive);
  EXPECT_THAT(between.message, HasSubstr("is vacuous: the gradient of another mini-batch would pass it"));
  EXPECT_EQ(of(derived, default_policy()).verdict, CheckVerdict::inconclusive);
  EXPECT_EQ(of(std::nextafter(derived, 9.0), default_policy()).verdict, CheckVerdict::fail);
  // The other tier is a number, which holds as it does beside any other limit.
  const Policy warning =
      policy_with("[[override]]\nprecision = \"fp32\"\nrelative_error = { warn = 0.5, fail = \"derived\" }");
  EXPECT_EQ(of(0.5, warning).verdict, CheckVerdict::pass);
  const Check above = of(0.6, warning);
  EXPECT_EQ(above.verdict, CheckVerdict::warn);
  EXPECT_EQ(above.allowed, 0.5);
  EXPECT_THAT(above.message, HasSubstr("above 0.5 the policy warns"));
}

TEST(Judge, RefusesALimitThatAnotherMiniBatchWouldPass) {
  const Measurements measurements = clean_measurements();  // 0.75 apart in "w"
  EXPECT_NO_THROW(judge(measurements, policy_with("relative_error = 0.7499999999999999")));
  const std::string error =
      input_error_of([&measurements] { judge(measurements, policy_with("relative_error = 0.75")); });
  EXPECT_THAT(error, testing::StartsWith("relu0.toml:3:1: relative_error = 0.75 is vacuous for tensor 'w'"));
  EXPECT_THAT(error, HasSubstr("the gradient of another mini-batch would pass it"));
  EXPECT_THAT(error, HasSubstr(fmt::format("would not pass is {}:", std::nextafter(0.75, 0.0))));
  const std::string factor = input_error_of([] {
    Measurements far = clean_measurements();
    at_fp32(far).errors[0].plain_relative_l2 = 0.25;
    judge(far, policy_with("times_plain_error = 3"));
  });
  EXPECT_THAT(factor, HasSubstr("times_plain_error = 3 is vacuous for tensor 'w' at fp32"));
  EXPECT_THAT(input_error_of([&measurements] { judge(measurements, policy_with("ulp_error = 1024")); }),
              HasSubstr("vacuous for tensor 'w' at fp16"));
  EXPECT_NO_THROW(judge(measurements, policy_with("ulp_error = 1023.9")));
}

TEST(Judge, RefusesTiersThatTurnOutInverted) {
  const Measurements measurements = clean_measurements();
  EXPECT_THAT(input_error_of([&measurements] {
                judge(measurements, policy_with("relative_error = { warn = 0.5, fail = \"derived\" }"));
              }),
              HasSubstr("the tiers of relative_error are inverted"));
}

TEST(Judge, UsesNoDistanceThatTellsNothingApart) {
  Measurements measurements = clean_measurements();
  for (const double distance : {0.0, std::nan("")}) {
    measurements.tensors[0].between_mini_batches = distance;
    EXPECT_EQ(largest_useful_difference(measurements.tensors[0]), std::nextafter(1.0, 0.0));
  }
}

TEST(Judge, DoubtsADifferenceWithoutACleanControl) {
  Measurements measurements = clean_measurements();
  set_change(measurements, 0.5);
  at_fp32(measurements).comparisons[0].control->differing = 1;
  const Judgement judgement = judge(measurements, policy_with("value_change = 0.1\nimpacted_share = 0.01\n"
                                                              "control = \"warn\""));
  EXPECT_EQ(checks_of(judgement, "kink-change").front().verdict, CheckVerdict::inconclusive);
  EXPECT_EQ(verdict_of(judgement, "control"), "warn");
  // At fp16 the control is clean, and there the share fails.
  EXPECT_EQ(checks_of(judgement, "kink-impact").front().precision, Precision::fp16);
  EXPECT_EQ(checks_of(judgement, "kink-impact").back().verdict, CheckVerdict::inconclusive);
  EXPECT_EQ(verdict_of(judge(measurements, default_policy()), "control"), "fail");
}

TEST(Judge, FailsBitsThatDifferWhereNoneMay) {
  Measurements measurements = clean_measurements();
  at_fp32(measurements).luck[0].same_bits = false;
  EXPECT_EQ(judge(measurements, default_policy()).exit_code, 1);
  EXPECT_EQ(verdict_of(judge(measurements, policy_with("repeat_difference = 1e-30")), "luck-repeat"), "pass");
}

TEST(Judge, HoldsFlagsAgainstTheirTier) {
  Measurements measurements = clean_measurements();
  measurements.kinks[0].controlled = false;
  measurements.kinks[0].why_not_controlled = "it is in a fused kernel";
  at_fp32(measurements).reference[0].on_segment = false;
  at_fp32(measurements).reference.pop_back();
  measurements.reference_gaps = {{.operation = "aten::gelu",
                                  .source = {.file = "model.py", .line = 40, .text = ""},
                                  .why = "it is not supported"}};
  const Judgement defaults = judge(measurements, default_policy());
  EXPECT_EQ(verdict_of(defaults, "uncontrolled-kink"), "fail");
  EXPECT_EQ(verdict_of(defaults, "outside-segment"), "fail");
  EXPECT_EQ(verdict_of(defaults, "reference-missing"), "none");
  EXPECT_THAT(checks_of(defaults, "uncontrolled-kink").front().message, HasSubstr("in a fused kernel"));
  const Judgement demanding =
      judge(measurements, policy_with("uncontrolled_kink = \"warn\"\noutside_segment = \"off\"\n"
                                      "reference_missing = \"fail\""));
  EXPECT_EQ(verdict_of(demanding, "uncontrolled-kink"), "warn");
  EXPECT_EQ(verdict_of(demanding, "outside-segment"), "none");
  EXPECT_EQ(verdict_of(demanding, "reference-missing"), "fail");
  EXPECT_THAT(checks_of(demanding, "reference-missing").front().message,
              HasSubstr("aten::gelu (model.py:40): it is not supported"));
}

TEST(Judge, HoldsAKinkThatCannotBeSetAgainstThePolicyWhereItWasMetOrMayHaveBeen) {
  const auto judged = [](std::int64_t hits, bool located, const Policy& policy = default_policy()) {
    Measurements measurements = clean_measurements();
    KinkSite& site = measurements.kinks[0];
    site.controlled = false;
    site.located = located;
    for (KinkCount& count : site.counts) {
      count = {.precision = count.precision, .elements = 9, .other = hits};
    }
    // The only kink, so that there is nothing to compare.
    measurements.kinks.resize(1);
    measurements.plan.pairs.clear();
    for (PrecisionResults& results : measurements.precisions) {
      results.comparisons.clear();
    }
    return judge(measurements, policy);
  };
  const Judgement met = judged(3, true);
  EXPECT_EQ(met.exit_code, 1);
  EXPECT_THAT(checks_of(met, "uncontrolled-kink").front().message,
              testing::AllOf(HasSubstr("on which 3 inputs lie exactly"),
                             HasSubstr("operation = \"aten::relu\" and uncontrolled_kink = \"warn\"")));
  EXPECT_EQ(verdict_of(judged(0, false), "uncontrolled-kink"), "fail");
  EXPECT_EQ(verdict_of(judged(0, false), "unseen-kink"), "none") << "whether it was met is not known";
  const Judgement unmet = judged(0, true);
  EXPECT_EQ(verdict_of(unmet, "uncontrolled-kink"), "pass");
  EXPECT_EQ(verdict_of(unmet, "unseen-kink"), "warn");
  EXPECT_EQ(unmet.exit_code, 5) << "nothing was seen of any choice";
  const Judgement allowed = judged(3, true, policy_with("uncontrolled_kink = \"warn\""));
  EXPECT_EQ(verdict_of(allowed, "uncontrolled-kink"), "warn");
  EXPECT_EQ(verdict_of(allowed, "nothing-measured"), "none");
  EXPECT_EQ(allowed.exit_code, 5) << test::troubles(allowed);
}

TEST(Judge, FailsACallThatFailsWhereAnotherDoesNot) {
  Measurements measurements = clean_measurements();
  for (Luck& luck : at_fp32(measurements).luck) {
    if (luck.kind == LuckKind::calls) {
      luck = {.kind = LuckKind::calls, .what = "call 1 against call 4", .failure = "call 3 fails: no kernel"};
    }
  }
  const Judgement judgement = judge(measurements, default_policy());
  EXPECT_EQ(judgement.exit_code, 1);
  EXPECT_EQ(verdict_of(judgement, "missing-measurement"), "none");
  EXPECT_THAT(checks_of(judgement, "luck-order").front().message, HasSubstr("call 3 fails: no kernel"));
  EXPECT_EQ(judge(measurements, policy_with("order_difference = \"off\"")).exit_code, 0);
}

TEST(Judge, SaysHowToLeaveOutSamplesThatAreNone) {
  Measurements measurements = clean_measurements();
  set_luck(measurements, LuckKind::permuted, 0.25);
  const auto message = [&] {
    return checks_of(judge(measurements, default_policy()), "luck-order").front().message;
  };
  EXPECT_THAT(message(), testing::Not(HasSubstr("--luck"))) << "at fp64 it would have been left out";
  measurements.plan.errors = false;
  EXPECT_THAT(message(), HasSubstr("--luck repeat,calls,threads"));
}

TEST(Judge, SaysWhatTheReferenceLeftOutAndWhatZerosAre) {
  Measurements measurements = clean_measurements();
  measurements.reference_gaps = {{.operation = "aten::gelu",
                                  .source = {.file = "model.py", .line = 40, .text = ""},
                                  .why = "the networks of relu0 do not have it"}};
  at_fp32(measurements).zero_origins = {
      {.operation = "aten::relu in a", .structural = 4, .exact = 3, .rounding = 2, .undecided = 1},
      {.operation = "aten::relu in b", .structural = 0, .exact = 0, .rounding = 5, .undecided = 0}};
  const Judgement judgement = judge(measurements, default_policy());
  EXPECT_THAT(judgement.notes,
              testing::IsSupersetOf({HasSubstr("reference: aten::gelu (model.py:40): the networks of relu0"),
                                     HasSubstr("Of 15 exact zeros that kinks met at fp32")}));
  EXPECT_THAT(judgement.notes, testing::Contains(HasSubstr("7 are 0 in the real numbers too, 7 were made by "
                                                           "rounding, and 1 is undecided")));
}

TEST(Judge, MissesTheReferenceThatWasPlannedAndHasNoReason) {
  Measurements measurements = clean_measurements();
  measurements.plan.reference_mini_batches = 1;
  EXPECT_EQ(judge(measurements, default_policy()).exit_code, 0);
  at_fp32(measurements).reference.pop_back();
  EXPECT_EQ(verdict_of(judge(measurements, default_policy()), "missing-measurement"), "fail");
  measurements.reference_gaps = {{.operation = "aten::gelu", .source = {}, .why = "it is not supported"}};
  EXPECT_EQ(verdict_of(judge(measurements, default_policy()), "missing-measurement"), "none");
}

TEST(Judge, SaysHowFarAGradientLiesBesideTheOneSidedOnes) {
  Measurements measurements = clean_measurements();
  at_fp32(measurements).reference[0].on_segment = false;
  at_fp32(measurements).reference[0].off_segment = 0.125;
  EXPECT_THAT(checks_of(judge(measurements, default_policy()), "outside-segment").front().message,
              HasSubstr("but 0.125 (relative L2) outside"));
}

TEST(Judge, NamesTheReplayOfWhatItFound) {
  Measurements measurements = clean_measurements();
  at_fp32(measurements).errors[0].relative_l2 = 0.5;
  const Judgement judgement = judge(measurements, default_policy());
  const Check& check = judgement.checks.front();
  EXPECT_EQ(check.rule, "precision-error");
  EXPECT_EQ(check.tensor, "w");
  EXPECT_EQ(check.replay, "relu0 gate model.pt --inputs inputs.pt --precision fp32 --mini-batch 7");
  EXPECT_EQ(check.limit, "relative_error");
  EXPECT_THAT(judgement.headline, testing::StartsWith("red: 1 failed, 0 inconclusive, 0 warnings, "));
  EXPECT_THAT(judgement.headline, HasSubstr("'w' at fp32 lies 0.5"));
}

TEST(Judge, HoldsAReplayOfOneMiniBatchAgainstNoLimitOnAllOfThem) {
  const Policy policy =
      policy_with("value_change = 0.1\nimpacted_share = 0.5\nmini_batches = 30\nunseen_kink = \"fail\"");
  Measurements all = clean_measurements();
  set_change(all, 0.5);
  at_fp32(all).comparisons[0].impacted = 40;
  const Judgement whole = judge(all, policy);
  EXPECT_EQ(verdict_of(whole, "kink-impact"), "fail");
  const Check share = checks_of(whole, "kink-impact").front();
  EXPECT_EQ(share.replay, "relu0 gate model.pt --inputs inputs.pt --precision fp32")
      << "one mini-batch shows no share";
  const Check found = checks_of(whole, "kink-change").front();
  ASSERT_EQ(found.mini_batch, 3);

  Measurements one = all;
  one.inputs.mini_batches = 1;
  one.inputs.replayed = 3;
  for (PrecisionResults& results : one.precisions) {
    results.gradients->mini_batches = 1;
    for (PairComparison& comparison : results.comparisons) {
      comparison.mini_batches = 1;
      comparison.impacted = 1;
      comparison.first_impacted = 0;
      for (TensorChange& change : comparison.changes) {
        change.mini_batch = 0;
      }
    }
  }
  for (KinkSite& site : one.kinks) {
    site.probes.clear();
    for (KinkCount& count : site.counts) {
      count = {.precision = count.precision};
    }
  }
  const Judgement replay = judge(one, policy);
  EXPECT_EQ(verdict_of(replay, "kink-impact"), "none");
  EXPECT_EQ(verdict_of(replay, "too-few-mini-batches"), "none");
  EXPECT_NE(verdict_of(replay, "unseen-kink"), "fail");
  const Check again = checks_of(replay, "kink-change").front();
  EXPECT_EQ(identity(again), identity(found));
  EXPECT_EQ(again.verdict, CheckVerdict::fail);
  EXPECT_EQ(again.seen, found.seen);
  EXPECT_EQ(again.allowed, found.allowed);
  EXPECT_EQ(again.mini_batch, 3) << "by its number among all";
  EXPECT_EQ(again.replay, found.replay);
  EXPECT_THAT(
      replay.notes,
      testing::IsSupersetOf({HasSubstr("A replay of mini-batch 3 alone: limits on the share"),
                             HasSubstr("relu = 0 against 1 changes the gradient of mini-batch 3 at fp32")}));
}

TEST(Judge, TellsFiguresApartThatLieNextToTheirLimit) {
  Measurements measurements = clean_measurements();
  at_fp32(measurements).errors[0].relative_l2 = std::nextafter(0.01, 1.0);
  const Judgement judgement = judge(measurements, policy_with("relative_error = 0.01"));
  const auto facts = facts_of(judgement.checks.front());
  EXPECT_THAT(facts, testing::Contains(testing::Pair("seen", "0.010000000000000002 (relative L2)")));
  EXPECT_THAT(facts, testing::Contains(testing::Pair("allowed", "0.01 (relative L2)")));
}

TEST(Judge, WarnsOfAnOverrideThatFitsNothing) {
  const auto of = [](const std::string& selector, const std::string& limit) {
    return verdict_of(judge(clean_measurements(),
                            parse_policy("version = 1\n[[override]]\n" + selector + "\n" + limit, "p")),
                      "unused-override");
  };
  EXPECT_EQ(of("tensor = \"wieght\"", "relative_error = 0.5"), "warn");
  EXPECT_EQ(of("tensor = \"w*\"", "relative_error = 0.5"), "none");
  EXPECT_EQ(of("precision = \"bf16\"", "relative_error = 0.5"), "warn");
  EXPECT_EQ(of("operation = \"aten::abs\"", "unseen_kink = \"off\""), "warn");
  EXPECT_EQ(of("operation = \"aten::*\"", "unseen_kink = \"off\""), "none");
}

TEST(Judge, NamesWhatAMisspeltPatternMayHaveMeant) {
  const auto warning = [](const std::string& selector, const std::string& limit) {
    Measurements measurements = clean_measurements();
    measurements.tensors[0].name = "fc.weight";
    return checks_of(judge(measurements,
                           parse_policy("version = 1\n[[override]]\n" + selector + "\n" + limit, "p")),
                     "unused-override")
        .front()
        .message;
  };
  EXPECT_THAT(warning("tensor = \"fc.wieght\"", "relative_error = 0.5"),
              HasSubstr("no tensor is named like 'fc.wieght'; did you mean 'fc.weight'?"));
  EXPECT_THAT(warning("operation = \"aten::rleu\"", "unseen_kink = \"off\""),
              HasSubstr("no kink's operation is named like 'aten::rleu'; did you mean 'aten::relu'?"));
  EXPECT_THAT(warning("tensor = \"something.else\"", "relative_error = 0.5"),
              testing::Not(HasSubstr("did you mean")));
}

}  // namespace
}  // namespace relu0::gate
