#pragma once
#include "reports/codec/fields.hpp"
#include "reports/codec/stored_values.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0 {

/// The object of an item's fields, in the order of their list.
template <class Item>
nlohmann::ordered_json object_of(const Item& item) {
  static const std::vector<std::string> names = field_names<Item>();
  const nlohmann::json values = readable_values(encode(item));
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const std::string& name : names) {
    if (values.contains(name)) {
      object[name] = values[name];
    }
  }
  return object;
}

template <class Item>
nlohmann::ordered_json objects_of(const std::vector<Item>& items) {
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (const Item& item : items) {
    array.push_back(object_of(item));
  }
  return array;
}

}  // namespace relu0
