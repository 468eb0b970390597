#include "reports/codec/result_fields.hpp"
#include "reports/codec/stored_values.hpp"
#include "reports/model/conclusions/advice.hpp"
#include "reports/model/conclusions/answer.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/ordered_objects.hpp"
#include "reports/writers/writers.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

using nlohmann::json;
// Keeps the order in which keys are set, so that what matters stands first.
using nlohmann::ordered_json;

/// A key is JSON itself; one that is not stays a string.
json key_json(const std::string& key) {
  json parsed = json::parse(key, nullptr, false);
  return parsed.is_discarded() ? json(key) : parsed;
}

ordered_json measurements_json(const Store& store) {
  ordered_json measurements = ordered_json::array();
  for (const std::string& key : store.keys()) {
    ordered_json draws = ordered_json::array();
    for (const StoredDraw& measurement : store.stored_draws(key)) {
      draws.push_back({{"draw", measurement.draw}, {"values", readable_values(measurement.values)}});
    }
    measurements.push_back({{"cell", key_json(key)}, {"draws", std::move(draws)}});
  }
  return measurements;
}

ordered_json answer_json(const Results& results) {
  const Answer said = answer(results);
  ordered_json advice_on = ordered_json::object();
  for (const Advice& one : advice(results)) {
    advice_on[one.question] = one.text;
  }
  return {{"dependence", said.dependence}, {"claims", said.claims}, {"advice", std::move(advice_on)}};
}

ordered_json claims_json(const Results& results) {
  ordered_json claims = objects_of(results.claims);
  for (std::size_t i = 0; i < results.claims.size(); ++i) {
    claims[i]["verdict"] = name(verdict_of(results.claims[i], results.findings));
    claims[i]["not_run"] = not_run_in_words(results.claims[i], results.findings);
  }
  return claims;
}

}  // namespace

std::string json_results(const Store& store) {
  const RunInfo run = store.run_info();
  const Results& results = store.results();
  ordered_json document;
  document["format"] = "relu0 results";
  document["schema_version"] = Store::schema_version;
  document["run"] = {{"command", run.command}, {"scale", run.scale}, {"seed", run.seed}};
  document["notes"] = results.notes;
  document["answer"] = answer_json(results);
  document["claims"] = claims_json(results);
  document["findings"] = objects_of(results.findings);
  document["experiments"] = objects_of(results.experiments);
  document["figures"] = objects_of(results.figures);
  document["heat_maps"] = objects_of(results.heat_maps);
  document["tables"] = objects_of(results.tables);
  document["environment"] = store.environment();
  document["measurements"] = measurements_json(store);
  return document.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace relu0
