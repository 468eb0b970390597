#include "fixtures/error.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/command_line/shell_word.hpp"
#include "suites/commands/commands.hpp"
#include "suites/commands/run/conclusions.hpp"
#include "suites/commands/run/planned_run.hpp"
#include "suites/run/runner.hpp"
#include "suites/run/shards/shard_store.hpp"

#include <utility>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

/// What the run of a shard's store measures without its shard, and without where its data lay: data are told
/// by their checksums.
RunOptions whole_run(const ShardStore& one, const MergeOptions& options) {
  try {
    RunOptions run = options.parse_command(one.store.run_info().command);
    run.settings.shard.reset();
    return run;
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", one.store.file().string(), error.what()));
  }
}

/// Whether two runs measure the same, wherever their data lay.
bool are_same_but_for_place(RunOptions a, const RunOptions& b) {
  const bool both_have_data = a.data.has_value() && b.data.has_value();
  if (both_have_data) {
    a.data = b.data;
  }
  return canonical_command(a) == canonical_command(b);
}

/// What all shards together were to measure.
RunOptions common_run(const std::vector<ShardStore>& shards, const MergeOptions& options) {
  RunOptions run = whole_run(shards.front(), options);
  for (const ShardStore& one : shards) {
    if (const RunOptions other = whole_run(one, options); !are_same_but_for_place(run, other)) {
      throw InputError(fmt::format("these are shards of different runs: {} is of\n  {}\nand {} of\n  {}",
                                   shards.front().store.file().string(), canonical_command(run),
                                   one.store.file().string(), canonical_command(other)));
    }
  }
  return run;
}

/// What a shard lacks, and the command that measures it.
std::string gap(const ShardStore& one, const Measurement& first, std::int64_t draw, std::int64_t count) {
  return fmt::format(
      "{}: shard {} lacks {} of its draws, the first is draw {} of {}; this completes it:\n  {} --out {}",
      one.store.file().string(), name(one.shard), count, draw, first.describe(), one.store.run_info().command,
      shell_word(one.store.file().parent_path().string()));
}

void require_all_draws(const std::vector<ShardStore>& shards, const PlannedRun& run) {
  std::string gaps;
  for (const ShardStore& one : shards) {
    RunSettings settings = run.settings;
    settings.shard = one.shard;
    std::int64_t missing = 0;
    const Measurement* first = nullptr;
    std::int64_t first_draw = 0;
    for (const MeasurementPtr& measurement : run.measurements) {
      const auto draws = draws_to_make(*measurement, settings, one.store.draws(measurement->key(settings)));
      if (!draws.empty() && first == nullptr) {
        first = measurement.get();
        first_draw = draws.front();
      }
      missing += std::ssize(draws);
    }
    if (first != nullptr) {
      gaps += (gaps.empty() ? "" : "\n") + gap(one, *first, first_draw, missing);
    }
  }
  if (!gaps.empty()) {
    throw InputError(gaps);
  }
}

/// What is concluded from a store of the run's draws.
Results concluded(const Store& store, const RunOptions& options, const PlannedRun& run) {
  return conclude(run, Evidence(store, run.settings, options.only, run.absent));
}

/// The same from the store of all shards. Where a draw cannot be read, the error names the shard that holds
/// it.
Results concluded_from_all(const Store& joined, const std::vector<ShardStore>& shards,
                           const RunOptions& options, const PlannedRun& run) {
  try {
    return concluded(joined, options, run);
  } catch (const StoreError&) {
    for (const ShardStore& one : shards) {
      (void)concluded(one.store, options, run);
    }
    throw;
  }
}

}  // namespace

ExitCode merge(const MergeOptions& options) {
  const std::vector<ShardStore> shards = open_shards(options.shards);
  const Environment environment = joined_environment(shards);
  RunOptions run = common_run(shards, options);
  run.out = options.out;
  run.fail_on = options.fail_on;
  if (options.data) {
    run.data = options.data;
  }
  const PlannedRun planned = plan_run(run);
  require_all_draws(shards, planned);
  ExitCode code = exit_pass;
  write_joined(shards, environment,
               {.command = planned.command,
                .scale = std::string(name(planned.settings.scale)),
                .seed = static_cast<std::int64_t>(planned.settings.seed)},
               options.out / "results.sqlite", [&](Store& joined) {
                 code = publish(run, planned, concluded_from_all(joined, shards, run, planned), joined);
               });
  return code;
}

}  // namespace relu0::commands
