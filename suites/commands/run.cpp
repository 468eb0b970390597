#include "fixtures/error.hpp"
#include "reference/arithmetic/mpfr_library.hpp"
#include "suites/command_line/arguments.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/command_line/shell_word.hpp"
#include "suites/commands/commands.hpp"
#include "suites/commands/run/conclusions.hpp"
#include "suites/commands/run/dry_run.hpp"
#include "suites/commands/run/planned_run.hpp"
#include "suites/run/budget/budget_run.hpp"
#include "suites/run/budget/open_rows.hpp"
#include "suites/run/checkpoints/checkpointed_training.hpp"
#include "suites/run/checkpoints/other_checkpoints.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/runner.hpp"
#include "suites/run/shards/file_system.hpp"
#include "suites/run/shards/shard_store.hpp"
#include "suites/run/workers/workers.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

budget::Budget budget_of(const RunOptions& options) {
  return {.seconds = options.budget.empty() ? std::nullopt
                                            : std::optional(parse_duration("--budget", options.budget))};
}

/// Throws InputError where a folder is something else, or would lie in something else: it could not be made.
void require_folder(const std::filesystem::path& folder) {
  std::filesystem::path there = std::filesystem::absolute(folder);
  while (!std::filesystem::exists(there) && there.has_relative_path()) {
    there = there.parent_path();
  }
  if (!std::filesystem::is_directory(there)) {
    throw InputError(fmt::format("--out {}: '{}' is no folder", folder.string(), there.string()));
  }
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
  if (end.ending == budget::Ending::spent) {
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

/// Removes checkpoints of draws that are made, which a kill left behind. Tells of those that the run will not
/// continue, or removes them.
void clear_checkpoints(const RunOptions& options, const PlannedRun& run, const Store& store) {
  if (!std::filesystem::exists(run.settings.checkpoints)) {
    return;
  }
  std::vector<DrawsToMake> to_make;
  to_make.reserve(run.measurements.size());
  for (const MeasurementPtr& measurement : run.measurements) {
    const std::string key = measurement->key(run.settings);
    const std::set<std::int64_t> made = store.draws(key);
    to_make.push_back({measurement, draws_to_make(*measurement, run.settings, made)});
    if (measurement->evaluates()) {
      std::vector<std::uint64_t> seeds;
      for (const std::int64_t draw : made) {
        seeds.push_back(run.settings.seed + static_cast<std::uint64_t>(draw));
      }
      remove_checkpoints(run.settings.checkpoints, key, seeds);
    }
  }
  const OtherCheckpoints others = other_checkpoints(to_make, run.settings);
  if (others.empty()) {
    return;
  }
  const bool removed = options.remove_other_checkpoints && !others.files.empty();
  // What is removed is named in full: nothing else tells it afterwards.
  constexpr std::size_t most_named = 3;
  fmt::print(stderr, "relu0: {}. {}\n", others.text(removed ? others.files.size() : most_named),
             removed ? "The checkpoints that could be read are removed."
             : others.files.empty()
                 ? ""
                 : "They wait for the command that began them; where it will not be run again, "
                   "--remove-other-checkpoints removes them.");
  if (removed) {
    others.remove();
  }
}

/// Tells where the draws are, and the command that goes on.
void tell_interrupted(const PlannedRun& run, const std::filesystem::path& file,
                      const std::filesystem::path& out) {
  fmt::print(
      stderr,
      "relu0: interrupted; every finished draw is kept in {}. The same command continues:\n  {} --out {}\n",
      file.string(), run.command, shell_word(out.string()));
}

}  // namespace

ExitCode run(const RunOptions& options) {
  // From here on, so that a request while the data are read ends the run as one during a measurement does.
  const InterruptGuard interrupt;
  if (options.worker) {
    workers::become(*options.worker);
  }
  reference::require_thread_safe_mpfr();
  const PlannedRun planned = plan_run(options);
  const RunSettings& settings = planned.settings;
  const int threads = threads_of(options);
  if (options.worker) {
    const RunEnd end =
        workers::work(planned.measurements, settings, options, planned.environment, planned.data, threads);
    return end == RunEnd::complete ? exit_pass : exit_inconclusive;
  }
  const std::filesystem::path file = options.out / "results.sqlite";
  Environment agreed = planned.environment;
  const auto accept = [&](const Store& before) {
    require_same_shard(before, settings.shard, planned.command);
    agreed = agreed_environment(before, planned.environment, options.unrecorded_facts);
  };
  const bool by_results = is_decided_by_results(options);
  const Measurements in_process = workers::with_libraries(planned.measurements, {});
  if (by_results) {
    const Evidence nothing(settings, options.only, planned.absent, Sampling::anytime);
    budget::require_headline(conclude(planned, nothing).findings, in_process, settings);
  }
  if (options.dry_run) {
    require_folder(options.out);
    if (std::filesystem::exists(file)) {
      accept(Store::open_for_reading(file));
    }
    print_plan(planned, by_results, draws_in(file));
    return exit_pass;
  }
  warn_of_network_file_system(options.out);
  const Clock clock = steady_clock();
  const double begun = clock();
  std::optional<budget::ProbedDraw> probed;
  if (by_results) {
    probed = budget::probe(in_process, settings, planned.data, planned.environment, draws_in(file),
                           budget_of(options), clock);
  }
  Store store = Store::open_for_run(file, accept);
  if (by_results) {
    agreed.emplace(facts::draws_by_results, planned.command);
  }
  if (settings.shard) {
    agreed[facts::shard] = name(*settings.shard);
  }
  const Sampling sampling = agreed.contains(facts::draws_by_results) ? Sampling::anytime : Sampling::fixed;
  const Evidence evidence(store, settings, options.only, planned.absent, sampling);
  store.set_environment(agreed);
  store.set_run_info({.command = planned.command,
                      .scale = std::string(name(settings.scale)),
                      .seed = static_cast<std::int64_t>(settings.seed)});
  clear_checkpoints(options, planned, store);
  RunEnd end = RunEnd::complete;
  std::optional<budget::BudgetRun> budget_run;
  if (by_results) {
    const std::unique_ptr<DrawKeeper> keeper = keep_in(store);
    budget_run = budget::measure_within(budget_of(options), begun,
                                        {in_process, settings, planned.data, *keeper, threads, clock}, probed,
                                        [&] { return conclude(planned, evidence).findings; });
    end = budget_run->ending == budget::Ending::interrupted ? RunEnd::interrupted : RunEnd::complete;
  } else {
    // A shard concludes nothing.
    const RunWatch watch = settings.shard ? RunWatch{} : concluding_now_and_then(clock, [&] {
      store.replace_results(results_so_far(options, planned, conclude(planned, evidence), store));
    });
    end = measure(in_process, settings, planned.data, store, threads, watch);
    if (end == RunEnd::complete) {
      end = workers::measure_in_workers(planned.measurements, settings, options, planned.environment, store,
                                        threads);
    }
  }
  if (end == RunEnd::interrupted) {
    tell_interrupted(planned, store.file(), options.out);
    return settings.shard ? exit_interrupted_shard : exit_inconclusive;
  }
  if (settings.shard && store.keys().empty()) {
    fmt::print("No draw of this run falls to shard {}; its store is needed all the same.\n",
               name(*settings.shard));
  }
  if (settings.shard) {
    fmt::print(
        "Shard {} is complete: {}\nWith the other shards' stores, relu0 merge joins them and concludes.\n",
        name(*settings.shard), store.file().string());
    return exit_pass;
  }
  Results results = conclude(planned, evidence);
  if (budget_run) {
    budget::say_what_it_takes(results.findings, budget_run->drawn, budget_run->costs);
    tell_ending(*budget_run, results);
  }
  return publish(options, planned, std::move(results), store);
}

}  // namespace relu0::commands
