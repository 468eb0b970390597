#pragma once
#include "reports/model/results.hpp"
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/evidence.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// One of the paper's experiments: what it measures, and what it concludes. `conclude` appends its findings,
/// figures and tables; it depends on the evidence alone. Where the run did not select all that a finding
/// needs, the finding is not run, and what is shown is what was selected.
struct Experiment {
  std::string_view id;
  Measurements (*measurements)();
  void (*conclude)(const Evidence& evidence, Results& results);
  /// In place of measurements(), where it is the run's settings that say what is measured.
  Measurements (*asked_for)(const RunSettings& settings) = nullptr;

  [[nodiscard]] Measurements measurements_for(const RunSettings& settings) const {
    return asked_for == nullptr ? measurements() : asked_for(settings);
  }

  /// @name What its text file, texts/<id>.toml, says of the whole experiment
  /// @{
  [[nodiscard]] std::string title() const;
  [[nodiscard]] std::string summary() const;
  /// @}
};

/// All experiments, in the order in which a report shows them.
const std::vector<Experiment>& experiments();

/// Throws InputError listing the known ids.
const Experiment& find_experiment(std::string_view id);

}  // namespace relu0
