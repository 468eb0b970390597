#include "suites/commands/run/planned_run.hpp"

#include "fixtures/error.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/commands/run/unused_s.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/measurements/base/held_out.hpp"
#include "suites/measurements/base/stored_value.hpp"
#include "suites/run/data_checksums.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/environment_facts.hpp"
#include "suites/run/runner.hpp"
#include "suites/run/workers/workers.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::commands {

namespace {

/// Whether a run with these settings makes it. Choices of libraries are the CPU's.
bool belongs(const Measurement& measurement, const RunSettings& settings) {
  const Setting& setting = measurement.setting;
  const bool own_kernel = setting.kernel || !setting.libraries.is_usual();
  return !own_kernel || settings.measures_other_kernels() ||
         (settings.device == Device::cpu && setting.kernel == settings.kernel &&
          setting.libraries.is_usual());
}

/// The experiments named, or all where none is, in the order of experiments() and each once; the one of the
/// user's own trainings where there are any.
std::vector<const Experiment*> asked_for(const RunOptions& options) {
  if (!options.settings.trainings.empty()) {
    return {&own_training_experiment()};
  }
  for (const std::string& id : options.experiments) {
    (void)find_experiment(id);
  }
  std::vector<const Experiment*> result;
  for (const Experiment& experiment : experiments()) {
    if (options.experiments.empty() || std::find(options.experiments.begin(), options.experiments.end(),
                                                 experiment.id) != options.experiments.end()) {
      result.push_back(&experiment);
    }
  }
  return result;
}

/// Those of which something is selected.
std::vector<ChosenExperiment> choose(const RunOptions& options) {
  std::vector<ChosenExperiment> chosen;
  Measurements offered;
  for (const Experiment* experiment : asked_for(options)) {
    Measurements all = experiment->measurements_for(options.settings);
    std::erase_if(all, [&](const MeasurementPtr& of) { return !belongs(*of, options.settings); });
    offered.insert(offered.end(), all.begin(), all.end());
    const Measurements selected = options.only.of(all);
    if (!selected.empty()) {
      chosen.push_back({experiment, selected});
    }
  }
  // A condition that nothing fits is a slip of the pen even where its alternatives select something.
  const std::vector<std::string> unmet = options.only.unmet(offered);
  if (chosen.empty() || !unmet.empty()) {
    throw NothingSelected(
        fmt::format("no measurement has {}; those of the experiments asked for have\n{}",
                    unmet.empty() ? options.only.text() : fmt::format("{}", fmt::join(unmet, " or ")),
                    describe_field_values(offered, options.settings.kernel)));
  }
  return chosen;
}

Measurements measurements_of(const std::vector<ChosenExperiment>& chosen) {
  Measurements measurements;
  for (const ChosenExperiment& one : chosen) {
    measurements.insert(measurements.end(), one.measurements.begin(), one.measurements.end());
  }
  return measurements;
}

std::set<DataName> data_of(const Measurements& measurements) {
  std::set<DataName> wanted;
  for (const MeasurementPtr& measurement : measurements) {
    wanted.insert(measurement->setting.data);
  }
  return wanted;
}

DataSets data_for(const Measurements& measurements, const RunOptions& options) {
  Measurements evaluated = measurements;
  std::erase_if(evaluated, [](const MeasurementPtr& of) { return !of->evaluates(); });
  DataSets data(options.data, data_of(measurements), threads_of(options), data_of(evaluated));
  if (options.data_checksums) {
    require_data(data, *options.data_checksums);
  }
  if (const auto& images = options.settings.images; images && *images > data.largest()) {
    throw InputError(fmt::format("--images {}: the largest data set holds {}", *images, data.largest()));
  }
  if (const auto& images = options.settings.images;
      images && options.settings.rate_candidates && *images < held_out_of) {
    throw InputError(
        fmt::format("--images {}: a training that searches its learning rate holds one image of {} out, and "
                    "needs at least "
                    "as many",
                    *images, held_out_of));
  }
  return data;
}

/// Throws InputError where a measurement cannot be made with its kernel.
void require_kernels(const Measurements& measurements, const RunSettings& settings) {
  for (const MeasurementPtr& measurement : measurements) {
    const KernelChoice kernel = measurement->kernel(settings);
    for (const Precision precision : measurement->precisions()) {
      try {
        require_kernel(kernel, precision, settings.device);
      } catch (const InputError& error) {
        throw InputError(fmt::format("--kernel: {} ({})", error.what(), measurement->describe()));
      }
    }
  }
}

/// Throws NothingSelected where the run may draw no network for any of them.
void require_draws(const Measurements& measurements, const RunOptions& options) {
  const RunSettings& settings = options.settings;
  if (std::all_of(measurements.begin(), measurements.end(), [&](const MeasurementPtr& measurement) {
        return (is_decided_by_results(options) ? measurement->most_draws(settings)
                                               : measurement->draws(settings)) == 0;
      })) {
    throw NothingSelected(fmt::format(
        "at --scale {} no network is drawn for {}; give --networks N, or --fp64-networks N at fp64",
        name(settings.scale), measurements.front()->describe()));
  }
}

/// Throws InputError where learning rates are to be searched and nothing is trained to the end.
void require_trainings(const Measurements& measurements, const RunSettings& settings) {
  if (settings.rate_candidates && std::none_of(measurements.begin(), measurements.end(),
                                               [](const MeasurementPtr& of) { return of->evaluates(); })) {
    throw InputError(
        "--learning-rates search: nothing that was asked for is trained to the end; name sgd-sweep or "
        "another of "
        "the experiments that are");
  }
}

/// Throws InputError for the first that cannot be made.
void require_possible(const Measurements& measurements, const RunSettings& settings) {
  for (const MeasurementPtr& measurement : measurements) {
    if (const std::string why = measurement->impossible(settings); !why.empty()) {
      throw InputError(fmt::format("{}: {}", measurement->describe(), why));
    }
  }
}

/// Whether a store that these measurements are added to depends on the libraries of linear layers and
/// convolutions.
ProductLibraries libraries_of(const Measurements& measurements, const RunSettings& settings) {
  const bool used =
      std::any_of(measurements.begin(), measurements.end(), [&](const MeasurementPtr& measurement) {
        return measurement->kernel(settings).family != KernelFamily::portable;
      });
  return used ? ProductLibraries::used : ProductLibraries::not_used;
}

/// Throws InputError where a precision stores both values of ReLU'(0) as the same number, so that nothing
/// would be compared.
void require_two_values(const Measurements& measurements, const RunSettings& settings) {
  for (const MeasurementPtr& measurement : measurements) {
    const Precision precision = measurement->setting.precision;
    if (stored(settings.s_a, precision) == stored(settings.s_b, precision)) {
      throw InputError(fmt::format(
          "--s {} {}: {} holds both as {}; give values that differ there, or select other precisions by "
          "--only",
          settings.s_a, settings.s_b, name(precision), stored(settings.s_a, precision)));
    }
  }
}

}  // namespace

