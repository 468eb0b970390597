#include "reports/codec/stored_values.hpp"

#include "fixtures/error.hpp"
#include "reports/codec/non_finite.hpp"
#include "reports/codec/older_packed_numbers.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace relu0 {

namespace {

using nlohmann::json;

constexpr const char* packed_key = "packed";

/// `values` with each part for which `change` returns a value replaced by that.
template <class Change>
json replaced(const json& values, const Place& place, const Change& change) {
  if (std::optional<json> other = change(values, place)) {
    return *std::move(other);
  }
  if (values.is_array()) {
    json result = json::array();
    for (std::size_t i = 0; i < values.size(); ++i) {
      result.push_back(replaced(values[i], Place(place, i), change));
    }
    return result;
  }
  if (values.is_object()) {
    json result = json::object();
    for (const auto& [key, value] : values.items()) {
      result[key] = replaced(value, Place(place, key), change);
    }
    return result;
  }
  return values;
}

std::optional<json> word_of(const json& value) {
  if (value.is_number_float()) {
    const std::string_view word = non_finite_word(value.get<double>());
    return word.empty() ? std::nullopt : std::optional<json>(word);
  }
  return std::nullopt;
}

json with_words(const json& values) {
  return replaced(values, {}, [](const json& value, const Place& /*place*/) { return word_of(value); });
}

[[noreturn]] void refuse(const Place& place, std::string_view what) {
  throw std::invalid_argument(DecodeError(place, what).what());
}

void require_storable(const json& value, const Place& place) {
  if (value.is_string() && non_finite_number(value.get_ref<const std::string&>())) {
    refuse(place, fmt::format("the text {} cannot be recorded: it stands for a number in a result store",
                              value.dump()));
  }
  if (value.is_discarded()) {
    refuse(place, "what is no JSON cannot be recorded in a result store");
  }
  if (older_packed_numbers(value, place)) {
    refuse(place, "this object cannot be recorded: it stands for packed numbers in a result store");
  }
}

/// The format of packed numbers that stand elsewhere, where `value` says so.
PackedFormat format_elsewhere(const json& value, const Place& place) {
  if (!value.is_object() || !value.contains(packed_key) || !value.at(packed_key).is_string()) {
    throw DecodeError(place, "the store has packed numbers for this place, but its text says otherwise");
  }
  try {
    return parse_packed_format(value.at(packed_key).get<std::string>());
  } catch (const InputError& error) {
    throw DecodeError(place, error.what());
  }
}

}  // namespace

std::string canonical_text(const json& values) {
  try {
    return with_words(values).dump();
  } catch (const json::type_error& error) {
    throw std::invalid_argument(std::string("text for a result store must be UTF-8: ") + error.what());
  }
}

json readable_values(const json& values) {
  return replaced(values, {}, [](const json& value, const Place& place) -> std::optional<json> {
    if (value.is_binary()) {
      return with_words(unpack_numbers(value, place));
    }
    return word_of(value);
  });
}

StoredValues stored_values(const json& values) {
  StoredValues stored;
  const json text = replaced(values, {}, [&stored](const json& value, const Place& place) {
    require_storable(value, place);
    if (!value.is_binary()) {
      return std::optional<json>();
    }
    try {
      const PackedFormat format = packed_format(value, place);
      const std::vector<std::uint8_t>& bytes = value.get_binary();
      stored.numbers.push_back({.path = place.pointer(), .bytes = bytes});
      json placeholder = json::object();
      placeholder[packed_key] = name(format);
      return std::optional<json>(std::move(placeholder));
    } catch (const DecodeError& error) {
      throw std::invalid_argument(error.what());
    }
  });
  stored.text = canonical_text(text);
  return stored;
}

json restored_values(const StoredValues& stored) {
  json values = json::parse(stored.text, nullptr, false);
  if (values.is_discarded()) {
    throw DecodeError({}, "is no JSON text");
  }
  values = replaced(values, {}, [](const json& value, const Place& place) -> std::optional<json> {
    if (value.is_string()) {
      const std::optional<double> number = non_finite_number(value.get_ref<const std::string&>());
      return number ? std::optional<json>(*number) : std::nullopt;
    }
    return older_packed_numbers(value, place);
  });
  for (const StoredNumbers& numbers : stored.numbers) {
    const Place root;
    const Place place(root, numbers.path);
    try {
      json& value = values.at(json::json_pointer(numbers.path));
      value = packed_bytes(numbers.bytes, format_elsewhere(value, place), place);
    } catch (const json::exception& error) {
      throw DecodeError(place, error.what());
    }
  }
  return values;
}

}  // namespace relu0
