#pragma once
#include "reports/codec/decode_error.hpp"
#include "reports/codec/packed_numbers.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <exception>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

/// @file
/// JSON of a type, in both directions from one list of its fields. A type takes part by a function next to
/// it, in its namespace, which works the same way whether the object is written or read:
///
///     void fields(Fields& f, RuleOutcome& outcome) {
///       f("impacted", outcome.impacted);
///       f("first_impacted", outcome.first_impacted);  // an optional: null where absent
///       f.added_later("first_image", outcome.first_image);
///     }
///
/// Then encode(outcome) makes a JSON object of it, and decode<RuleOutcome>(json) the same outcome of that.
/// Fields may be bool, whole numbers, double, std::string, types with a list of their own, and
/// std::optional, std::vector, std::array and std::map (with keys that are texts or whole numbers) of these.
/// Numbers are doubles in the JSON values, the non-finite ones too; canonical_text() (stored_values.hpp)
/// writes words for those, which are read as numbers where one is expected.

namespace relu0 {

class Fields;

namespace codec {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t size>
inline constexpr bool is_array<std::array<T, size>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class Key, class T>
inline constexpr bool is_map<std::map<Key, T>> = true;

/// @name Values that have no parts
/// Throw DecodeError for a value of another kind.
/// @{
bool read_flag(const nlohmann::json& from, const Place& place);
double read_number(const nlohmann::json& from, const Place& place);
std::string read_text(const nlohmann::json& from, const Place& place);
void require_array(const nlohmann::json& from, const Place& place);
void require_object(const nlohmann::json& from, const Place& place);
/// A key of an object that stands for a whole number.
std::int64_t read_whole_key(std::string_view key, const Place& place);
/// @}

template <std::integral Whole>
Whole read_whole(const nlohmann::json& from, const Place& place) {
  if (!from.is_number_integer()) {
    throw DecodeError(place, "expected a whole number");
  }
  const bool fits = from.is_number_unsigned() ? std::in_range<Whole>(from.get<std::uint64_t>())
                                              : std::in_range<Whole>(from.get<std::int64_t>());
  if (!fits) {
    throw DecodeError(place, "expected a whole number within other limits, not " + from.dump());
  }
  return from.get<Whole>();
}

/// What `parse` makes of a text; what it throws becomes a DecodeError.
template <class Parse>
auto parsed(std::string_view text, Parse parse, const Place& place) {
  try {
    return parse(text);
  } catch (const std::exception& error) {
    throw DecodeError(place, error.what());
  }
}

template <class T>
nlohmann::json write(T& value);
template <class T>
void read(const nlohmann::json& from, T& value, const Place& place);

}  // namespace codec

/// The fields of one object, written to a JSON object or read from it.
class Fields {
 public:
  /// For writing: each field is set in `to`, an object.
  explicit Fields(nlohmann::json& to) : to_(&to) {}
  /// For reading. Throws DecodeError unless `from` is an object. Keys that no field asks for are ignored.
  Fields(const nlohmann::json& from, const Place& place) : from_(&from), place_(&place) {
    codec::require_object(from, place);
  }

  [[nodiscard]] bool reading() const { return from_ != nullptr; }

  /// A field that is always there; reading throws DecodeError where it is missing or of another kind.
  template <class T>
  void operator()(const char* name, T& value) {
    if (reading()) {
      codec::read(present(name), value, Place(*place_, name));
    } else {
      set(name, codec::write(value));
    }
  }

  /// A field that older stores lack: reading leaves the value as it is where the field is missing.
  template <class T>
  void added_later(const char* name, T& value) {
    if (!reading() || from_->contains(name)) {
      (*this)(name, value);
    }
  }

  /// A field that is left out, instead of being null, where the value is absent.
  template <class T>
  void where_present(const char* name, std::optional<T>& value) {
    names_.emplace_back(name);
    if (reading()) {
      value.reset();
      if (from_->contains(name)) {
        codec::read(present(name), value.emplace(), Place(*place_, name));
      }
    } else if (value) {
      (*to_)[name] = codec::write(*value);
    }
  }

  /// An enumerator, written as its name(). `parse` is the inverse, and throws for another text.
  template <class Enum, class Parse>
  void named(const char* name_of_field, Enum& value, Parse parse) {
    if (reading()) {
      const Place place(*place_, name_of_field);
      value = codec::parsed(codec::read_text(present(name_of_field), place), parse, place);
    } else {
      set(name_of_field, std::string(name(value)));
    }
  }

  /// The same where there may be none: null.
  template <class Enum, class Parse>
  void named(const char* name_of_field, std::optional<Enum>& value, Parse parse) {
    if (reading()) {
      const Place place(*place_, name_of_field);
      const nlohmann::json& from = present(name_of_field);
      value = from.is_null()
                  ? std::nullopt
                  : std::optional<Enum>(codec::parsed(codec::read_text(from, place), parse, place));
    } else {
      set(name_of_field, value ? nlohmann::json(std::string(name(*value))) : nlohmann::json(nullptr));
    }
  }

  /// The same, left out instead of being null where there is none.
  template <class Enum, class Parse>
  void named_where_present(const char* name_of_field, std::optional<Enum>& value, Parse parse) {
    if (reading() ? from_->contains(name_of_field) : value.has_value()) {
      named(name_of_field, value, parse);
    } else {
      value.reset();
      if (!reading()) {
        names_.emplace_back(name_of_field);
      }
    }
  }

