#include "reports/store/result_tables.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {
namespace {

using nlohmann::json;
using Content = ResultColumn::Content;

void bind(SQLite::Statement& insert, int index, const ResultColumn& column, const json& object) {
  switch (column.content) {
    case Content::text:
      insert.bind(index, object.at(column.name).get<std::string>());
      return;
    case Content::flag:
      insert.bind(index, object.at(column.name).get<bool>() ? 1 : 0);
      return;
    case Content::json:
      if (object.contains(column.name)) {
        insert.bind(index, canonical_text(object.at(column.name)));
      }
      return;
    case Content::remaining_fields:
      break;
  }
}

/// The object of all fields that no column but the last holds.
json remaining_fields(const ResultTable& table, json object) {
  for (const ResultColumn& column : table.columns) {
    object.erase(column.name);
  }
  return object;
}

/// Adds what a column holds to the object of its row.
void add(json& object, const ResultColumn& column, const SQLite::Column& cell) {
  switch (column.content) {
    case Content::text:
      object[column.name] = cell.getString();
      return;
    case Content::flag:
      object[column.name] = cell.getInt() != 0;
      return;
    case Content::json:
      if (!cell.isNull()) {
        object[column.name] = json::parse(cell.getString());
      }
      return;
    case Content::remaining_fields:
      object.update(json::parse(cell.getString()));
      return;
  }
}

std::vector<const char*> names(const std::vector<ResultColumn>& columns) {
  std::vector<const char*> result;
  std::transform(columns.begin(), columns.end(), std::back_inserter(result),
                 [](const ResultColumn& column) { return column.name; });
  return result;
}

}  // namespace

void insert_rows(SQLite::Database& database, const ResultTable& table, const std::vector<json>& objects) {
  const std::vector<const char*> places(table.columns.size(), "?");
  SQLite::Statement insert(database,
                           fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name,
                                       fmt::join(names(table.columns), ", "), fmt::join(places, ", ")));
  for (const json& object : objects) {
    int index = 1;
    for (const ResultColumn& column : table.columns) {
      if (column.content == Content::remaining_fields) {
        insert.bind(index, canonical_text(remaining_fields(table, object)));
      } else {
        bind(insert, index, column, object);
      }
      ++index;
    }
    insert.exec();
    insert.reset();
    insert.clearBindings();
  }
}

std::vector<json> select_rows(SQLite::Database& database, const ResultTable& table) {
  // A store that is only read may be older than this program.
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  std::vector<json> objects;
  if (version < table.since) {
    return objects;
  }
  std::vector<ResultColumn> columns;
  std::copy_if(table.columns.begin(), table.columns.end(), std::back_inserter(columns),
               [version](const ResultColumn& column) { return column.since <= version; });
  SQLite::Statement select(database, fmt::format("SELECT {} FROM {} ORDER BY position",
                                                 fmt::join(names(columns), ", "), table.name));
  while (select.executeStep()) {
    json object = json::object();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      add(object, columns[i], select.getColumn(static_cast<int>(i)));
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

}  // namespace relu0
