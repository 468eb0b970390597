#include "reports/store/json.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

using nlohmann::json;
// Keeps the order in which keys are set, so that what matters stands first.
using nlohmann::ordered_json;

ordered_json finding_json(const Finding& finding) {
  ordered_json object{
      {"id", finding.id},       {"setting", finding.setting},     {"verdict", name(finding.verdict)},
      {"claim", finding.claim}, {"published", finding.published}, {"measured", finding.measured}};
  if (finding.interval) {
    object["interval"] = interval_json(*finding.interval);
  }
  object["agreement"] = finding.agreement;
  object["why"] = finding.why;
  object["decision_rule"] = finding.decision_rule;
  object["source"] = finding.source;
  object["headline"] = finding.headline;
  object["experiment"] = finding.experiment;
  return object;
}

ordered_json figure_json(const Figure& figure) {
  ordered_json object{{"id", figure.id},
                      {"experiment", figure.experiment},
                      {"title", figure.title},
                      {"caption", figure.caption}};
  const json rendered = plot_json(figure);
  for (const char* key : {"x", "y", "series"}) {
    object[key] = rendered.at(key);
  }
  return object;
}

ordered_json heat_map_json(const HeatMap& map) {
  ordered_json object{
      {"id", map.id}, {"experiment", map.experiment}, {"title", map.title}, {"caption", map.caption}};
  const json cells = cells_json(map);
  for (const char* key : {"x", "y", "unit", "logarithmic", "group", "contours", "filled", "floor", "rows"}) {
    object[key] = cells.at(key);
  }
  return object;
}

ordered_json table_json(const Table& table) {
  return {{"id", table.id},           {"experiment", table.experiment}, {"title", table.title},
          {"caption", table.caption}, {"columns", table.columns},       {"rows", table.rows}};
}

template <class Items, class Convert>
ordered_json array_of(const Items& items, Convert convert) {
  ordered_json array = ordered_json::array();
  for (const auto& item : items) {
    array.push_back(convert(item));
  }
  return array;
}

/// A cell's key is JSON itself; one that is not stays a string.
json cell_json(const std::string& cell) {
  json parsed = json::parse(cell, nullptr, false);
  return parsed.is_discarded() ? json(cell) : parsed;
}

ordered_json measurements_json(const Store& store) {
  ordered_json cells = ordered_json::array();
  for (const std::string& cell : store.cells()) {
    ordered_json draws = array_of(store.measurements(cell), [](const StoredDraw& measurement) {
      return ordered_json{{"draw", measurement.draw}, {"values", encode_numbers(measurement.values)}};
    });
    cells.push_back({{"cell", cell_json(cell)}, {"draws", std::move(draws)}});
  }
  return cells;
}

}  // namespace

std::string json_results(const Store& store) {
  const RunInfo run = store.run_info();
  const Results results = store.results();
  ordered_json document;
  document["format"] = "relu0 results";
  document["schema_version"] = Store::schema_version;
  document["run"] = {{"command", run.command}, {"scale", run.scale}, {"seed", run.seed}};
  document["notes"] = results.notes;
  document["findings"] = array_of(results.findings, finding_json);
  document["experiments"] = array_of(results.experiments, [](const ExperimentSection& section) {
    return ordered_json{{"id", section.id},
                        {"title", section.title},
                        {"summary", section.summary},
                        {"answer", section.answer}};
  });
  document["figures"] = array_of(results.figures, figure_json);
  document["heat_maps"] = array_of(results.heat_maps, heat_map_json);
  document["tables"] = array_of(results.tables, table_json);
  document["environment"] = store.environment();
  document["measurements"] = measurements_json(store);
  return document.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace relu0