int threads_of(const RunOptions& options) {
  return options.threads > 0 ? options.threads : processor_cores();
}

PlannedRun plan_run(const RunOptions& options) {
  const std::vector<ChosenExperiment> chosen = choose(options);
  Measurements measurements = measurements_of(chosen);
  if (options.worker) {
    measurements = workers::with_libraries(measurements, options.worker->libraries);
  }
  require_s_is_used(chosen, options);
  require_two_values(measurements, options.settings);
  require_kernels(measurements, options.settings);
  require_draws(measurements, options);
  require_trainings(measurements, options.settings);
  // What is trained to the end and left out is neither made nor looked for in a store: its data need not be
  // there.
  std::erase_if(measurements, [&options](const MeasurementPtr& of) {
    return of->evaluates() && of->draws(options.settings) == 0;
  });
  const AbsentData absent =
      absent_data(data_of(measurements),
                  {.folder = options.data,
                   .allow_embedded = options.allow_embedded,
                   .named_experiments = !options.experiments.empty() || !options.settings.trainings.empty()});
  std::erase_if(measurements,
                [&absent](const MeasurementPtr& of) { return absent.contains(of->setting.data); });
  DataSets data = data_for(measurements, options);
  RunSettings settings = options.settings;
  settings.data = data.facts();
  settings.checkpoints = options.out / "checkpoints";
  settings.data_options = data_options(options);
  RunOptions repeated = options;
  repeated.data_checksums = checksums_of(data);
  Environment environment =
      describe_environment(data, settings.device, settings.kernel, libraries_of(measurements, settings));
  require_rounding_to_nearest(environment);
  require_possible(measurements, settings);
  Measurements planned = plan(measurements, settings);
  return {.experiments = chosen,
          .absent = absent,
          .data = std::move(data),
          .settings = std::move(settings),
          .command = canonical_command(repeated),
          .environment = std::move(environment),
          .measurements = std::move(planned)};
}

}  // namespace relu0::commands
