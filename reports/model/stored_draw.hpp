#pragma once
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace relu0 {

/// What a measurement of one draw gave. The key is the canonical JSON text of all that the measurement
/// depends on besides the draw (network, precision, batch size, data, seed ...), and stands for the
/// measurement.
struct StoredDraw {
  std::string key;
  std::int64_t draw = 0;
  nlohmann::json values;
};

}  // namespace relu0
