#pragma once
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0 {

enum class PackedFormat {
  binary32,  ///< 4 bytes a number
  binary64,  ///< 8 bytes
};

/// Many numbers for a measurement in the store, in a third of the bytes of decimals: {"encoding": "base64 of
/// little-endian binary32", "values": "…"}. Every value, infinities and NaNs too, comes back with its bits.
/// Python reads them with numpy.frombuffer(base64.b64decode(values), "<f4"), or "<f8". Throws
/// std::logic_error for a number that binary32 cannot hold.
nlohmann::json pack_numbers(const std::vector<double>& values, PackedFormat format);

/// Its inverse. Throws nlohmann::json::exception, or StoreError for what is not such an object.
std::vector<double> unpack_numbers(const nlohmann::json& packed);

}  // namespace relu0
