#include "reports/codec/non_finite.hpp"

#include <cmath>
#include <limits>

namespace relu0 {

std::string_view non_finite_word(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "Infinity" : "-Infinity";
  }
  return "";
}

std::optional<double> non_finite_number(std::string_view word) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (word == "NaN" || word == "nan") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (word == "Infinity" || word == "inf") {
    return infinity;
  }
  if (word == "-Infinity" || word == "-inf") {
    return -infinity;
  }
  return std::nullopt;
}

}  // namespace relu0
