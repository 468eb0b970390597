#pragma once
#include "analysis/error/reference_error.hpp"
#include "analysis/zeros/zero_origins.hpp"

#include <nlohmann/json.hpp>

namespace relu0 {

/// @name Measurements against the reference as the store keeps them, and back
/// The functions from JSON throw StoreError when the values are not such a measurement.
/// @{
nlohmann::json to_json(const ReferenceErrorOutcome& outcome);
ReferenceErrorOutcome reference_error_from_json(const nlohmann::json& json);

nlohmann::json to_json(const ZeroOriginsOutcome& outcome);
ZeroOriginsOutcome zero_origins_from_json(const nlohmann::json& json);
/// @}

}  // namespace relu0
