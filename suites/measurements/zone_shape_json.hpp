#pragma once
#include "analysis/zone/zone_shape.hpp"

#include <nlohmann/json.hpp>

namespace relu0 {

/// A slice around a zero as the store keeps it, and back; its panels are packed numbers
/// (reports/codec/packed_numbers.hpp). zone_shape_from_json throws StoreError when the values are not such an
/// outcome.
nlohmann::json to_json(const ZoneShapeOutcome& outcome);
ZoneShapeOutcome zone_shape_from_json(const nlohmann::json& json);

}  // namespace relu0
