#pragma once
#include "reports/codec/decode_error.hpp"

#include <optional>

#include <nlohmann/json.hpp>

namespace relu0 {

/// Packed numbers as stores held them before schema version 4, {"encoding": "base64 of little-endian
/// binary32" (or binary64), "values": "…"}, as pack_numbers() makes them now. Absent for a value that does
/// not look so. Throws DecodeError for one that does and is damaged.
std::optional<nlohmann::json> older_packed_numbers(const nlohmann::json& value, const Place& place);

}  // namespace relu0