  /// The same of a list of enumerators.
  template <class Enum, class Parse>
  void named(const char* name_of_field, std::vector<Enum>& values, Parse parse) {
    if (reading()) {
      const Place place(*place_, name_of_field);
      const nlohmann::json& from = present(name_of_field);
      codec::require_array(from, place);
      values.clear();
      for (std::size_t i = 0; i < from.size(); ++i) {
        const Place item_place(place, i);
        values.push_back(codec::parsed(codec::read_text(from[i], item_place), parse, item_place));
      }
    } else {
      nlohmann::json list = nlohmann::json::array();
      for (const Enum value : values) {
        list.push_back(std::string(name(value)));
      }
      set(name_of_field, std::move(list));
    }
  }

  /// A list as an object with one key per item: the name() of the item's member `key`, an enumerator; the
  /// item's own list of fields leaves that member out. Items are read in the order of their names. Writing
  /// throws std::logic_error for two items of one name.
  template <class Item, class Enum, class Parse>
  void by_name(const char* name_of_field, std::vector<Item>& items, Enum Item::*key, Parse parse) {
    if (reading()) {
      const Place place(*place_, name_of_field);
      const nlohmann::json& object = present(name_of_field);
      codec::require_object(object, place);
      items.clear();
      for (const auto& [text, value] : object.items()) {
        const Place item_place(place, text);
        Item& item = items.emplace_back();
        item.*key = codec::parsed(text, parse, item_place);
        codec::read(value, item, item_place);
      }
    } else {
      nlohmann::json object = nlohmann::json::object();
      for (Item& item : items) {
        if (!object.emplace(std::string(name(item.*key)), codec::write(item)).second) {
          throw std::logic_error("two items of '" + std::string(name_of_field) + "' have one name");
        }
      }
      set(name_of_field, std::move(object));
    }
  }

  /// Many numbers, which the store keeps as bytes (packed_numbers.hpp).
  void packed(const char* name, std::vector<double>& values, PackedFormat format);

  /// Reading throws a DecodeError that says `problem` of the field unless `condition` holds; writing ignores
  /// it.
  void require(bool condition, const char* name, std::string_view problem) const;

  /// The names of the fields, in the order of the list.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  /// Throws DecodeError where the field is missing.
  [[nodiscard]] const nlohmann::json& present(const char* name) const;
  void set(const char* name, nlohmann::json value);

  nlohmann::json* to_ = nullptr;
  const nlohmann::json* from_ = nullptr;
  const Place* place_ = nullptr;
  std::vector<std::string> names_;
};

namespace codec {

template <class T>
nlohmann::json write(T& value) {
  if constexpr (std::same_as<T, double> || std::integral<T> || std::same_as<T, std::string>) {
    return value;
  } else if constexpr (is_optional<T>) {
    return value ? write(*value) : nlohmann::json(nullptr);
  } else if constexpr (is_vector<T> || is_array<T>) {
    nlohmann::json array = nlohmann::json::array();
    for (auto& item : value) {
      array.push_back(write(item));
    }
    return array;
  } else if constexpr (is_map<T>) {
    nlohmann::json object = nlohmann::json::object();
    for (auto& [key, item] : value) {
      if constexpr (std::integral<typename T::key_type>) {
        object[std::to_string(key)] = write(item);
      } else {
        object[key] = write(item);
      }
    }
    return object;
  } else {
    nlohmann::json object = nlohmann::json::object();
    Fields list(object);
    fields(list, value);
    return object;
  }
}

template <class Items>
void read_items(const nlohmann::json& from, Items& items, const Place& place) {
  std::size_t index = 0;
  for (auto& item : items) {
    read(from[index], item, Place(place, index));
    ++index;
  }
}

template <class T>
void read(const nlohmann::json& from, T& value, const Place& place) {
  if constexpr (std::same_as<T, double>) {
    value = read_number(from, place);
  } else if constexpr (std::same_as<T, bool>) {
    value = read_flag(from, place);
  } else if constexpr (std::integral<T>) {
    value = read_whole<T>(from, place);
  } else if constexpr (std::same_as<T, std::string>) {
    value = read_text(from, place);
  } else if constexpr (is_optional<T>) {
    value.reset();
    if (!from.is_null()) {
      read(from, value.emplace(), place);
    }
  } else if constexpr (is_vector<T>) {
    require_array(from, place);
    value.clear();
    value.resize(from.size());
    read_items(from, value, place);
  } else if constexpr (is_array<T>) {
    require_array(from, place);
    if (from.size() != value.size()) {
      throw DecodeError(place, "expected a list of " + std::to_string(value.size()));
    }
    read_items(from, value, place);
  } else if constexpr (is_map<T>) {
    require_object(from, place);
    value.clear();
    for (const auto& [key, item] : from.items()) {
      const Place item_place(place, key);
      if constexpr (std::integral<typename T::key_type>) {
        const std::int64_t whole = read_whole_key(key, item_place);
        if (!std::in_range<typename T::key_type>(whole)) {
          throw DecodeError(item_place, "is a key beyond the limits");
        }
        read(item, value[static_cast<typename T::key_type>(whole)], item_place);
      } else {
        read(item, value[key], item_place);
      }
    }
  } else {
    Fields list(from, place);
    fields(list, value);
  }
}

}  // namespace codec

/// `value` as JSON.
template <class T>
nlohmann::json encode(T value) {
  return codec::write(value);
}

/// The inverse of encode(), also of what older versions of the type's list gave. Throws DecodeError, which
/// names the place within `place`.
template <class T>
T decode(const nlohmann::json& from, const Place& place = {}) {
  T value{};
  codec::read(from, value, place);
  return value;
}

/// The names of a type's fields, in the order of its list.
template <class T>
std::vector<std::string> field_names() {
  T value{};
  nlohmann::json object = nlohmann::json::object();
  Fields list(object);
  fields(list, value);
  return list.names();
}

}  // namespace relu0
