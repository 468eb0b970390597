#pragma once
#include <nlohmann/json.hpp>

namespace relu0 {

/// A double for a measurement in the store: JSON has no infinities and NaNs, which become "inf", "-inf" and
/// "nan".
nlohmann::json number_to_json(double value);
/// Its inverse. Throws nlohmann::json::exception, or StoreError for another text.
double number_from_json(const nlohmann::json& json);

}  // namespace relu0
