#include "suites/compare/draw_comparison.hpp"

#include "reports/codec/stored_values.hpp"
#include "reports/model/store_error.hpp"
#include "suites/compare/measurement_names.hpp"

#include <map>
#include <numeric>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// The draws of one measurement by the seeds of their θ.
using DrawsBySeed = std::map<std::uint64_t, nlohmann::json>;

/// A measurement whatever the seed.
struct StoredMeasurement {
  std::string key;  ///< one of those under which it is stored
  DrawsBySeed draws;
};

/// All measurements of a store by their keys without the seed.
std::map<std::string, StoredMeasurement> measurements_of(const Store& store) {
  std::map<std::string, StoredMeasurement> result;
  for (const std::string& key : store.keys()) {
    nlohmann::json identity = nlohmann::json::parse(key, nullptr, false);
    std::uint64_t seed = 0;
    if (identity.is_object() && identity.contains("seed") && identity["seed"].is_number_integer()) {
      seed = identity["seed"].get<std::uint64_t>();
      identity.erase("seed");
    }
    StoredMeasurement& measurement = result[identity.is_object() ? identity.dump() : key];
    measurement.key = key;
    for (StoredDraw& draw : store.stored_draws(key)) {
      measurement.draws.emplace(seed + static_cast<std::uint64_t>(draw.draw), std::move(draw.values));
    }
  }
  return result;
}

CountedDraws all_counts(const DrawsBySeed& draws) {
  CountedDraws counts;
  for (const auto& [seed, values] : draws) {
    counts.push_back(counts_in(values));
  }
  return counts;
}

void compare(const StoredMeasurement& a, const StoredMeasurement& b, MeasurementNames& names,
             DrawComparison& result) {
  MeasurementComparison comparison{.measurement = a.key, .description = names.of(a.key)};
  CountedDraws common_a;
  CountedDraws common_b;
  for (const auto& [seed, values] : a.draws) {
    const auto found = b.draws.find(seed);
    if (found != b.draws.end()) {
      ++comparison.common;
      common_a.push_back(counts_in(values));
      common_b.push_back(counts_in(found->second));
      if (canonical_text(values) != canonical_text(found->second)) {
        comparison.changed.push_back(seed);
      }
    }
  }
  std::vector<CountTest> tests;
  if (comparison.common > 0) {
    tests = paired_tests(comparison.description, common_a, common_b);
  } else if (!a.draws.empty() && !b.draws.empty()) {
    comparison.unpaired = std::ssize(a.draws) + std::ssize(b.draws);
    tests = unpaired_tests(comparison.description, all_counts(a.draws), all_counts(b.draws));
  }
  result.same_draws = result.same_draws && comparison.common == std::ssize(a.draws) &&
                      comparison.common == std::ssize(b.draws);
  result.tests.insert(result.tests.end(), tests.begin(), tests.end());
  result.measurements.push_back(std::move(comparison));
}

}  // namespace

std::int64_t DrawComparison::common() const {
  return std::accumulate(
      measurements.begin(), measurements.end(), std::int64_t{0},
      [](std::int64_t sum, const MeasurementComparison& measurement) { return sum + measurement.common; });
}

std::int64_t DrawComparison::changed() const {
  return std::accumulate(measurements.begin(), measurements.end(), std::int64_t{0},
                         [](std::int64_t sum, const MeasurementComparison& measurement) {
                           return sum + std::ssize(measurement.changed);
                         });
}

std::int64_t DrawComparison::unpaired() const {
  return std::accumulate(
      measurements.begin(), measurements.end(), std::int64_t{0},
      [](std::int64_t sum, const MeasurementComparison& measurement) { return sum + measurement.unpaired; });
}

DrawComparison compare_draws(const Store& a, const Store& b) {
  DrawComparison result;
  const auto theirs = measurements_of(b);
  MeasurementNames names;
  std::size_t in_both = 0;
  for (const auto& [identity, measurement] : measurements_of(a)) {
    const auto found = theirs.find(identity);
    if (found == theirs.end()) {
      result.same_draws = false;
    } else {
      ++in_both;
      compare(measurement, found->second, names, result);
    }
  }
  result.same_draws = result.same_draws && in_both == theirs.size();
  return result;
}

}  // namespace relu0
