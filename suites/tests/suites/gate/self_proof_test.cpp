// Faults injected one at a time into measurements that pass: each must turn the gate red or inconclusive,
// with the code of the design.
#include "suites/gate/judge.hpp"
#include "suites/tests/suites/gate/gate_support.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <ostream>
#include <string>

#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using test::at_fp32;

struct Fault {
  std::string name;
  std::function<void(Measurements&)> inject;
  int exit_code;
  std::string rule;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class SelfProof : public testing::TestWithParam<Fault> {};

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

constexpr double one_ulp = std::numeric_limits<float>::epsilon() / 2;

void set_all_zero(Measurements& measurements) {
  Gradients& gradients = *at_fp32(measurements).gradients;
  for (TensorGradient& gradient : gradients.tensors) {
    gradient.smallest_norm = 0;
    gradient.largest_norm = 0;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, SelfProof,
    testing::Values(
        Fault{"one_ulp_in_one_gradient",
              [](Measurements& m) {
                at_fp32(m).luck[0].same_bits = false;
                at_fp32(m).luck[0].changes[0].change = one_ulp;
              },
              1, "luck-repeat"},
        Fault{"one_ulp_in_the_same_call_again",
              [](Measurements& m) {
                at_fp32(m).luck[0].same_bits = false;
                at_fp32(m).luck[0].changes[1].change = one_ulp;
              },
              1, "luck-repeat"},
        Fault{"choice_at_one_kink",
              [](Measurements& m) { at_fp32(m).comparisons[0].changes[0].change = 0.1; }, 1, "kink-change"},
        Fault{"choice_that_impacts_often", [](Measurements& m) { at_fp32(m).comparisons[0].impacted = 20; },
              1, "kink-impact"},
        Fault{"crashed_worker", [](Measurements& m) { m.aborted = "worker 3 ended by signal 11"; }, 1,
              "crashed"},
        Fault{"crashed_before_anything",
              [](Measurements& m) {
                m = Measurements{};
                m.aborted = "the model could not be run";
              },
              1, "crashed"},
        Fault{"nothing_at_all", [](Measurements& m) { m = Measurements{}; }, 1, "nothing-measured"},
        Fault{"no_mini_batch", [](Measurements& m) { m.inputs.mini_batches = 0; }, 1, "nothing-measured"},
        Fault{"no_tensor", [](Measurements& m) { m.tensors.clear(); }, 1, "nothing-measured"},
        Fault{"no_pair", [](Measurements& m) { m.plan.pairs.clear(); }, 1, "nothing-measured"},
        Fault{"dropped_precision", [](Measurements& m) { m.precisions.pop_back(); }, 1,
              "missing-measurement"},
        Fault{"doubled_precision", [](Measurements& m) { m.precisions.push_back(m.precisions[0]); }, 1,
              "missing-measurement"},
        Fault{"dropped_comparison", [](Measurements& m) { at_fp32(m).comparisons.clear(); }, 1,
              "missing-measurement"},
        Fault{"dropped_mini_batch", [](Measurements& m) { --at_fp32(m).comparisons[0].mini_batches; }, 1,
              "missing-measurement"},
        Fault{"dropped_tensor", [](Measurements& m) { at_fp32(m).comparisons[0].changes.pop_back(); }, 1,
              "missing-measurement"},
        Fault{"doubled_tensor",
              [](Measurements& m) {
                auto& changes = at_fp32(m).comparisons[0].changes;
                changes[1] = changes[0];
              },
              1, "missing-measurement"},
        Fault{"dropped_control", [](Measurements& m) { at_fp32(m).comparisons[0].control.reset(); }, 1,
              "missing-measurement"},
        Fault{"dropped_gradients", [](Measurements& m) { at_fp32(m).gradients.reset(); }, 1,
              "missing-measurement"},
        Fault{"dropped_error", [](Measurements& m) { at_fp32(m).errors.pop_back(); }, 1,
              "missing-measurement"},
        Fault{"dropped_luck", [](Measurements& m) { at_fp32(m).luck.pop_back(); }, 1, "missing-measurement"},
        Fault{"dropped_luck_of_a_tensor", [](Measurements& m) { at_fp32(m).luck[2].changes.pop_back(); }, 1,
              "missing-measurement"},
        Fault{"dropped_count", [](Measurements& m) { m.kinks[0].counts.pop_back(); }, 1,
              "missing-measurement"},
        Fault{"more_impacted_than_measured", [](Measurements& m) { at_fp32(m).comparisons[0].impacted = 41; },
              1, "missing-measurement"},
        Fault{"moved_without_impact",
              [](Measurements& m) {
                at_fp32(m).comparisons[0].impacted = 0;
                at_fp32(m).comparisons[0].changes[0].change = 0.1;
              },
              1, "missing-measurement"},
        Fault{"nan_in_a_gradient", [](Measurements& m) { at_fp32(m).gradients->tensors[1].nans = 1; }, 1,
              "nan"},
        Fault{"nan_norm",
              [](Measurements& m) { at_fp32(m).gradients->tensors[1].largest_norm = std::nan(""); }, 1,
              "nan"},
        Fault{"nan_at_a_kink", [](Measurements& m) { m.kinks[0].counts[1].nan_inputs = 1; }, 1,
              "nan-at-kink"},
        Fault{"nan_change",
              [](Measurements& m) { at_fp32(m).comparisons[0].changes[0].change = std::nan(""); }, 1,
              "kink-change"},
        Fault{"nan_error", [](Measurements& m) { at_fp32(m).errors[0].relative_l2 = std::nan(""); }, 1,
              "precision-error"},
        Fault{"nan_luck", [](Measurements& m) { at_fp32(m).luck[3].changes[0].change = std::nan(""); }, 1,
              "luck-order"},
        Fault{"infinite_gradient", [](Measurements& m) { at_fp32(m).gradients->tensors[0].infinite = 1; }, 1,
              "non-finite"},
        Fault{"all_zero_gradient", set_all_zero, 1, "zero-gradient"},
        Fault{"all_zero_mini_batches",
              [](Measurements& m) { at_fp32(m).gradients->zero_mini_batches = m.inputs.mini_batches; }, 1,
              "zero-gradient"},
        Fault{"zero_gradient_against_fp64", [](Measurements& m) { at_fp32(m).errors[0].relative_l2 = 1; }, 1,
              "precision-error"},
        Fault{"not_deterministic", [](Measurements& m) { at_fp32(m).comparisons[0].control->differing = 1; },
              1, "control"},
        Fault{"uncontrolled_kink", [](Measurements& m) { m.kinks[0].controlled = false; }, 1,
              "uncontrolled-kink"},
        Fault{"outside_the_segment", [](Measurements& m) { at_fp32(m).reference[0].on_segment = false; }, 1,
              "outside-segment"},
        Fault{"far_from_the_reference", [](Measurements& m) { at_fp32(m).reference[0].relative_l2 = 0.01; },
              1, "reference-error"},
        Fault{"no_kink_in_the_graph",
              [](Measurements& m) {
                m.kinks.clear();
                m.plan.pairs.clear();
              },
              5, "nothing-seen"},
        Fault{"no_kink_met",
              [](Measurements& m) {
                for (KinkCount& count : m.kinks[0].counts) {
                  count.positive_zeros = 0;
                }
              },
              5, "nothing-seen"}),
    [](const auto& test_case) { return test_case.param.name; });

TEST(SelfProofOfTheZeroGradient, IsRedWhateverThePolicyAllows) {
  Measurements measurements = test::clean_measurements();
  set_all_zero(measurements);
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

TEST(SelfProofOfProbes, IsGreenWithAKinkThatWasProbedOnlyAndSaysSoFirst) {
  Measurements measurements = test::clean_measurements();
  for (KinkCount& count : measurements.kinks[0].counts) {
    count.positive_zeros = 0;
  }
  measurements.kinks[0].probes = {
      {.pair = measurements.plan.pairs[0], .change = 0.3, .tensor = "w", .mini_batch = 1}};
  const Judgement judgement = judge(measurements, default_policy());
  EXPECT_EQ(judgement.exit_code, 0) << test::troubles(judgement);
  EXPECT_THAT(judgement.headline, testing::StartsWith("green: no kink was met; "));
}

}  // namespace
}  // namespace relu0::gate
