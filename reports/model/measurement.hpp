#pragma once
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace relu0 {

/// What one draw gave in one cell of an experiment. A cell is a fixed setting (network, precision, batch
/// size, data, seed ...); its key is the canonical JSON text of that setting.
struct StoredDraw {
  std::string cell;
  std::int64_t draw = 0;
  nlohmann::json values;
};

}  // namespace relu0
