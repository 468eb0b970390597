#include "reports/codec/packed_numbers.hpp"

#include "fixtures/error.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace relu0 {

namespace {

using Bytes = nlohmann::json::binary_t::container_type;

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

template <typename Number, typename Word>
std::vector<double> numbers(const Bytes& bytes) {
  std::vector<double> values;
  values.reserve(bytes.size() / sizeof(Word));
  for (std::size_t begin = 0; begin < bytes.size(); begin += sizeof(Word)) {
    values.push_back(std::bit_cast<Number>(word_at<Word>(bytes, begin)));
  }
  return values;
}

constexpr std::array formats{PackedFormat::binary32, PackedFormat::binary64};

std::size_t bytes_of_one(PackedFormat format) { return static_cast<std::size_t>(format) / 8; }

}  // namespace

std::string_view name(PackedFormat format) {
  return format == PackedFormat::binary32 ? "binary32" : "binary64";
}

PackedFormat parse_packed_format(std::string_view text) {
  for (const PackedFormat format : formats) {
    if (text == name(format)) {
      return format;
    }
  }
  throw InputError(fmt::format("packed numbers are binary32 or binary64, not '{}'", text));
}

nlohmann::json pack_numbers(const std::vector<double>& values, PackedFormat format) {
  Bytes bytes;
  bytes.reserve(values.size() * bytes_of_one(format));
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
  return packed_bytes(std::move(bytes), format);
}

nlohmann::json packed_bytes(Bytes bytes, PackedFormat format, const Place& place) {
  if (bytes.size() % bytes_of_one(format) != 0) {
    throw DecodeError(place, fmt::format("{} bytes are no whole number of {} numbers: they are cut off",
                                         bytes.size(), name(format)));
  }
  return nlohmann::json::binary(std::move(bytes), static_cast<std::uint64_t>(format));
}

PackedFormat packed_format(const nlohmann::json& packed, const Place& place) {
  if (packed.is_binary() && packed.get_binary().has_subtype()) {
    for (const PackedFormat format : formats) {
      const bool whole = packed.get_binary().size() % bytes_of_one(format) == 0;
      if (whole && packed.get_binary().subtype() == static_cast<std::uint64_t>(format)) {
        return format;
      }
    }
  }
  throw DecodeError(place, "expected packed numbers");
}

std::vector<double> unpack_numbers(const nlohmann::json& packed, const Place& place) {
  return packed_format(packed, place) == PackedFormat::binary32
             ? numbers<float, std::uint32_t>(packed.get_binary())
             : numbers<double, std::uint64_t>(packed.get_binary());
}

}  // namespace relu0
