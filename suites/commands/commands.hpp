#pragma once
#include "suites/command_line/exit_code.hpp"
#include "suites/gate/gate_options.hpp"
#include "suites/run/run_options.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// The subcommands of relu0. Results go to stdout, progress and warnings to stderr. They throw InputError,
/// StoreError, EnvironmentMismatch or NothingSelected, which the command line turns into exit codes.
namespace relu0::commands {

/// Experiments with their claims, measurements and numbers of networks at a scale, and what measurements can
/// be selected by.
ExitCode list(RunScale scale);

/// Measures what the store in `options.out` lacks, draws the conclusions and writes the reports beside it.
/// Throws NothingSelected where options.only selects nothing, or has a condition that nothing fits.
ExitCode run(const RunOptions& options);

/// Rebuilds the reports of `store` in `out`, and records its results in a file (recorded_results.hpp) where
/// one is named.
ExitCode report(const std::filesystem::path& store, const std::filesystem::path& out,
                const std::optional<std::filesystem::path>& record = {});

/// What `relu0 merge` was asked to do.
struct MergeOptions {
  std::vector<std::filesystem::path> shards;  ///< stores, or the folders that hold a results.sqlite
  std::filesystem::path out;
  std::optional<std::filesystem::path> data{};  ///< absent: where the shards' runs had them
  std::optional<Verdict> fail_on{};             ///< as RunOptions'
  /// What the command asks for that a store notes (RunInfo). Throws InputError where it cannot be told.
  std::function<RunOptions(const std::string& command)> parse_command;
};

/// Joins the stores of all shards of a run (`relu0 run --shard`) into options.out, where no store may be,
/// concludes from it as the run without shards would have, and writes the reports. Nothing is measured.
/// Throws InputError, and writes nothing, where a store is no shard's, a shard is missing or twice, their
/// runs differ, or a shard lacks draws or holds another's; EnvironmentMismatch where they were measured in
/// environments whose measurements must not be mixed. Numbers of processor cores may differ.
ExitCode merge(const MergeOptions& options);

/// Rebuilds the reports of `store` in `out` at once and whenever the store has changed, every `pause_seconds`
/// at most, until SIGINT or SIGTERM asks to stop. A run that goes on concludes about once a minute.
ExitCode watch_report(const std::filesystem::path& store, const std::filesystem::path& out,
                      double pause_seconds = 5);

/// What `relu0 compare` was asked to do.
struct CompareOptions {
  bool allow_environments = false;                  ///< other environments do not forbid the comparison
  std::optional<std::filesystem::path> json{};      ///< where to write it as JSON
  std::optional<std::filesystem::path> markdown{};  ///< where to write it as Markdown
};

/// Compares two stores, or recorded results in the place of one or both, and prints what changed: draws by
/// their bits, counts and verdicts beyond chance (StoreComparison, which says with which exit code it ends).
/// Throws EnvironmentMismatch where one of the files is missing, and InputError where a folder is named in
/// its place, and where an output cannot be written or would replace a store or one of the two.
ExitCode compare(const std::filesystem::path& a, const std::filesystem::path& b,
                 const CompareOptions& options = {});

/// Measures a user's model, holds it against a policy, and writes gate.html, gate.json, gate.sarif, junit.xml
/// and summary.md into options.out, and beside them each mini-batch that a check which did not pass names.
/// Returns the judgement's exit code. With options.explain it prints the policy and measures nothing.
ExitCode gate(const gate::GateOptions& options);

/// Injects faults into the gate, one at a time, and prints what became of each (self_test.hpp). exit_internal
/// where one was not found, since no verdict can be relied on then. Files are kept below out/self-test, which
/// is emptied first. Throws InputError where that cannot be made.
ExitCode gate_self_test(const std::filesystem::path& out);

/// What was found on this machine, and what to install to do better.
ExitCode doctor(const std::optional<std::filesystem::path>& data);

}  // namespace relu0::commands
