#pragma once
#include "reports/model/gate/judgement.hpp"
#include "suites/gate/policy/policy.hpp"

#include <string>
#include <vector>

namespace relu0::gate {

/// Holds what was measured against the policy.
///
/// - Red (exit code 1) where any check fails. Whatever the policy allows, these do: a measurement that was
///   aborted (rule "crashed"), measured nothing ("nothing-measured"), lacks what was planned or contradicts
///   itself ("missing-measurement"), met a NaN in a gradient, a figure ("nan") or a kink's input
///   ("nan-at-kink"), or found nothing but gradients of 0 ("zero-gradient").
/// - Inconclusive (5) where none fails and one cannot be decided: no kink was met or probed whose choice
///   could be set ("nothing-seen"; where kinks were probed only, and no limit is on that, it is a warning
///   that the first line says, "probes-not-held"), too few mini-batches, a difference without a clean
///   control, a limit that cannot be derived, a reference whose own error spans the limit.
/// - Inconclusive with exit code 4 where one of these is that a baseline holds no environment like this one
///   ("baseline-environment").
/// - Green (0) otherwise.
///
/// A value on a limit passes. An impacted share whose interval ends above its limit fails; where no
/// mini-batch was impacted it is inconclusive instead, and says how many mini-batches it takes.
///
/// A replay of one mini-batch (InputFacts::replayed) is held against no limit on shares of mini-batches, on
/// their number and on kinks that none of them meets, and the notes say so: it shows what was found on that
/// mini-batch, figure by figure.
///
/// `further`: checks made elsewhere (of a baseline), which count like the others. Throws InputError, which
/// names the policy's place and the largest useful limit, for a limit that is vacuous for what was measured
/// (largest_useful_difference(), largest_useful_ulps()), and for tiers that are inverted once the derived
/// one is known.
Judgement judge(const Measurements& measurements, const Policy& policy, std::vector<Check> further = {});

/// The command that measures one precision and one mini-batch again, or all that were measured where these
/// are absent: the gate's own with "--precision" and "--mini-batch" added.
std::string replay_command(const Measurements& measurements, std::optional<Precision> precision,
                           std::optional<std::int64_t> mini_batch);

}  // namespace relu0::gate
