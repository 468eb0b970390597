#pragma once
#include "reports/codec/decode_error.hpp"

#include <vector>

#include <nlohmann/json.hpp>

namespace relu0 {

/// The type of packed numbers: little-endian, in the widths of IEEE 754. The value is the number of bits.
enum class PackedFormat { binary32 = 32, binary64 = 64 };

/// "binary32" or "binary64".
std::string_view name(PackedFormat format);
/// The inverse of name(). Throws InputError.
PackedFormat parse_packed_format(std::string_view text);

/// Many numbers as one JSON value: a binary one (nlohmann::json::binary()), whose subtype is the number of
/// bits of `format`. Every value, infinities and NaNs too, comes back with its bits (at binary32 a NaN is a
/// quiet one). Throws std::logic_error for a number that binary32 cannot hold.
nlohmann::json pack_numbers(const std::vector<double>& values, PackedFormat format);

/// The same of the numbers' bytes. Throws DecodeError, which names `place`, where they are no whole number of
/// numbers.
nlohmann::json packed_bytes(nlohmann::json::binary_t::container_type bytes, PackedFormat format,
                            const Place& place = {});

/// The format of packed numbers. Throws DecodeError, which names `place`, for another value.
PackedFormat packed_format(const nlohmann::json& packed, const Place& place = {});

/// The inverse of pack_numbers(). Throws DecodeError, which names `place`, for what pack_numbers() does not
/// give.
std::vector<double> unpack_numbers(const nlohmann::json& packed, const Place& place = {});

}  // namespace relu0
