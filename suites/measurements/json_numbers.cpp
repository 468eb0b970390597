#include "suites/measurements/json_numbers.hpp"

#include "reports/store/store.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace relu0 {

nlohmann::json number_to_json(double value) {
  if (std::isfinite(value)) {
    return value;
  }
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double number_from_json(const nlohmann::json& json) {
  if (!json.is_string()) {
    return json.get<double>();
  }
  const auto text = json.get<std::string>();
  if (text == "nan") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (text != "inf" && text != "-inf") {
    throw StoreError(fmt::format("'{}' is no number", text));
  }
  return (text == "inf" ? 1 : -1) * std::numeric_limits<double>::infinity();
}

nlohmann::json numbers_to_json(const std::vector<double>& values) {
  nlohmann::json result = nlohmann::json::array();
  for (const double value : values) {
    result.push_back(number_to_json(value));
  }
  return result;
}

std::vector<double> numbers_from_json(const nlohmann::json& json) {
  std::vector<double> result;
  for (const nlohmann::json& value : json) {
    result.push_back(number_from_json(value));
  }
  return result;
}

nlohmann::json optional_to_json(const std::optional<std::int64_t>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

std::optional<std::int64_t> optional_from_json(const nlohmann::json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<std::int64_t>());
}

}  // namespace relu0
