#include "suites/experiments/sweep_evidence.hpp"

#include <algorithm>

namespace relu0 {

const RuleOutcome& SweepEvidence::under(Rule rule, std::size_t draw) const {
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
Proportion share(const SweepEvidence& evidence, Rule rule, Predicate predicate) {
  Proportion result;
  for (std::size_t i = 0; i < evidence.draws.size(); ++i) {
    ++result.trials;
    result.successes += predicate(evidence.under(rule, i)) ? 1 : 0;
  }
  return result;
}

}  // namespace

Proportion SweepEvidence::in_zone(Rule rule) const {
  return share(*this, rule, [](const RuleOutcome& outcome) { return outcome.first_impacted.has_value(); });
}

Proportion SweepEvidence::in_zone_by_first_layer(Rule rule) const {
  return share(*this, rule, [](const RuleOutcome& outcome) { return outcome.first_layer.has_value(); });
}

}  // namespace relu0
