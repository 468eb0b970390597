#include "reports/codec/older_packed_numbers.hpp"

#include "reports/codec/packed_numbers.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace relu0 {

namespace {

using Bytes = nlohmann::json::binary_t::container_type;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view encoding_prefix = "base64 of little-endian ";

/// RFC 4648, section 4.
Bytes from_base64(std::string_view text, const Place& place) {
  const std::size_t end = text.find_last_not_of('=') + 1;
  if (text.size() % 4 != 0 || text.size() - end > 2) {
    throw DecodeError(place, "packed numbers are cut off");
  }
  Bytes bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text.substr(0, end)) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) {
      throw DecodeError(place, fmt::format("'{}' in packed numbers is not base64", c));
    }
    group = (group << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(group >> static_cast<unsigned>(bits)));
    }
  }
  return bytes;
}

}  // namespace

std::optional<nlohmann::json> older_packed_numbers(const nlohmann::json& value, const Place& place) {
  if (!value.is_object() || value.size() != 2) {
    return std::nullopt;
  }
  const auto encoding = value.find("encoding");
  const auto text = value.find("values");
  if (encoding == value.end() || text == value.end() || !encoding->is_string() || !text->is_string()) {
    return std::nullopt;
  }
  for (const PackedFormat format : {PackedFormat::binary32, PackedFormat::binary64}) {
    if (encoding->get_ref<const std::string&>() == fmt::format("{}{}", encoding_prefix, name(format))) {
      return packed_bytes(from_base64(text->get_ref<const std::string&>(), place), format, place);
    }
  }
  return std::nullopt;
}

}  // namespace relu0
