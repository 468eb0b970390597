#pragma once
#include "reports/model/results.hpp"
#include "suites/experiments/kinks/kink_evidence.hpp"

#include <vector>

namespace relu0::kink_tables {

/// Share of mini-batches whose gradient differs between the two sides of a kink, by kink and precision.
void append_figure(const std::vector<kink_evidence::KinkEvidence>& evidence, Results& results);

/// A row for each setting that was measured and each kind of kink that its network has.
void append_table(const std::vector<kink_evidence::KinkEvidence>& evidence, Results& results);

}  // namespace relu0::kink_tables
