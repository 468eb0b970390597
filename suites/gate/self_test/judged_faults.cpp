#include "suites/gate/self_test/judged_faults.hpp"

#include "suites/gate/self_test/clean_measurements.hpp"

#include <cmath>
#include <limits>

namespace relu0::gate {

namespace {

constexpr double one_ulp = std::numeric_limits<float>::epsilon() / 2;

void set_all_zero(Measurements& measurements) {
  Gradients& gradients = *at_fp32(measurements).gradients;
  for (TensorGradient& gradient : gradients.tensors) {
    gradient.smallest_norm = 0;
    gradient.largest_norm = 0;
  }
}

}  // namespace

const std::vector<JudgedFault>& judged_faults() {
  static const std::vector<JudgedFault> faults{
      {"one_ulp_in_one_gradient",
       [](Measurements& m) {
         at_fp32(m).luck[0].same_bits = false;
         at_fp32(m).luck[0].changes[0].change = one_ulp;
       },
       1, "luck-repeat"},
      {"one_ulp_in_the_same_call_again",
       [](Measurements& m) {
         at_fp32(m).luck[0].same_bits = false;
         at_fp32(m).luck[0].changes[1].change = one_ulp;
       },
       1, "luck-repeat"},
      {"choice_at_one_kink", [](Measurements& m) { at_fp32(m).comparisons[0].changes[0].change = 0.1; }, 1,
       "kink-change"},
      {"choice_that_impacts_often", [](Measurements& m) { at_fp32(m).comparisons[0].impacted = 20; }, 1,
       "kink-impact"},
      {"crashed_worker", [](Measurements& m) { m.aborted = "worker 3 ended by signal 11"; }, 1, "crashed"},
      {"crashed_before_anything",
       [](Measurements& m) {
         m = Measurements{};
         m.aborted = "the model could not be run";
       },
       1, "crashed"},
      {"nothing_at_all", [](Measurements& m) { m = Measurements{}; }, 1, "nothing-measured"},
      {"no_mini_batch", [](Measurements& m) { m.inputs.mini_batches = 0; }, 1, "nothing-measured"},
      {"no_tensor", [](Measurements& m) { m.tensors.clear(); }, 1, "nothing-measured"},
      {"no_pair", [](Measurements& m) { m.plan.pairs.clear(); }, 1, "nothing-measured"},
      {"dropped_precision", [](Measurements& m) { m.precisions.pop_back(); }, 1, "missing-measurement"},
      {"doubled_precision", [](Measurements& m) { m.precisions.push_back(m.precisions[0]); }, 1,
       "missing-measurement"},
      {"dropped_comparison", [](Measurements& m) { at_fp32(m).comparisons.clear(); }, 1,
       "missing-measurement"},
      {"dropped_mini_batch", [](Measurements& m) { --at_fp32(m).comparisons[0].mini_batches; }, 1,
       "missing-measurement"},
      {"dropped_tensor", [](Measurements& m) { at_fp32(m).comparisons[0].changes.pop_back(); }, 1,
       "missing-measurement"},
      {"doubled_tensor",
       [](Measurements& m) {
         auto& changes = at_fp32(m).comparisons[0].changes;
         changes[1] = changes[0];
       },
       1, "missing-measurement"},
      {"dropped_control", [](Measurements& m) { at_fp32(m).comparisons[0].control.reset(); }, 1,
       "missing-measurement"},
      {"dropped_gradients", [](Measurements& m) { at_fp32(m).gradients.reset(); }, 1, "missing-measurement"},
      {"dropped_error", [](Measurements& m) { at_fp32(m).errors.pop_back(); }, 1, "missing-measurement"},
      {"dropped_luck", [](Measurements& m) { at_fp32(m).luck.pop_back(); }, 1, "missing-measurement"},
      {"dropped_luck_of_a_tensor", [](Measurements& m) { at_fp32(m).luck[2].changes.pop_back(); }, 1,
       "missing-measurement"},
      {"dropped_count", [](Measurements& m) { m.kinks[0].counts.pop_back(); }, 1, "missing-measurement"},
      {"more_impacted_than_measured", [](Measurements& m) { at_fp32(m).comparisons[0].impacted = 41; }, 1,
       "missing-measurement"},
      {"moved_without_impact",
       [](Measurements& m) {
         at_fp32(m).comparisons[0].impacted = 0;
         at_fp32(m).comparisons[0].changes[0].change = 0.1;
       },
       1, "missing-measurement"},
      {"nan_in_a_gradient", [](Measurements& m) { at_fp32(m).gradients->tensors[1].nans = 1; }, 1, "nan"},
      {"nan_norm", [](Measurements& m) { at_fp32(m).gradients->tensors[1].largest_norm = std::nan(""); }, 1,
       "nan"},
      {"nan_at_a_kink", [](Measurements& m) { m.kinks[0].counts[1].nan_inputs = 1; }, 1, "nan-at-kink"},
      {"nan_change", [](Measurements& m) { at_fp32(m).comparisons[0].changes[0].change = std::nan(""); }, 1,
       "kink-change"},
      {"nan_error", [](Measurements& m) { at_fp32(m).errors[0].relative_l2 = std::nan(""); }, 1,
       "precision-error"},
      {"nan_luck", [](Measurements& m) { at_fp32(m).luck[3].changes[0].change = std::nan(""); }, 1,
       "luck-order"},
      {"infinite_gradient", [](Measurements& m) { at_fp32(m).gradients->tensors[0].infinite = 1; }, 1,
       "non-finite"},
      {"all_zero_gradient", set_all_zero, 1, "zero-gradient"},
      {"all_zero_mini_batches",
       [](Measurements& m) { at_fp32(m).gradients->zero_mini_batches = m.inputs.mini_batches; }, 1,
       "zero-gradient"},
      {"zero_gradient_against_fp64", [](Measurements& m) { at_fp32(m).errors[0].relative_l2 = 1; }, 1,
       "precision-error"},
      {"not_deterministic", [](Measurements& m) { at_fp32(m).comparisons[0].control->differing = 1; }, 1,
       "control"},
      {"uncontrolled_kink", [](Measurements& m) { m.kinks[0].controlled = false; }, 1, "uncontrolled-kink"},
      {"outside_the_segment", [](Measurements& m) { at_fp32(m).reference[0].on_segment = false; }, 1,
       "outside-segment"},
      {"far_from_the_reference", [](Measurements& m) { at_fp32(m).reference[0].relative_l2 = 0.01; }, 1,
       "reference-error"},
      {"no_kink_in_the_graph",
       [](Measurements& m) {
         m.kinks.clear();
         m.plan.pairs.clear();
       },
       5, "nothing-seen"},
      {"no_kink_met",
       [](Measurements& m) {
         for (KinkCount& count : m.kinks[0].counts) {
           count.positive_zeros = 0;
         }
       },
       5, "nothing-seen"}};
  return faults;
}

}  // namespace relu0::gate
