#include "suites/json_numbers.hpp"

#include "reports/store.hpp"

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

}  // namespace relu0
