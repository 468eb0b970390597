#include "suites/measurements/outcome_json.hpp"

#include "reports/codec/fields.hpp"
#include "suites/measurements/reading_measurement.hpp"

namespace relu0 {

void fields(Fields& f, RuleOutcome& outcome) {
  f("impacted", outcome.impacted);
  f("first_impacted", outcome.first_impacted);
  f("first_layer", outcome.first_layer);
  f("first_image", outcome.first_image);
  f("relative_l2", outcome.relative_l2);
}

void fields(Fields& f, SweepOutcome& outcome) {
  f("minibatches", outcome.minibatches);
  f("minibatches_with_zeros", outcome.minibatches_with_zeros);
  f("images", outcome.images);
  f("zeros", outcome.zeros);
  f("samples_with_zeros", outcome.samples_with_zeros);
  f.added_later("first_with_zeros", outcome.first_with_zeros);
  f.added_later("first_reached", outcome.first_reached);
  f.added_later("minibatches_reached", outcome.minibatches_reached);
  f("deterministic", outcome.deterministic);
  f.by_name("rules", outcome.rules, &RuleOutcome::rule, parse_rule);
}

nlohmann::json to_json(const SweepOutcome& outcome) { return encode(outcome); }

SweepOutcome outcome_from_json(const nlohmann::json& json) {
  return reading_measurement("the outcome of a sweep", [&] { return decode<SweepOutcome>(json); });
}

}  // namespace relu0
