#include "suites/measurements/outcome_json.hpp"

#include "suites/measurements/json_numbers.hpp"
#include "suites/measurements/reading_measurement.hpp"

namespace relu0 {

nlohmann::json to_json(const SweepOutcome& outcome) {
  nlohmann::json rules = nlohmann::json::object();
  for (const RuleOutcome& rule : outcome.rules) {
    rules[std::string(name(rule.rule))] = {{"impacted", rule.impacted},
                                           {"first_impacted", optional_to_json(rule.first_impacted)},
                                           {"first_layer", optional_to_json(rule.first_layer)},
                                           {"first_image", optional_to_json(rule.first_image)},
                                           {"relative_l2", numbers_to_json(rule.relative_l2)}};
  }
  return {{"minibatches", outcome.minibatches},
          {"minibatches_with_zeros", outcome.minibatches_with_zeros},
          {"images", outcome.images},
          {"zeros", outcome.zeros},
          {"samples_with_zeros", outcome.samples_with_zeros},
          {"first_with_zeros", optional_to_json(outcome.first_with_zeros)},
          {"first_reached", optional_to_json(outcome.first_reached)},
          {"minibatches_reached", outcome.minibatches_reached},
          {"deterministic", outcome.deterministic},
          {"rules", rules}};
}

SweepOutcome outcome_from_json(const nlohmann::json& json) {
  return reading_measurement("the outcome of a sweep", [&] {
    SweepOutcome outcome;
    json.at("minibatches").get_to(outcome.minibatches);
    json.at("minibatches_with_zeros").get_to(outcome.minibatches_with_zeros);
    json.at("images").get_to(outcome.images);
    json.at("zeros").get_to(outcome.zeros);
    json.at("samples_with_zeros").get_to(outcome.samples_with_zeros);
    json.at("deterministic").get_to(outcome.deterministic);
    // Older stores do not know the stages.
    if (json.contains("first_with_zeros")) {
      outcome.first_with_zeros = optional_from_json(json.at("first_with_zeros"));
      outcome.first_reached = optional_from_json(json.at("first_reached"));
      json.at("minibatches_reached").get_to(outcome.minibatches_reached);
    }
    for (const auto& [rule, values] : json.at("rules").items()) {
      RuleOutcome& result = outcome.rules.emplace_back();
      result.rule = parse_rule(rule);
      values.at("impacted").get_to(result.impacted);
      result.first_impacted = optional_from_json(values.at("first_impacted"));
      result.first_layer = optional_from_json(values.at("first_layer"));
      result.first_image = optional_from_json(values.at("first_image"));
      result.relative_l2 = numbers_from_json(values.at("relative_l2"));
    }
    return outcome;
  });
}

}  // namespace relu0
