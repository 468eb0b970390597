#include "suites/measurements/training_json.hpp"

#include "suites/measurements/json_numbers.hpp"
#include "suites/measurements/reading_measurement.hpp"

#include <stdexcept>

namespace relu0 {

using nlohmann::json;

namespace {

/// One number for each iteration.
std::vector<double> per_iteration(const json& from, std::int64_t iterations) {
  std::vector<double> result = numbers_from_json(from);
  if (std::ssize(result) != iterations) {
    throw std::invalid_argument(fmt::format("{} numbers for {} iterations", result.size(), iterations));
  }
  return result;
}

}  // namespace

json to_json(const DivergenceOutcome& outcome) {
  json rules = json::object();
  for (const RuleDivergence& rule : outcome.rules) {
    rules[std::string(name(rule.rule))] = {{"first_different", optional_to_json(rule.first_different)},
                                           {"distance", numbers_to_json(rule.distance)}};
  }
  return {{"iterations", outcome.iterations},
          {"first_zero", optional_to_json(outcome.first_zero)},
          {"min_absolute_pre_activation", numbers_to_json(outcome.min_absolute_pre_activation)},
          {"deterministic", outcome.deterministic},
          {"control_distance", numbers_to_json(outcome.control_distance)},
          {"first_non_finite", optional_to_json(outcome.first_non_finite)},
          {"rules", rules}};
}

DivergenceOutcome divergence_from_json(const json& from) {
  return reading_measurement("that of trainings which differ in s", [&] {
    DivergenceOutcome outcome;
    from.at("iterations").get_to(outcome.iterations);
    outcome.first_zero = optional_from_json(from.at("first_zero"));
    outcome.min_absolute_pre_activation =
        per_iteration(from.at("min_absolute_pre_activation"), outcome.iterations);
    from.at("deterministic").get_to(outcome.deterministic);
    outcome.control_distance = per_iteration(from.at("control_distance"), outcome.iterations);
    outcome.first_non_finite = optional_from_json(from.at("first_non_finite"));
    for (const auto& [rule, values] : from.at("rules").items()) {
      outcome.rules.push_back({.rule = parse_rule(rule),
                               .first_different = optional_from_json(values.at("first_different")),
                               .distance = per_iteration(values.at("distance"), outcome.iterations)});
    }
    return outcome;
  });
}

json to_json(const ZeroTrainingOutcome& outcome) {
  json epochs = json::array();
  for (const EpochZeros& epoch : outcome.epochs) {
    epochs.push_back(
        {{"iterations", epoch.iterations}, {"zeros", epoch.zeros}, {"relu_inputs", epoch.relu_inputs}});
  }
  return {{"epochs", epochs},
          {"minibatches", outcome.minibatches},
          {"deterministic", outcome.deterministic},
          {"first_non_finite", optional_to_json(outcome.first_non_finite)}};
}

ZeroTrainingOutcome zero_training_from_json(const json& from) {
  return reading_measurement("that of the zeros met in a training", [&] {
    ZeroTrainingOutcome outcome;
    for (const json& epoch : from.at("epochs")) {
      outcome.epochs.push_back({.iterations = epoch.at("iterations").get<std::int64_t>(),
                                .zeros = epoch.at("zeros").get<std::int64_t>(),
                                .relu_inputs = epoch.at("relu_inputs").get<std::int64_t>()});
    }
    from.at("minibatches").get_to(outcome.minibatches);
    from.at("deterministic").get_to(outcome.deterministic);
    outcome.first_non_finite = optional_from_json(from.at("first_non_finite"));
    return outcome;
  });
}

}  // namespace relu0
