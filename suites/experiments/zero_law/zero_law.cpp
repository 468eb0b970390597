#include "suites/experiments/definitions.hpp"
#include "suites/experiments/zero_law/zero_law_settings.hpp"

namespace relu0 {

namespace {

constexpr const char* id = "zero-law";

void conclude(const Evidence& /*evidence*/, Results& /*results*/) {}

}  // namespace

const Experiment& zero_law_experiment() {
  static const Experiment experiment{
      .id = id, .measurements = [] { return as_measurements(zero_law_settings::all()); }, .conclude = conclude};
  return experiment;
}

}  // namespace relu0
