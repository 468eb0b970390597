#include "suites/gate/limits.hpp"

#include <cmath>

namespace relu0::gate {

namespace {

constexpr Threshold zero{};
constexpr Threshold by_rounding{.value = 0, .derived = true};
constexpr Tiers off{};
constexpr Tiers fail_above_zero{.warn = {}, .fail = zero};
constexpr Tiers warn_above_zero{.warn = zero, .fail = {}};
constexpr Tiers fail_above_rounding{.warn = {}, .fail = by_rounding};

/// At most one mini-batch in five: what the default number of mini-batches can show.
constexpr double default_share = 0.2;
constexpr double default_mini_batches = 17;

constexpr std::string_view unit_l2 = "relative L2";
constexpr std::string_view derivation_of_rounding =
    "\"derived\": how far the roundings of a pass's operations and of their sums reach at the precision, but "
    "for a probability of 1e-6 (probabilistic_rounding_bound() in rounding_bound.hpp), relative to what the "
    "gradient adds up, which is more than the gradient where terms cancel (summed_difference.hpp); below "
    "that, rounding alone may be the cause.";
constexpr std::string_view derivation_of_change =
    "\"derived\": how far the roundings of a pass's operations and of their sums reach at the precision, but "
    "for a probability of 1e-6 (probabilistic_rounding_bound() in rounding_bound.hpp), relative to the "
    "gradient; of a gradient that rounding alone could make, relative to what it adds up "
    "(summed_difference.hpp).";
constexpr std::string_view derivation_of_off =
    "Off: what is enough depends on the model, and nothing here can derive it.";

constexpr std::array<LimitDescription, limit_count> descriptions{{
    {Limit::mini_batches,
     "mini_batches",
     "too-few-mini-batches",
     "mini-batches",
     Quantity::minimum,
     Selects::nothing,
     false,
     {.warn = {}, .fail = Threshold{.value = default_mini_batches}},
     "How many mini-batches must be measured; with fewer the gate is inconclusive.",
     "17 is the fewest of which none impacted brings the upper end of the 95 % interval, "
     "1 - 0.025^(1/17) = 0.195, below the default of impacted_share."},
    {Limit::impacted_share,
     "impacted_share",
     "kink-impact",
     "upper end of the share's 95 % interval",
     Quantity::share,
     Selects::nothing,
     true,
     {.warn = {}, .fail = Threshold{.value = default_share}},
     "The share of mini-batches whose gradient the choice at a kink changes: the upper end of its exact "
     "(Clopper-Pearson) interval.",
     "0.2, one in five, is what the default number of mini-batches can show when it finds none."},
    {Limit::value_change, "value_change", "kink-change", unit_l2, Quantity::relative, Selects::tensor, true,
     fail_above_rounding,
     "How far a tensor's gradient moves from one choice at a kink to another, in the worst mini-batch.",
     derivation_of_change},
    {Limit::probed_change, "probed_change", "kink-probe", unit_l2, Quantity::relative, Selects::operation,
     false, off, "How far the gradient would move if the operation's input lay on its kink (--probe-kinks).",
     "Off: a network trained to use the operation depends on its slope there. Where no kink was met and this "
     "is off, probes are held against nothing, which the first line says."},
    {Limit::relative_error, "relative_error", "precision-error", unit_l2, Quantity::relative, Selects::tensor,
     true, fail_above_rounding,
     "How far a tensor's gradient lies from the one at fp64 on the same branches: each operation on the side "
     "of its kinks on which it was at this precision.",
     derivation_of_rounding},
    {Limit::ulp_error, "ulp_error", "precision-ulps", "ulp", Quantity::ulps, Selects::tensor, true, off,
     "The largest error of an element against fp64, in units of the precision's last place.",
     derivation_of_off},
    {Limit::times_plain_error, "times_plain_error", "precision-against-plain",
     "times the error of plain LibTorch", Quantity::factor, Selects::tensor, true, off,
     "The error against fp64 as a multiple of plain LibTorch's own at this precision, which counts as the "
     "unit roundoff where it is smaller.",
     derivation_of_off},
    {Limit::branch_change, "branch_change", "precision-branches", unit_l2, Quantity::relative,
     Selects::tensor, true, off,
     "How far a tensor's gradient at fp64 moves when each operation takes the side of its kinks on which it "
     "was at this precision.",
     "Off: how many inputs lie within rounding of a kink depends on the model and its mini-batches."},
    {Limit::non_finite, "non_finite", "non-finite", "elements", Quantity::count, Selects::tensor, true,
     fail_above_zero, "Infinite elements of a tensor's gradient. A NaN is red whatever this allows.",
     "0: a finite network has a finite gradient, so an infinite one overflowed."},
    {Limit::zero_gradients, "zero_gradients", "zero-gradient", "mini-batches", Quantity::count,
     Selects::nothing, true, fail_above_zero,
     "Mini-batches whose whole gradient is 0. Where all are, the gate is red whatever this allows.",
     "0: nothing can be judged on a gradient of 0."},
    {Limit::control, "control", "control", "mini-batches that differ from themselves", Quantity::flag,
     Selects::nothing, true, fail_above_zero,
     "The same choice twice gives other bits: a difference between choices says nothing then.",
     "\"fail\": the same computation gives the same bits where the machine is deterministic."},
    {Limit::repeat_difference, "repeat_difference", "luck-repeat", unit_l2, Quantity::relative,
     Selects::tensor, true, fail_above_zero,
     "How far the gradient of the same call moves when it is repeated. At 0 the bits must be the same.",
     "0: the same computation gives the same bits."},
    {Limit::order_difference, "order_difference", "luck-order", unit_l2, Quantity::relative, Selects::tensor,
     true, fail_above_rounding,
     "How far the gradient moves from the module's first call to its fourth under TorchScript's own "
     "executor, which may fuse operations in between, with another number of threads, another order of the "
     "samples, or a mini-batch in two halves.",
     "\"derived\": twice how far roundings reach at the precision, as both gradients have an error of their "
     "own."},
    {Limit::unseen_kink, "unseen_kink", "unseen-kink", "kinks", Quantity::flag, Selects::operation, false,
     warn_above_zero, "A kink of the graph that no mini-batch met and that was not probed.",
     "\"warn\": a gate says nothing about what it has not seen; where that is all of them, it is never "
     "green."},
    {Limit::uncontrolled_kink, "uncontrolled_kink", "uncontrolled-kink", "kinks", Quantity::flag,
     Selects::operation, false, fail_above_zero,
     "A kink that a mini-batch met, or may have met, and whose choice relu0 cannot set.",
     "\"fail\": what depends on it was not measured."},
    {Limit::reference_error, "reference_error", "reference-error", unit_l2, Quantity::relative,
     Selects::tensor, true, fail_above_rounding,
     "How far a tensor's gradient lies from the reference's, whose own error is counted in.",
     derivation_of_rounding},
    {Limit::reference_ulps, "reference_ulps", "reference-ulps", "ulp", Quantity::ulps, Selects::tensor, true,
     off, "The largest error of an element against the reference, in units of the precision's last place.",
     derivation_of_off},
    {Limit::reference_missing, "reference_missing", "reference-missing", "tensors", Quantity::flag,
     Selects::tensor, true, off, "A tensor that the reference did not compute.",
     "Off: not every graph can be imported. \"fail\" demands the reference."},
    {Limit::outside_segment, "outside_segment", "outside-segment", "tensors", Quantity::flag, Selects::tensor,
     true, fail_above_zero, "A gradient at a kink that does not lie between the one-sided ones.",
     "\"fail\": every choice from 0 to 1 gives a gradient between them."},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < limit_count; ++i) {
    if (static_cast<std::size_t>(descriptions[i].limit) != i) {
      return false;
    }
  }
  return true;
}
static_assert(in_order(), "descriptions stand in the order of their enumerators");

}  // namespace

const LimitDescription& describe(Limit limit) { return descriptions.at(static_cast<std::size_t>(limit)); }

const std::array<LimitDescription, limit_count>& all_limits() { return descriptions; }

Limit limit_on(LuckKind kind) {
  return kind == LuckKind::repeat ? Limit::repeat_difference : Limit::order_difference;
}

std::int64_t mini_batches_that_show(double share) {
  return static_cast<std::int64_t>(std::ceil(std::log((1 - share_confidence) / 2) / std::log1p(-share)));
}

}  // namespace relu0::gate
