#include "suites/outcome_json.hpp"

#include "reports/store.hpp"
#include "suites/json_numbers.hpp"

#include <fmt/format.h>

namespace relu0 {

namespace {

nlohmann::json optional_json(const std::optional<std::int64_t>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

std::optional<std::int64_t> optional_from(const nlohmann::json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<std::int64_t>());
}

}  // namespace

nlohmann::json to_json(const SweepOutcome& outcome) {
  nlohmann::json rules = nlohmann::json::object();
  for (const RuleOutcome& rule : outcome.rules) {
    nlohmann::json relative_l2 = nlohmann::json::array();
    for (const double value : rule.relative_l2) {
      relative_l2.push_back(number_to_json(value));
    }
    rules[std::string(name(rule.rule))] = {{"impacted", rule.impacted},
                                           {"first_impacted", optional_json(rule.first_impacted)},
                                           {"first_layer", optional_json(rule.first_layer)},
                                           {"first_image", optional_json(rule.first_image)},
                                           {"relative_l2", relative_l2}};
  }
  return {{"minibatches", outcome.minibatches},
          {"minibatches_with_zeros", outcome.minibatches_with_zeros},
          {"images", outcome.images},
          {"zeros", outcome.zeros},
          {"samples_with_zeros", outcome.samples_with_zeros},
          {"first_with_zeros", optional_json(outcome.first_with_zeros)},
          {"first_reached", optional_json(outcome.first_reached)},
          {"minibatches_reached", outcome.minibatches_reached},
          {"deterministic", outcome.deterministic},
          {"rules", rules}};
}

SweepOutcome outcome_from_json(const nlohmann::json& json) {
  try {
    SweepOutcome outcome;
    json.at("minibatches").get_to(outcome.minibatches);
    json.at("minibatches_with_zeros").get_to(outcome.minibatches_with_zeros);
    json.at("images").get_to(outcome.images);
    json.at("zeros").get_to(outcome.zeros);
    json.at("samples_with_zeros").get_to(outcome.samples_with_zeros);
    json.at("deterministic").get_to(outcome.deterministic);
    // Older stores do not know the stages.
    if (json.contains("first_with_zeros")) {
      outcome.first_with_zeros = optional_from(json.at("first_with_zeros"));
      outcome.first_reached = optional_from(json.at("first_reached"));
      json.at("minibatches_reached").get_to(outcome.minibatches_reached);
    }
    for (const auto& [rule, values] : json.at("rules").items()) {
      RuleOutcome& result = outcome.rules.emplace_back();
      result.rule = parse_rule(rule);
      values.at("impacted").get_to(result.impacted);
      result.first_impacted = optional_from(values.at("first_impacted"));
      result.first_layer = optional_from(values.at("first_layer"));
      result.first_image = optional_from(values.at("first_image"));
      for (const nlohmann::json& value : values.at("relative_l2")) {
        result.relative_l2.push_back(number_from_json(value));
      }
    }
    return outcome;
  } catch (const std::exception& error) {
    throw StoreError(fmt::format(
        "a measurement in the store is not the outcome of a sweep ({}); was it written by another "
        "program? Start anew with another --out",
        error.what()));
  }
}

}  // namespace relu0
