#pragma once
#include "reports/model/results.hpp"
#include "suites/experiments/reference/zero_evidence.hpp"

namespace relu0 {

/// What the zeros are: a row per network and precision that was measured.
Table zero_origin_table(const std::string& experiment, const std::vector<ZeroEvidence>& evidence);

/// The same by layer: a row per layer that met a zero at some precision, a column per precision.
Table zeros_by_layer_table(const std::string& experiment, const std::vector<ZeroEvidence>& evidence);

}  // namespace relu0
