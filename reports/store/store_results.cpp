#include "reports/store/store_results.hpp"

#include "reports/store/json.hpp"
#include "reports/store/store_schema.hpp"

#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

using nlohmann::json;

template <class Item>
void require_unique_ids(const std::vector<Item>& items, const char* kind) {
  std::set<std::string> seen;
  for (const Item& item : items) {
    if (!seen.insert(item.id).second) {
      throw std::invalid_argument(fmt::format("two {}s have the id '{}'", kind, item.id));
    }
  }
}

/// Executes `sql` once per item, with the columns that `bind` gives it; the position comes first.
template <class Item, class Bind>
void insert_all(SQLite::Database& database, const char* sql, const std::vector<Item>& items, Bind bind) {
  SQLite::Statement insert(database, sql);
  for (const Item& item : items) {
    bind(insert, item);
    insert.exec();
    insert.reset();
    insert.clearBindings();
  }
}

void insert_finding(SQLite::Statement& insert, const Finding& finding) {
  SQLite::bind(insert, finding.id, finding.setting, finding.claim, finding.published, finding.measured,
               finding.agreement, std::string(name(finding.verdict)), finding.why, finding.decision_rule,
               finding.source, finding.headline ? 1 : 0, finding.experiment);
  constexpr int interval_index = 13;  // NULL unless bound
  if (finding.interval) {
    insert.bind(interval_index, canonical_text(interval_json(*finding.interval)));
  }
}

/// The columns of a row one after the other, so that they need no numbers.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}
  std::string text() { return statement_.getColumn(next_++).getString(); }
  bool flag() { return statement_.getColumn(next_++).getInt() != 0; }
  json parsed() { return json::parse(text()); }
  /// JSON null where the column is NULL.
  json parsed_or_null() { return statement_.getColumn(next_).isNull() ? (++next_, json()) : parsed(); }

 private:
  SQLite::Statement& statement_;
  int next_ = 0;
};

template <class Read>
auto select_all(SQLite::Database& database, const char* sql, Read read) {
  SQLite::Statement select(database, sql);
  std::vector<decltype(read(std::declval<Row&>()))> items;
  while (select.executeStep()) {
    Row row(select);
    items.push_back(read(row));
  }
  return items;
}

Finding read_finding(Row& row) {
  // Braced lists are evaluated from left to right: the columns come in this order, the interval last.
  Finding finding{.id = row.text(),
                  .setting = row.text(),
                  .claim = row.text(),
                  .published = row.text(),
                  .measured = row.text(),
                  .interval = std::nullopt,
                  .agreement = row.text(),
                  .verdict = parse_verdict(row.text()),
                  .why = row.text(),
                  .decision_rule = row.text(),
                  .source = row.text(),
                  .headline = row.flag(),
                  .experiment = row.text()};
  const json interval = row.parsed_or_null();
  if (!interval.is_null()) {
    finding.interval = interval_from_json(interval);
  }
  return finding;
}

Figure read_figure(Row& row) {
  Figure figure;
  figure.id = row.text();
  figure.experiment = row.text();
  figure.title = row.text();
  figure.caption = row.text();
  set_plot(figure, row.parsed());
  return figure;
}

HeatMap read_heat_map(Row& row) {
  HeatMap map;
  map.id = row.text();
  map.experiment = row.text();
  map.title = row.text();
  map.caption = row.text();
  set_cells(map, row.parsed());
  return map;
}

/// A store that is only read may be older than this program.
int version_of(SQLite::Database& database) { return database.execAndGet("PRAGMA user_version").getInt(); }

Table read_table(Row& row) {
  return {.id = row.text(),
          .experiment = row.text(),
          .title = row.text(),
          .caption = row.text(),
          .columns = row.parsed().get<std::vector<std::string>>(),
          .rows = row.parsed().get<std::vector<std::vector<std::string>>>()};
}

}  // namespace

