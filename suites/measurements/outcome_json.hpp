#pragma once
#include "analysis/impact/sweep.hpp"

#include <nlohmann/json.hpp>

namespace relu0 {

/// A sweep's outcome as the store keeps it, and back; absent values are null. outcome_from_json throws
/// StoreError when the values are not such an outcome.
nlohmann::json to_json(const SweepOutcome& outcome);
SweepOutcome outcome_from_json(const nlohmann::json& json);

}  // namespace relu0
