#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/measure_settings.hpp"
#include "analysis/gate/site_table.hpp"

#include <vector>

namespace relu0::gate {

/// Probes every controlled kink of the table that no mini-batch met: in one mini-batch, an input of the
/// operation is moved onto its kink (ScriptProbe), and the gradients with the two choices of each pair of
/// that kink are compared. Elements are tried from the nearest on until a gradient reaches one, `most_tries`
/// at most; where none does, the choice changes nothing there, which is what the probe then says. Notes why a
/// kink cannot be probed: ties lie between inputs, data carry no gradient, and the model's own inputs and
/// parameters are not moved.
void probe_kinks(SiteTable& sites, const std::vector<ValuePair>& pairs, ScriptRunner& runner,
                 const ScriptBatch& batch, std::int64_t mini_batch);

/// How many elements are tried.
inline constexpr std::int64_t most_tries = 8;

}  // namespace relu0::gate