void require_consistent(const Results& results) {
  require_unique_ids(results.experiments, "experiment");
  require_unique_ids(results.figures, "figure");
  require_unique_ids(results.heat_maps, "heat map");
  require_unique_ids(results.tables, "table");
  require_consistent(results.heat_maps);
  std::set<std::pair<std::string, std::string>> seen;
  for (const Finding& finding : results.findings) {
    if (!seen.emplace(finding.id, finding.setting).second) {
      throw std::invalid_argument(
          fmt::format("two findings have the id '{}' and the setting '{}'", finding.id, finding.setting));
    }
  }
  for (const Table& table : results.tables) {
    for (const std::vector<std::string>& row : table.rows) {
      if (row.size() != table.columns.size()) {
        throw std::invalid_argument(fmt::format("table '{}' has {} columns and a row of {} cells", table.id,
                                                table.columns.size(), row.size()));
      }
    }
  }
}

void write_results(SQLite::Database& database, const Results& results) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec(
      "DELETE FROM experiment; DELETE FROM finding; DELETE FROM figure; DELETE FROM heat_map; "
      "DELETE FROM result_table; DELETE FROM note");
  // An INTEGER PRIMARY KEY that is not given counts up from 1 in an emptied table: it keeps the order.
  insert_all(database, "INSERT INTO experiment (id, title, summary, answer) VALUES (?, ?, ?, ?)",
             results.experiments, [](SQLite::Statement& insert, const ExperimentSection& section) {
               SQLite::bind(insert, section.id, section.title, section.summary, section.answer);
             });
  insert_all(
      database,
      "INSERT INTO finding (id, setting, claim, published, measured, agreement, verdict, why, "
      "decision_rule, source, headline, experiment, interval) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      results.findings, insert_finding);
  insert_all(database, "INSERT INTO figure (id, experiment, title, caption, drawing) VALUES (?, ?, ?, ?, ?)",
             results.figures, [](SQLite::Statement& insert, const Figure& figure) {
               SQLite::bind(insert, figure.id, figure.experiment, figure.title, figure.caption,
                            canonical_text(plot_json(figure)));
             });
  insert_all(database, "INSERT INTO heat_map (id, experiment, title, caption, cells) VALUES (?, ?, ?, ?, ?)",
             results.heat_maps, [](SQLite::Statement& insert, const HeatMap& map) {
               SQLite::bind(insert, map.id, map.experiment, map.title, map.caption,
                            canonical_text(cells_json(map)));
             });
  insert_all(
      database,
      "INSERT INTO result_table (id, experiment, title, caption, columns, rows) VALUES (?, ?, ?, ?, ?, ?)",
      results.tables, [](SQLite::Statement& insert, const Table& table) {
        SQLite::bind(insert, table.id, table.experiment, table.title, table.caption,
                     canonical_text(table.columns), canonical_text(table.rows));
      });
  insert_all(database, "INSERT INTO note (text) VALUES (?)", results.notes,
             [](SQLite::Statement& insert, const std::string& note) { SQLite::bind(insert, note); });
  transaction.commit();
}

Results read_results(SQLite::Database& database) {
  SQLite::Transaction one_state(database);
  Results results;
  const std::string answer = version_of(database) >= first_version_with_answers ? "answer" : "''";
  results.experiments = select_all(
      database, ("SELECT id, title, summary, " + answer + " FROM experiment ORDER BY position").c_str(),
      [](Row& row) {
        return ExperimentSection{
            .id = row.text(), .title = row.text(), .summary = row.text(), .answer = row.text()};
      });
  results.findings =
      select_all(database,
                 "SELECT id, setting, claim, published, measured, agreement, verdict, why, "
                 "decision_rule, source, headline, experiment, interval FROM finding ORDER BY position",
                 read_finding);
  results.figures = select_all(
      database, "SELECT id, experiment, title, caption, drawing FROM figure ORDER BY position", read_figure);
  if (version_of(database) >= first_version_with_heat_maps) {
    results.heat_maps =
        select_all(database, "SELECT id, experiment, title, caption, cells FROM heat_map ORDER BY position",
                   read_heat_map);
  }
  results.tables = select_all(
      database, "SELECT id, experiment, title, caption, columns, rows FROM result_table ORDER BY position",
      read_table);
  results.notes =
      select_all(database, "SELECT text FROM note ORDER BY position", [](Row& row) { return row.text(); });
  return results;
}

}  // namespace relu0
