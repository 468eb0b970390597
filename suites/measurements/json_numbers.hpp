#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0 {

/// A double for a measurement in the store: JSON has no infinities and NaNs, which become "inf", "-inf" and
/// "nan".
nlohmann::json number_to_json(double value);
/// Its inverse. Throws nlohmann::json::exception, or StoreError for another text.
double number_from_json(const nlohmann::json& json);

/// The same for a list of them.
nlohmann::json numbers_to_json(const std::vector<double>& values);
std::vector<double> numbers_from_json(const nlohmann::json& json);

/// null where absent.
nlohmann::json optional_to_json(const std::optional<std::int64_t>& value);
std::optional<std::int64_t> optional_from_json(const nlohmann::json& json);

}  // namespace relu0
