#include "reports/store/store_results.hpp"

#include "reports/codec/result_fields.hpp"
#include "reports/store/result_tables.hpp"
#include "reports/store/store_schema.hpp"

#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

namespace relu0 {
namespace {

template <class Item>
void require_unique_ids(const std::vector<Item>& items, const char* kind) {
  std::set<std::string> seen;
  for (const Item& item : items) {
    if (!seen.insert(item.id).second) {
      throw std::invalid_argument(fmt::format("two {}s have the id '{}'", kind, item.id));
    }
  }
}

using Content = ResultColumn::Content;

const ResultTable claims{
    "claim",
    {{"id"}, {"name"}, {"sentence"}, {"published"}, {"protocol"}, {"experiment"}, {"absence"}},
    first_version_with_claims};

const ResultTable experiments{
    "experiment", {{"id"}, {"title"}, {"summary"}, {"answer", Content::text, first_version_with_answers}}};

const ResultTable findings{"finding",
                           {{"id"},
                            {"setting"},
                            {"claim"},
                            {"published"},
                            {"measured"},
                            {"interval", Content::json},
                            {"agreement"},
                            {"verdict"},
                            {"why"},
                            {"decision_rule"},
                            {"source"},
                            {"headline", Content::flag},
                            {"experiment"},
                            {"paper_claim", Content::text, first_version_with_claims},
                            {"precision", Content::json, first_version_with_claims},
                            {"rule", Content::json, first_version_with_claims},
                            {"recorded", Content::text, first_version_with_claims},
                            {"recorded_verdict", Content::json, first_version_with_claims},
                            {"conditions", Content::json, first_version_with_conditions},
                            {"part_seen", Content::text, first_version_with_part_seen}}};

const ResultTable figures{
    "figure", {{"id"}, {"experiment"}, {"title"}, {"caption"}, {"drawing", Content::remaining_fields}}};

const ResultTable heat_maps{
    "heat_map",
    {{"id"}, {"experiment"}, {"title"}, {"caption"}, {"cells", Content::remaining_fields}},
    first_version_with_heat_maps};

const ResultTable tables{
    "result_table",
    {{"id"}, {"experiment"}, {"title"}, {"caption"}, {"columns", Content::json}, {"rows", Content::json}}};

}  // namespace

void require_consistent(const Results& results) {
  require_unique_ids(results.claims, "claim");
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
      "DELETE FROM claim; DELETE FROM experiment; DELETE FROM finding; DELETE FROM figure; DELETE FROM "
      "heat_map; "
      "DELETE FROM result_table; DELETE FROM note");
  // An INTEGER PRIMARY KEY that is not given counts up from 1 in an emptied table: it keeps the order.
  insert_items(database, claims, results.claims);
  insert_items(database, experiments, results.experiments);
  insert_items(database, findings, results.findings);
  insert_items(database, figures, results.figures);
  insert_items(database, heat_maps, results.heat_maps);
  insert_items(database, tables, results.tables);
  SQLite::Statement insert_note(database, "INSERT INTO note (text) VALUES (?)");
  for (const std::string& note : results.notes) {
    insert_note.bind(1, note);
    insert_note.exec();
    insert_note.reset();
  }
  transaction.commit();
}

Results read_results(SQLite::Database& database) {
  SQLite::Transaction one_state(database);
  Results results;
  results.claims = select_items<Claim>(database, claims);
  results.experiments = select_items<ExperimentSection>(database, experiments);
  results.findings = select_items<Finding>(database, findings);
  results.figures = select_items<Figure>(database, figures);
  results.heat_maps = select_items<HeatMap>(database, heat_maps);
  results.tables = select_items<Table>(database, tables);
  SQLite::Statement notes(database, "SELECT text FROM note ORDER BY position");
  while (notes.executeStep()) {
    results.notes.push_back(notes.getColumn(0).getString());
  }
  return results;
}

}  // namespace relu0
