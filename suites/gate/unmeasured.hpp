#pragma once
#include "suites/gate/check_list.hpp"
#include "suites/gate/policy/policy.hpp"

namespace relu0::gate {

/// Adds an inconclusive check for each limit that the policy's file sets and that this run measured nothing
/// for: errors against fp64 with --no-errors, kinds of luck that were left out, the reference that did not
/// run. Its author relies on it.
void note_unmeasured_limits(CheckList& list, const Measurements& measurements, const Policy& policy);

}  // namespace relu0::gate
