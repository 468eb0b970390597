#include "fixtures/error.hpp"
#include "reference/arithmetic/format.hpp"
#include "reference/arithmetic/mpfr_library.hpp"
#include "reference/arithmetic/real.hpp"
#include "reports/recorded/recorded_results.hpp"
#include "reports/writers/writers.hpp"
#include "suites/claims/paper_claims.hpp"
#include "suites/command_line/arguments.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/commands/commands.hpp"
#include "suites/experiments/experiment.hpp"
#include "suites/run/absent_data.hpp"
#include "suites/run/budget/budget_run.hpp"
#include "suites/run/budget/open_rows.hpp"
#include "suites/run/data_checksums.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/environment_facts.hpp"
#include "suites/run/runner.hpp"
#include "suites/run/workers/workers.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::commands {

namespace {

/// An experiment that is run, and what it measures of that which the run is limited to.
struct Chosen {
  const Experiment* experiment;
  Measurements measurements;
};

/// Whether a run with these settings makes it. Choices of libraries are the CPU's.
bool belongs(const Measurement& measurement, const RunSettings& settings) {
  const Setting& setting = measurement.setting;
  const bool own_kernel = setting.kernel || !setting.libraries.is_usual();
  return !own_kernel || settings.measures_other_kernels() ||
         (settings.device == Device::cpu && setting.kernel == settings.kernel &&
          setting.libraries.is_usual());
}

/// The experiments named, or all where none is, in the order of experiments() and each once. One of which
/// nothing is selected is left out.
std::vector<Chosen> choose(const RunOptions& options) {
  for (const std::string& id : options.experiments) {
    (void)find_experiment(id);
  }
  std::vector<Chosen> chosen;
  Measurements offered;
  for (const Experiment& experiment : experiments()) {
    if (options.experiments.empty() || std::find(options.experiments.begin(), options.experiments.end(),
                                                 experiment.id) != options.experiments.end()) {
      Measurements all = experiment.measurements();
      std::erase_if(all, [&](const MeasurementPtr& of) { return !belongs(*of, options.settings); });
      offered.insert(offered.end(), all.begin(), all.end());
      const Measurements selected = options.only.of(all);
      if (!selected.empty()) {
        chosen.push_back({&experiment, selected});
      }
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

Measurements measurements_of(const std::vector<Chosen>& chosen) {
  Measurements measurements;
  for (const Chosen& one : chosen) {
    measurements.insert(measurements.end(), one.measurements.begin(), one.measurements.end());
  }
  return measurements;
}

int threads_of(const RunOptions& options) {
  return options.threads > 0 ? options.threads : processor_cores();
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
  return data;
}

std::vector<std::string> notes(const RunOptions& options, const DataSets& data, const AbsentData& absent,
                               const RunSettings& settings) {
  std::vector<std::string> notes = data_notes(data, settings.images);
  for (const auto& [data_name, why] : absent) {
    notes.push_back(fmt::format("What measures on {} is not run: {}.", name(data_name), why));
  }
  if (!options.only.everything()) {
    notes.push_back(
        fmt::format("The run was limited to measurements with {} (--only). A finding that needs others, too, "
                    "is not run.",
                    options.only.text()));
  }
  if (settings.networks || settings.fp64_networks) {
    notes.emplace_back("The number of networks was set by hand (--networks, --fp64-networks).");
  } else if (is_decided_by_results(options)) {
    notes.emplace_back(
        "As many networks as its results asked for, at most the paper's number in each setting (--budget, "
        "--until-decided).");
  } else if (settings.scale == RunScale::quick) {
    notes.emplace_back(
        "Scale quick: few networks in each setting, so the intervals are wide and some verdicts "
        "inconclusive; what so few cannot decide and costs much is left out, with the command that measures "
        "it. The paper's scale is 1,000 networks in each (--scale paper).");
  }
  if (settings.s_a != 0 || settings.s_b != 1) {
    notes.push_back(fmt::format("Compared are s = {} and s = {}; the paper's claims are about 0 and 1.",
                                settings.s_a, settings.s_b));
  }
  if (settings.kernel.family != KernelFamily::native) {
    notes.push_back(fmt::format("Linear layers and convolutions by {} (--kernel {}){}.",
                                describe(settings.kernel), name(settings.kernel),
                                settings.measures_other_kernels()
                                    ? ", so that a verdict does not depend on whose machine it is; by other "
                                      "kernels only what says so"
                                    : ""));
    if (const int bits = settings.kernel.order.bits; bits != 0) {
      notes.push_back(
          fmt::format("What is called fp64 has numbers of {} bits here; the claims are about 53.", bits));
    }
  }
  if (!settings.measures_other_kernels()) {
    notes.emplace_back(
        "Where an experiment measures other kernels beside the run's, this run leaves them out: they are "
        "measured on the CPU, without --kernel.");
  }
  for (const Precision precision : all_precisions) {
    const std::string support = precision_support(precision, settings.device);
    if (support != "native") {
      notes.push_back(fmt::format("{} is {}.", name(precision), support));
    }
  }
  notes.emplace_back(
      "Control: the same s was run twice (of a sweep or stream on each network's first and first impacted "
      "mini-batch; of a training from its beginning); where the bits differ, the verdict is inconclusive and "
      "says so.");
  return notes;
}

Results conclude(const std::vector<Chosen>& chosen, const Evidence& evidence) {
  Results results;
  for (const PaperClaim& of : paper_claims()) {
    results.claims.push_back(of.claim);
  }
  for (const Chosen& one : chosen) {
    const Experiment& experiment = *one.experiment;
    results.experiments.push_back({std::string(experiment.id), experiment.title(), experiment.summary()});
    experiment.conclude(evidence, results);
  }
  for (Finding& finding : results.findings) {
    if (finding.verdict == Verdict::not_run) {
      finding.agreement.clear();
    }
  }
  return results;
}

budget::Budget budget_of(const RunOptions& options) {
  return {.seconds = options.budget.empty() ? std::nullopt
                                            : std::optional(parse_duration("--budget", options.budget))};
}

/// The draws of each measurement that the store in that file has, where there is one.
std::function<std::set<std::int64_t>(const std::string&)> draws_in(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    return [](const std::string& /*key*/) { return std::set<std::int64_t>(); };
  }
  return [store = std::make_shared<const Store>(Store::open_for_reading(file))](const std::string& key) {
    return store->draws(key);
  };
}

/// Tells on stderr how a run ended whose results decided its draws.
void tell_ending(const budget::BudgetRun& end, const Results& results) {
  const auto count = [&results](auto predicate) {
    return std::count_if(results.findings.begin(), results.findings.end(), predicate);
  };
  const auto open = count([](const Finding& of) { return of.headline && of.outlook; });
  if (count([](const Finding& of) { return of.headline; }) == 0) {
    fmt::print(stderr,
               "relu0: no finding of these experiments is a headline, so nothing was drawn for one; without "
               "--budget "
               "and --until-decided they are measured.\n");
  } else if (end.ending == budget::Ending::spent) {
    fmt::print(stderr,
               "relu0: the budget is spent. Headline findings still open: {}; each says what it would take. "
               "The same "
               "command goes on.\n",
               open);
  } else if (end.ending == budget::Ending::nothing_left) {
    fmt::print(
        stderr,
        "relu0: all networks that this run may draw were drawn. Headline findings still open: {}; --networks "
        "allows more.\n",
        open);
  }
  const auto beyond = count(
      [](const Finding& of) { return of.headline && !of.outlook && of.verdict == Verdict::inconclusive; });
  if (beyond > 0) {
    fmt::print(
        stderr,
        "relu0: more networks do not decide {} headline finding(s) that stay(s) inconclusive; each says "
        "why.\n",
        beyond);
  }
}

/// A watch that calls `conclude` when a draw was kept and a minute has passed since it last did, and 50 times
/// what that took, for whoever watches the report.
RunWatch concluding_now_and_then(const Clock& clock, std::function<void()> conclude) {
  static constexpr double least_seconds = 60;
  static constexpr double times_its_cost = 50;
  RunWatch watch{.clock = clock};
  watch.made = [clock, conclude = std::move(conclude), due = clock() + least_seconds](
                   const std::string& /*key*/, double /*seconds*/) mutable {
    const double now = clock();
    if (now < due) {
      return;
    }
    conclude();
    const double then = clock();
    due = then + std::max(least_seconds, times_its_cost * (then - now));
  };
  return watch;
}

ExitCode decide(const RunOptions& options, const Results& results) {
  if (!options.fail_on) {
    return exit_pass;
  }
  const auto fails = [&options](const Finding& finding) {
    if (finding.verdict == Verdict::not_run && !options.only.everything()) {
      return false;  // not selected
    }
    return finding.verdict == Verdict::not_reproduced ||
           (*options.fail_on == Verdict::inconclusive && finding.verdict != Verdict::reproduced &&
            finding.verdict != Verdict::measured);
  };
  const bool failed =
      std::any_of(results.findings.begin(), results.findings.end(),
                  [&fails](const Finding& finding) { return finding.headline && fails(finding); });
  const bool any_verdict = std::any_of(
      results.findings.begin(), results.findings.end(),
      [](const Finding& finding) { return finding.headline && finding.verdict != Verdict::not_run; });
  return failed ? exit_failed : any_verdict ? exit_pass : exit_inconclusive;
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
    const reference::Format format = reference::storage_format(measurement->setting.precision);
    const auto stored = [&format](double s) {
      reference::Real value(53);
      mpfr_set_d(value, s, MPFR_RNDN);
      return reference::round_to(format, value);
    };
    if (stored(settings.s_a) == stored(settings.s_b)) {
      throw InputError(fmt::format(
          "--s {} {}: {} holds both as {}; give values that differ there, or select other precisions by "
          "--only",
          settings.s_a, settings.s_b, name(measurement->setting.precision), stored(settings.s_a)));
    }
  }
}

}  // namespace

ExitCode run(const RunOptions& options) {
  // From here on, so that a request while the data are read ends the run as one during a measurement does.
  const InterruptGuard interrupt;
  if (options.worker) {
    workers::become(*options.worker);
  }
  reference::require_thread_safe_mpfr();
  const std::vector<Chosen> chosen = choose(options);
  Measurements measurements = measurements_of(chosen);
  if (options.worker) {
    measurements = workers::with_libraries(measurements, options.worker->libraries);
  }
  require_two_values(measurements, options.settings);
  require_kernels(measurements, options.settings);
  require_draws(measurements, options);
  // What is trained to the end and left out is neither made nor looked for in a store: its data need not be
  // there.
  std::erase_if(measurements, [&options](const MeasurementPtr& of) {
    return of->evaluates() && of->draws(options.settings) == 0;
  });
  const AbsentData absent =
      absent_data(data_of(measurements), {.folder = options.data,
                                          .allow_embedded = options.allow_embedded,
                                          .named_experiments = !options.experiments.empty()});
  std::erase_if(measurements,
                [&absent](const MeasurementPtr& of) { return absent.contains(of->setting.data); });
  const DataSets data = data_for(measurements, options);
  RunSettings settings = options.settings;
  settings.data = data.facts();
  settings.checkpoints = options.out / "checkpoints";
  RunOptions repeated = options;
  repeated.data_checksums = checksums_of(data);
  const std::string command = canonical_command(repeated);
  const Environment environment =
      describe_environment(data, settings.device, settings.kernel, libraries_of(measurements, settings));
  require_rounding_to_nearest(environment);
  const Measurements planned = plan(measurements, settings);
  const int threads = threads_of(options);
  if (options.worker) {
    const RunEnd end = workers::work(planned, settings, options, environment, data, threads);
    return end == RunEnd::complete ? exit_pass : exit_inconclusive;
  }
  const std::filesystem::path file = options.out / "results.sqlite";
  const bool by_results = is_decided_by_results(options);
  const Measurements in_process = workers::with_libraries(planned, {});
  const Clock clock = steady_clock();
  const double begun = clock();
  std::optional<budget::ProbedDraw> probed;
  if (by_results) {
    probed =
        budget::probe(in_process, settings, data, environment, draws_in(file), budget_of(options), clock);
  }
  Environment agreed = environment;
  Store store = Store::open_for_run(file, [&](const Store& before) {
    agreed = agreed_environment(before, environment, options.unrecorded_facts);
  });
  if (by_results) {
    agreed.emplace(facts::draws_by_results, command);
  }
  const Sampling sampling = agreed.contains(facts::draws_by_results) ? Sampling::anytime : Sampling::fixed;
  const Evidence evidence(store, settings, options.only, absent, sampling);
  store.set_environment(agreed);
  store.set_run_info({.command = command,
                      .scale = std::string(name(settings.scale)),
                      .seed = static_cast<std::int64_t>(settings.seed)});
  RunEnd end = RunEnd::complete;
  std::optional<budget::BudgetRun> budget_run;
  if (by_results) {
    const std::unique_ptr<DrawKeeper> keeper = keep_in(store);
    budget_run = budget::measure_within(budget_of(options), begun,
                                        {in_process, settings, data, *keeper, threads, clock}, probed,
                                        [&] { return conclude(chosen, evidence).findings; });
    end = budget_run->ending == budget::Ending::interrupted ? RunEnd::interrupted : RunEnd::complete;
  } else {
    end = measure(in_process, settings, data, store, threads, concluding_now_and_then(clock, [&] {
                    Results so_far = conclude(chosen, evidence);
                    so_far.notes = notes(options, data, absent, settings);
                    so_far.notes.emplace_back(
                        "Concluded while the run went on: what was not measured yet counts as not run.");
                    store.replace_results(so_far);
                  }));
    if (end == RunEnd::complete) {
      end = workers::measure_in_workers(planned, settings, options, environment, store, threads);
    }
  }
  if (end == RunEnd::interrupted) {
    fmt::print(
        stderr,
        "relu0: interrupted; every finished draw is kept in {}. The same command continues:\n  {} --out {}\n",
        store.file().string(), command, options.out.string());
    return exit_inconclusive;
  }
  Results results = conclude(chosen, evidence);
  if (budget_run) {
    budget::say_what_it_takes(results.findings, budget_run->drawn, budget_run->costs);
    tell_ending(*budget_run, results);
  }
  results.notes = notes(options, data, absent, settings);
  add_recorded(built_in_recorded(), name(settings.kernel), results);
  const std::vector<std::string> about_environment = environment_notes(store.environment());
  results.notes.insert(results.notes.end(), about_environment.begin(), about_environment.end());
  store.replace_results(results);
  write_reports(store, options.out);
  fmt::print("{}\nReport: {}\n", markdown_summary(store), (options.out / "report.html").string());
  return decide(options, results);
}

}  // namespace relu0::commands
