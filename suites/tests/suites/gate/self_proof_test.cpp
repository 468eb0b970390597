// The tables of `relu0 gate --self-test` that need no model: faults injected one at a time into measurements
// that pass, and figures on both sides of each limit.
#include "suites/gate/self_test/judged_faults.hpp"
#include "suites/gate/self_test/limit_cases.hpp"
#include "suites/tests/suites/gate/gate_support.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <set>
#include <string>

#include <gmock/gmock.h>

namespace relu0::gate {

void PrintTo(const JudgedFault& fault, std::ostream* out) { *out << fault.name; }

namespace {

class SelfProof : public testing::TestWithParam<JudgedFault> {};

TEST(SelfProofOfNoFault, IsGreen) {
  const Judgement judgement = judge(test::clean_measurements(), default_policy());
  EXPECT_EQ(judgement.outcome, Outcome::green) << test::troubles(judgement);
  EXPECT_EQ(judgement.exit_code, 0);
  EXPECT_EQ(count(judgement.checks, CheckVerdict::warn), 0) << test::troubles(judgement);
  EXPECT_THAT(judgement.headline, testing::StartsWith("green: 0 failed"));
}

TEST_P(SelfProof, IsNotGreen) {
  Measurements measurements = test::clean_measurements();
  GetParam().inject(measurements);
  const Judgement judgement = judge(measurements, default_policy());
  EXPECT_EQ(judgement.exit_code, GetParam().exit_code) << test::troubles(judgement);
  EXPECT_EQ(judgement.outcome, GetParam().exit_code == 1 ? Outcome::red : Outcome::inconclusive);
  EXPECT_EQ(judgement.checks.front().rule, GetParam().rule) << test::troubles(judgement);
}

INSTANTIATE_TEST_SUITE_P(Faults, SelfProof, testing::ValuesIn(judged_faults()),
                         [](const auto& test_case) { return test_case.param.name; });

TEST(SelfProofOfLimits, HasEachLimit) {
  std::set<Limit> limits;
  for (const LimitCase& limit : limit_cases()) {
    limits.insert(limit.limit);
  }
  EXPECT_EQ(limits.size(), limit_count);
}

TEST(SelfProofOfLimits, IsGreenJustInsideAndNotJustOutside) {
  for (const LimitCase& limit : limit_cases()) {
    SCOPED_TRACE(describe(limit.limit).key);
    const Policy policy = policy_of(limit, limit.allowed);
    const auto judged = [&limit, &policy](double figure) {
      Measurements measurements = test::clean_measurements();
      limit.measure(measurements, figure);
      return judge(measurements, policy);
    };
    const Judgement inside = judged(limit.inside);
    EXPECT_EQ(inside.exit_code, 0) << test::troubles(inside);
    const Judgement outside = judged(limit.outside);
    EXPECT_EQ(outside.exit_code, limit.exit_code) << test::troubles(outside);
    EXPECT_EQ(outside.checks.front().rule, describe(limit.limit).rule) << test::troubles(outside);
  }
}

TEST(SelfProofOfTheZeroGradient, IsRedWhateverThePolicyAllows) {
  Measurements measurements = test::clean_measurements();
  const auto all_zero =
      std::find_if(judged_faults().begin(), judged_faults().end(),
                   [](const JudgedFault& fault) { return fault.name == "all_zero_gradient"; });
  ASSERT_NE(all_zero, judged_faults().end());
  all_zero->inject(measurements);
  std::string off;
  for (const LimitDescription& limit : all_limits()) {
    // One is left, or the policy would be refused.
    off += limit.limit == Limit::control ? "" : std::string(limit.key) + " = \"off\"\n";
  }
  const Policy policy = test::policy_with(off);
  EXPECT_EQ(judge(measurements, policy).exit_code, 1);
  // A policy without limits still is not green on what was never looked at.
  measurements = test::clean_measurements();
  measurements.kinks[0].controlled = false;
  EXPECT_EQ(judge(measurements, policy).exit_code, 5);
  measurements = test::clean_measurements();
  measurements.kinks[0].counts[0].nan_inputs = 1;
  EXPECT_EQ(judge(measurements, policy).exit_code, 1);
}

TEST(SelfProofOfProbes, SayFirstThatNoKinkWasMetAndWhetherTheyAreHeld) {
  Measurements measurements = test::clean_measurements();
  for (KinkCount& count : measurements.kinks[0].counts) {
    count.positive_zeros = 0;
  }
  measurements.kinks[0].probes = {
      {.pair = measurements.plan.pairs[0], .change = 0.3, .tensor = "w", .mini_batch = 1}};
  const Judgement unheld = judge(measurements, default_policy());
  EXPECT_EQ(unheld.exit_code, 0) << test::troubles(unheld);
  EXPECT_THAT(unheld.headline,
              testing::StartsWith("green: no kink was met, and probes were held against no limit; "));
  EXPECT_EQ(test::verdict_of(unheld, "probes-not-held"), "warn");
  const Judgement held = judge(measurements, test::policy_with("probed_change = 0.3"));
  EXPECT_EQ(held.exit_code, 0) << test::troubles(held);
  EXPECT_THAT(held.headline, testing::StartsWith("green: no kink was met; "));
  EXPECT_EQ(test::verdict_of(held, "probes-not-held"), "none");
  EXPECT_EQ(judge(measurements, test::policy_with("probed_change = 0.2")).exit_code, 1);
}

}  // namespace
}  // namespace relu0::gate
