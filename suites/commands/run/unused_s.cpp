#include "suites/commands/run/unused_s.hpp"

#include "fixtures/add_once.hpp"
#include "fixtures/error.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::commands {

namespace {

bool ignores_s(const ChosenExperiment& one) {
  return std::none_of(one.measurements.begin(), one.measurements.end(),
                      [](const MeasurementPtr& of) { return of->depends_on_s(); });
}

/// The values of ReLU'(0) that the experiment chooses itself, in their order.
std::vector<std::string> own_values(const ChosenExperiment& one) {
  std::vector<std::string> values;
  for (const MeasurementPtr& measurement : one.measurements) {
    for (const FieldValue& field : measurement->field_values()) {
      if (field.field == "s") {
        add_once(values, field.value);
      }
    }
  }
  std::sort(values.begin(), values.end(),
            [](const std::string& a, const std::string& b) { return std::stod(a) < std::stod(b); });
  return values;
}

/// Why an experiment does not take two values, and what to do.
std::string explained(const ChosenExperiment& one) {
  const std::vector<std::string> values = own_values(one);
  return values.empty()
             ? fmt::format("{} compares no two values of ReLU'(0); run it without --s", one.experiment->id)
             : fmt::format(
                   "the values of {} are fixed (s = {}); run it without --s, and choose among them "
                   "by --only s=…",
                   one.experiment->id, fmt::join(values, ", "));
}

}  // namespace

std::vector<std::string> ids_without_s(const std::vector<ChosenExperiment>& chosen) {
  std::vector<std::string> ids;
  for (const ChosenExperiment& one : chosen) {
    if (ignores_s(one)) {
      ids.emplace_back(one.experiment->id);
    }
  }
  return ids;
}

void require_s_is_used(const std::vector<ChosenExperiment>& chosen, const RunOptions& options) {
  if (!options.s_given) {
    return;
  }
  std::vector<std::string> refusals;
  for (const ChosenExperiment& one : chosen) {
    if (ignores_s(one)) {
      refusals.push_back(explained(one));
    }
  }
  const bool any_uses_it = refusals.size() < chosen.size();
  if (!refusals.empty() && !(options.experiments.empty() && any_uses_it)) {
    throw InputError(
        fmt::format("--s {} {}: {}", options.settings.s_a, options.settings.s_b, fmt::join(refusals, "; ")));
  }
}

}  // namespace relu0::commands
