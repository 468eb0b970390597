#pragma once
#include "suites/experiments/sweep_evidence.hpp"
#include "suites/measurements/sweep.hpp"

#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0::test {

/// The draws of a sweep or stream, as the experiments take them.
inline SweepEvidence sweeps(const std::vector<nlohmann::json>& draws) {
  SweepEvidence evidence;
  for (const nlohmann::json& values : draws) {
    evidence.draws.push_back(Sweep::decode(values));
  }
  return evidence;
}

/// Whether each network is impacted under the rule.
inline std::vector<bool> impacted(const SweepEvidence& evidence, Rule rule) {
  std::vector<bool> result;
  for (std::size_t draw = 0; draw < evidence.draws.size(); ++draw) {
    result.push_back(evidence.under(rule, draw).first_impacted.has_value());
  }
  return result;
}

/// Networks of which an image beyond the first `images` is the first to show a dependence on s.
inline Proportion impacted_later_than(const SweepEvidence& evidence, Rule rule, std::int64_t images) {
  Proportion result;
  for (std::size_t draw = 0; draw < evidence.draws.size(); ++draw) {
    const auto& first = evidence.under(rule, draw).first_image;
    ++result.trials;
    result.successes += first && *first >= images ? 1 : 0;
  }
  return result;
}

}  // namespace relu0::test
