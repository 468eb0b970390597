#include "reports/codec/fields.hpp"

#include "reports/codec/non_finite.hpp"

#include <charconv>
#include <system_error>

namespace relu0 {

namespace codec {

bool read_flag(const nlohmann::json& from, const Place& place) {
  if (!from.is_boolean()) {
    throw DecodeError(place, "expected true or false");
  }
  return from.get<bool>();
}

double read_number(const nlohmann::json& from, const Place& place) {
  if (from.is_string()) {
    if (const auto number = non_finite_number(from.get_ref<const std::string&>())) {
      return *number;
    }
  }
  if (!from.is_number()) {
    throw DecodeError(place, "expected a number");
  }
  return from.get<double>();
}

std::string read_text(const nlohmann::json& from, const Place& place) {
  if (!from.is_string()) {
    throw DecodeError(place, "expected a text");
  }
  return from.get<std::string>();
}

void require_array(const nlohmann::json& from, const Place& place) {
  if (!from.is_array()) {
    throw DecodeError(place, "expected a list");
  }
}

void require_object(const nlohmann::json& from, const Place& place) {
  if (!from.is_object()) {
    throw DecodeError(place, "expected an object");
  }
}

std::int64_t read_whole_key(std::string_view key, const Place& place) {
  std::int64_t whole = 0;
  const char* end = key.data() + key.size();
  const auto [stop, error] = std::from_chars(key.data(), end, whole);
  if (error != std::errc() || stop != end) {
    throw DecodeError(place, "expected a whole number as key");
  }
  return whole;
}

}  // namespace codec

void Fields::packed(const char* name, std::vector<double>& values, PackedFormat format) {
  if (reading()) {
    values = unpack_numbers(present(name), Place(*place_, name));
  } else {
    set(name, pack_numbers(values, format));
  }
}

void Fields::require(bool condition, const char* name, std::string_view problem) const {
  if (reading() && !condition) {
    throw DecodeError(Place(*place_, name), problem);
  }
}

const nlohmann::json& Fields::present(const char* name) const {
  const auto found = from_->find(name);
  if (found == from_->end()) {
    throw DecodeError(Place(*place_, name), "is missing");
  }
  return *found;
}

void Fields::set(const char* name, nlohmann::json value) {
  names_.emplace_back(name);
  (*to_)[name] = std::move(value);
}

}  // namespace relu0
