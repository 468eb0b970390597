#include "suites/run/evidence.hpp"

#include "suites/measurements/outcome_json.hpp"
#include "suites/measurements/reference_json.hpp"
#include "suites/measurements/training_json.hpp"
#include "suites/measurements/zone_shape_json.hpp"

#include <algorithm>

namespace relu0 {

const RuleOutcome& CellEvidence::under(Rule rule, std::size_t draw) const {
  const auto& rules = draws.at(draw).rules;
  const auto found =
      std::find_if(rules.begin(), rules.end(), [rule](const RuleOutcome& r) { return r.rule == rule; });
  if (found == rules.end()) {
    throw StoreError("a measurement in the store lacks one of the two rules; start anew in another folder");
  }
  return *found;
}

namespace {

template <typename Predicate>
Proportion share(const CellEvidence& evidence, Rule rule, Predicate predicate) {
  Proportion result;
  for (std::size_t i = 0; i < evidence.draws.size(); ++i) {
    ++result.trials;
    result.successes += predicate(evidence.under(rule, i)) ? 1 : 0;
  }
  return result;
}

}  // namespace

Proportion CellEvidence::in_zone(Rule rule) const {
  return share(*this, rule, [](const RuleOutcome& outcome) { return outcome.first_impacted.has_value(); });
}

Proportion CellEvidence::in_zone_by_first_layer(Rule rule) const {
  return share(*this, rule, [](const RuleOutcome& outcome) { return outcome.first_layer.has_value(); });
}

bool CellEvidence::deterministic() const {
  return std::all_of(draws.begin(), draws.end(),
                     [](const SweepOutcome& outcome) { return outcome.deterministic; });
}

template <typename Outcome>
std::vector<Outcome> Evidence::draws(const Cell& cell, Outcome (*from_json)(const nlohmann::json&)) const {
  std::vector<Outcome> outcomes;
  const std::int64_t wanted = scale_.networks_for(cell);
  for (const Measurement& measurement : store_->measurements(key(cell, settings_))) {
    if (measurement.draw < wanted) {
      outcomes.push_back(from_json(measurement.values));
    }
  }
  return outcomes;
}

CellEvidence Evidence::of(const Cell& cell) const { return {cell, draws(cell, outcome_from_json)}; }

std::vector<ReferenceErrorOutcome> Evidence::reference_errors(const Cell& cell) const {
  return draws(cell, reference_error_from_json);
}

std::vector<ZeroOriginsOutcome> Evidence::zero_origins(const Cell& cell) const {
  return draws(cell, zero_origins_from_json);
}

std::vector<DivergenceOutcome> Evidence::divergences(const Cell& cell) const {
  return draws(cell, divergence_from_json);
}

std::vector<ZeroTrainingOutcome> Evidence::zero_trainings(const Cell& cell) const {
  return draws(cell, zero_training_from_json);
}

std::vector<ZoneShapeOutcome> Evidence::zone_shapes(const Cell& cell) const {
  return draws(cell, zone_shape_from_json);
}

}  // namespace relu0
