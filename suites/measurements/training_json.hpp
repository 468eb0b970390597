#pragma once
#include "analysis/training/divergence.hpp"
#include "analysis/training/zero_training.hpp"

#include <nlohmann/json.hpp>

namespace relu0 {

/// @name Measurements on trainings as the store keeps them, and back
/// The functions from JSON throw StoreError when the values are not such a measurement.
/// @{
nlohmann::json to_json(const DivergenceOutcome& outcome);
DivergenceOutcome divergence_from_json(const nlohmann::json& json);

nlohmann::json to_json(const ZeroTrainingOutcome& outcome);
ZeroTrainingOutcome zero_training_from_json(const nlohmann::json& json);
/// @}

}  // namespace relu0
