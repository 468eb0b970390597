#include "fixtures/error.hpp"
#include "reference/arithmetic/mpfr_library.hpp"
#include "reports/writers/writers.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/commands/commands.hpp"
#include "suites/experiments/experiment.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/environment_facts.hpp"
#include "suites/run/runner.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::commands {

namespace {

/// In the order of experiments(), each once; all of them when none is named.
std::vector<const Experiment*> selected(const RunOptions& options) {
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

std::vector<std::vector<Cell>> cells_of(const std::vector<const Experiment*>& experiments) {
  std::vector<std::vector<Cell>> cells;
  for (const Experiment* experiment : experiments) {
    cells.push_back(experiment->cells());
  }
  return cells;
}

int threads_of(const RunOptions& options) {
  return options.threads > 0 ? options.threads : processor_cores();
}

DataSets data_for(const std::vector<std::vector<Cell>>& cells, const RunOptions& options) {
  std::set<DataName> wanted;
  for (const auto& of_experiment : cells) {
    for (const Cell& cell : of_experiment) {
      wanted.insert(cell.data);
    }
  }
  DataSets data(options.data, wanted, threads_of(options));
  if (options.images && *options.images > data.largest()) {
    throw InputError(
        fmt::format("--images {}: the largest data set holds {}", *options.images, data.largest()));
  }
  return data;
}

RunSettings settings_of(const RunOptions& options, const DataSets& data) {
  return {.seed = options.seed,
          .data = data.facts(),
          .images = options.images,
          .s_a = options.s_a,
          .s_b = options.s_b,
          .device = options.device,
          .protocol = options.protocol,
          .stream_minibatches = options.scale.stream_minibatches(),
          .zero_training_multiply_adds = options.scale.zero_training_multiply_adds(),
          .reference_bits = options.reference_bits,
          .max_reference_bits = options.max_reference_bits};
}

std::vector<std::string> notes(const RunOptions& options, const DataSets& data) {
  std::vector<std::string> notes = data_notes(data, options.images);
  if (options.scale.networks || options.scale.fp64_networks) {
    notes.emplace_back("The number of networks was set by hand (--networks, --fp64-networks).");
  } else if (options.scale.name == ScaleName::quick) {
    notes.emplace_back(
        "Scale quick: few networks a cell, so the intervals are wide and some verdicts inconclusive. The "
        "paper's "
        "scale is 1,000 networks a cell (--scale paper).");
  }
  if (options.s_a != 0 || options.s_b != 1) {
    notes.push_back(fmt::format("Compared are s = {} and s = {}; the paper's claims are about 0 and 1.",
                                options.s_a, options.s_b));
  }
  for (const Precision precision : all_precisions) {
    const std::string support = precision_support(precision, options.device);
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

Results conclude(const std::vector<const Experiment*>& experiments, const Evidence& evidence) {
  Results results;
  for (const Experiment* experiment : experiments) {
    results.experiments.push_back({std::string(experiment->id), experiment->title(), experiment->summary()});
    experiment->conclude(evidence, results);
  }
  return results;
}

ExitCode decide(const RunOptions& options, const Results& results) {
  if (!options.fail_on) {
    return exit_pass;
  }
  const bool failed =
      std::any_of(results.findings.begin(), results.findings.end(), [&](const Finding& finding) {
        return finding.headline &&
               (finding.verdict == Verdict::not_reproduced ||
                (*options.fail_on == Verdict::inconclusive && finding.verdict != Verdict::reproduced));
      });
  return failed ? exit_failed : exit_pass;
}

}  // namespace

ExitCode run(const RunOptions& options) {
  reference::require_thread_safe_mpfr();
  const auto chosen = selected(options);
  const auto cells = cells_of(chosen);
  const DataSets data = data_for(cells, options);
  const RunSettings settings = settings_of(options, data);
  const std::string command = canonical_command(options);
  Store store = Store::open_for_run(options.out / "results.sqlite");
  check_environment(store, describe_environment(data, options.device), options.unrecorded_facts);
  store.set_run_info({.command = command,
                      .scale = std::string(name(options.scale.name)),
                      .seed = static_cast<std::int64_t>(options.seed)});
  const InterruptGuard interrupt;
  const RunEnd end =
      measure(plan(cells, settings, options.scale), settings, data, store, threads_of(options));
  if (end == RunEnd::interrupted) {
    fmt::print(
        stderr,
        "relu0: interrupted; every finished draw is kept in {}. The same command continues:\n  {} --out {}\n",
        store.file().string(), command, options.out.string());
    return exit_inconclusive;
  }
  Results results = conclude(chosen, Evidence(store, settings, options.scale));
  results.notes = notes(options, data);
  const std::vector<std::string> about_environment = environment_notes(store.environment());
  results.notes.insert(results.notes.end(), about_environment.begin(), about_environment.end());
  store.replace_results(results);
  write_reports(store, options.out);
  fmt::print("{}\nReport: {}\n", markdown_summary(store), (options.out / "report.html").string());
  return decide(options, results);
}

}  // namespace relu0::commands
