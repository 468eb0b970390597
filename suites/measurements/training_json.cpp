#include "suites/measurements/training_json.hpp"

#include "reports/codec/fields.hpp"
#include "suites/measurements/reading_measurement.hpp"

namespace relu0 {

namespace {

/// One number for each iteration.
void per_iteration(Fields& f, const char* name, std::vector<double>& numbers, std::int64_t iterations) {
  f(name, numbers);
  f.require(std::ssize(numbers) == iterations, name,
            fmt::format("has {} numbers for {} iterations", numbers.size(), iterations));
}

}  // namespace

void fields(Fields& f, RuleDivergence& divergence) {
  f("first_different", divergence.first_different);
  f("distance", divergence.distance);
}

void fields(Fields& f, DivergenceOutcome& outcome) {
  f("iterations", outcome.iterations);
  f("first_zero", outcome.first_zero);
  per_iteration(f, "min_absolute_pre_activation", outcome.min_absolute_pre_activation, outcome.iterations);
  f("deterministic", outcome.deterministic);
  per_iteration(f, "control_distance", outcome.control_distance, outcome.iterations);
  f("first_non_finite", outcome.first_non_finite);
  f.by_name("rules", outcome.rules, &RuleDivergence::rule, parse_rule);
  for (const RuleDivergence& divergence : outcome.rules) {
    f.require(std::ssize(divergence.distance) == outcome.iterations, "rules",
              fmt::format("{} has {} distances for {} iterations", name(divergence.rule),
                          divergence.distance.size(), outcome.iterations));
  }
}

void fields(Fields& f, EpochZeros& epoch) {
  f("iterations", epoch.iterations);
  f("zeros", epoch.zeros);
  f("relu_inputs", epoch.relu_inputs);
}

void fields(Fields& f, ZeroTrainingOutcome& outcome) {
  f("epochs", outcome.epochs);
  f("minibatches", outcome.minibatches);
  f("deterministic", outcome.deterministic);
  f("first_non_finite", outcome.first_non_finite);
}

nlohmann::json to_json(const DivergenceOutcome& outcome) { return encode(outcome); }

DivergenceOutcome divergence_from_json(const nlohmann::json& from) {
  return reading_measurement("that of trainings which differ in s",
                             [&] { return decode<DivergenceOutcome>(from); });
}

nlohmann::json to_json(const ZeroTrainingOutcome& outcome) { return encode(outcome); }

ZeroTrainingOutcome zero_training_from_json(const nlohmann::json& from) {
  return reading_measurement("that of the zeros met in a training",
                             [&] { return decode<ZeroTrainingOutcome>(from); });
}

}  // namespace relu0
