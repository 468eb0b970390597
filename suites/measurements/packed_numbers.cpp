#include "suites/measurements/packed_numbers.hpp"

#include "reports/store/store.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace relu0 {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view binary32_name = "base64 of little-endian binary32";
constexpr std::string_view binary64_name = "base64 of little-endian binary64";

using Bytes = std::vector<std::uint8_t>;

template <typename Word>
void append_word(Bytes& bytes, Word word) {
  for (std::size_t i = 0; i < sizeof(Word); ++i) {
    bytes.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
  }
}

template <typename Word>
Word word_at(const Bytes& bytes, std::size_t place) {
  Word word = 0;
  for (std::size_t i = 0; i < sizeof(Word); ++i) {
    word |= static_cast<Word>(bytes[place + i]) << (8 * i);
  }
  return word;
}

/// RFC 4648, section 4.
std::string to_base64(const Bytes& bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t begin = 0; begin < bytes.size(); begin += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      group |= static_cast<std::uint32_t>(bytes[begin + i]) << (16 - 8 * i);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= count ? alphabet[(group >> (18 - 6 * i)) & 63U] : '=';
    }
  }
  return text;
}

Bytes from_base64(std::string_view text) {
  const std::size_t end = text.find_last_not_of('=') + 1;
  if (text.size() % 4 != 0 || text.size() - end > 2) {
    throw StoreError("packed numbers are cut off");
  }
  Bytes bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text.substr(0, end)) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) {
      throw StoreError(fmt::format("'{}' in packed numbers is not base64", c));
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

template <typename Number, typename Word>
std::vector<double> numbers(const Bytes& bytes) {
  if (bytes.size() % sizeof(Word) != 0) {
    throw StoreError("packed numbers are cut off");
  }
  std::vector<double> values;
  for (std::size_t place = 0; place < bytes.size(); place += sizeof(Word)) {
    values.push_back(std::bit_cast<Number>(word_at<Word>(bytes, place)));
  }
  return values;
}

}  // namespace

nlohmann::json pack_numbers(const std::vector<double>& values, PackedFormat format) {
  Bytes bytes;
  for (const double value : values) {
    if (format == PackedFormat::binary64) {
      append_word(bytes, std::bit_cast<std::uint64_t>(value));
      continue;
    }
    const auto narrow = static_cast<float>(value);
    if (!std::isnan(value) && static_cast<double>(narrow) != value) {
      throw std::logic_error(fmt::format("{} is no binary32 number", value));
    }
    append_word(bytes, std::bit_cast<std::uint32_t>(narrow));
  }
  return {{"encoding", format == PackedFormat::binary64 ? binary64_name : binary32_name},
          {"values", to_base64(bytes)}};
}

std::vector<double> unpack_numbers(const nlohmann::json& packed) {
  const auto encoding = packed.at("encoding").get<std::string>();
  const Bytes bytes = from_base64(packed.at("values").get<std::string>());
  if (encoding == binary64_name) {
    return numbers<double, std::uint64_t>(bytes);
  }
  if (encoding == binary32_name) {
    return numbers<float, std::uint32_t>(bytes);
  }
  throw StoreError(fmt::format("unknown encoding '{}' of packed numbers", encoding));
}

}  // namespace relu0
