#pragma once
#include "suites/gate/check_list.hpp"

namespace relu0::gate {

/// Adds a failing check for everything that was planned and is not there, or that contradicts itself: rule
/// "nothing-measured" where there is no mini-batch, tensor, precision or pair of choices at all,
/// "missing-measurement" for the rest. What the plan demands at each of its precisions: a comparison of each
/// pair and the gradients on every mini-batch and of every tensor, the errors of every tensor (but at fp64),
/// a run of each kind of luck, and a count for each kink. A pair that changed no mini-batch needs no changes
/// and no control: the forward pass proves it.
void require_complete(CheckList& list, const Measurements& measurements);

/// Whether a comparison can be what it says: as many mini-batches impacted as there are, and a tensor changed
/// only where one was.
bool is_consistent(const PairComparison& comparison);

}  // namespace relu0::gate
