#pragma once
#include "reports/codec/fields.hpp"
#include "reports/codec/stored_values.hpp"

#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <nlohmann/json.hpp>

namespace relu0 {

/// A column of a table whose rows are objects with a list of fields (fields.hpp), and what it holds.
struct ResultColumn {
  enum class Content {
    text,             ///< the text field of that name
    flag,             ///< the field of that name as 0 or 1
    json,             ///< the JSON text of the field of that name; NULL where there is none
    remaining_fields  ///< one JSON object of all fields that no other column holds
  };

  const char* name;
  Content content = Content::text;
  int since = 1;  ///< the schema version that added it
};

struct ResultTable {
  const char* name;
  std::vector<ResultColumn> columns;
  int since = 1;  ///< the schema version that added it
};

/// Appends one row per object. Throws std::invalid_argument for a text that is not UTF-8.
void insert_rows(SQLite::Database& database, const ResultTable& table,
                 const std::vector<nlohmann::json>& objects);

/// All rows as objects, in the order of their positions; what the store's schema version does not know is
/// left out.
std::vector<nlohmann::json> select_rows(SQLite::Database& database, const ResultTable& table);

template <class Item>
void insert_items(SQLite::Database& database, const ResultTable& table, const std::vector<Item>& items) {
  std::vector<nlohmann::json> objects;
  objects.reserve(items.size());
  for (const Item& item : items) {
    objects.push_back(encode(item));
  }
  insert_rows(database, table, objects);
}

/// Throws DecodeError, which names the table and the field.
template <class Item>
std::vector<Item> select_items(SQLite::Database& database, const ResultTable& table) {
  const Place root;
  const Place place(root, table.name);
  std::vector<Item> items;
  for (const nlohmann::json& object : select_rows(database, table)) {
    items.push_back(decode<Item>(object, place));
  }
  return items;
}

}  // namespace relu0
