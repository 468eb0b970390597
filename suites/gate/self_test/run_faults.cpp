#include "analysis/gate/self_test/sample_files.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/gate/self_test/child_process.hpp"
#include "suites/gate/self_test/self_test.hpp"

#include <csignal>
#include <fstream>
#include <functional>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

constexpr const char* model_file = "model.pt";
constexpr const char* batches_file = "batches.pt";
constexpr const char* policy_file = "relu0.toml";
constexpr const char* baseline_file = "baseline.toml";

/// The exit code of a killed process, as shells have it.
constexpr int exit_killed = 128 + SIGKILL;

using Folder = std::filesystem::path;

/// A run of the gate on files in a folder of its own.
struct RunFault {
  std::string name;
  int exit_code;
  std::string sign;  ///< what the run must say
  SampleModel model = SampleModel::unimpacted;
  SampleBatches batches = SampleBatches::usual;
  std::string policy{};  ///< lines below [limits]; empty: no policy
  std::vector<std::string> arguments{};
  std::string kill_at{};
  /// What happens to the files before the run.
  std::function<void(const Folder& folder, const std::function<ChildEnd(std::vector<std::string>)>& run)>
      prepare{};
};

void truncate(const std::filesystem::path& file) {
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
}

std::vector<RunFault> run_faults() {
  const std::vector<std::string> against_baseline{"--baseline", baseline_file};
  return {
      {.name = "no_fault", .exit_code = exit_pass, .sign = "green: "},
      {.name = "choice_at_one_kink",
       .exit_code = exit_failed,
       .sign = "fail: kink-change: ",
       .model = SampleModel::impacted},
      {.name = "nan_in_a_sample",
       .exit_code = exit_failed,
       .sign = "fail: nan: ",
       .batches = SampleBatches::with_nan},
      {.name = "all_zero_gradient",
       .exit_code = exit_failed,
       .sign = "fail: zero-gradient: ",
       .model = SampleModel::zero},
      {.name = "no_kink_met",
       .exit_code = exit_inconclusive,
       .sign = "inconclusive: nothing-seen: ",
       .batches = SampleBatches::without_zero},
      {.name = "no_kink_in_the_graph",
       .exit_code = exit_inconclusive,
       .sign = "inconclusive: nothing-seen: ",
       .model = SampleModel::smooth},
      {.name = "too_few_mini_batches",
       .exit_code = exit_inconclusive,
       .sign = "inconclusive: too-few-mini-batches: ",
       .arguments = {"--minibatches", "16"}},
      {.name = "truncated_model",
       .exit_code = exit_usage,
       .sign = "model.pt: truncated or damaged archive",
       .prepare = [](const Folder& folder, const auto&) { truncate(folder / model_file); }},
      {.name = "truncated_mini_batches",
       .exit_code = exit_usage,
       .sign = "batches.pt: truncated or damaged archive",
       .prepare = [](const Folder& folder, const auto&) { truncate(folder / batches_file); }},
      {.name = "inverted_limit",
       .exit_code = exit_usage,
       .sign = "relu0.toml:3:",
       .policy = "impacted_share = { warn = 0.2, fail = 0.05 }"},
      {.name = "vacuous_limit",
       .exit_code = exit_usage,
       .sign = "relu0.toml:3:",
       .policy = "relative_error = 1.0"},
      {.name = "missing_baseline",
       .exit_code = exit_environment,
       .sign = "baseline.toml: there is no such baseline",
       .arguments = against_baseline},
      {.name = "baseline_of_another_model",
       .exit_code = exit_environment,
       .sign = "its environment is another than this one: model SHA-256 is ",
       .arguments = against_baseline,
       .prepare =
           [](const Folder& folder, const auto& run) {
             write_sample_model(SampleModel::impacted, folder / model_file);
             run({"--save-baseline", baseline_file});
             write_sample_model(SampleModel::unimpacted, folder / model_file);
           }},
      {.name = "killed_worker",
       .exit_code = exit_killed,
       .sign = "passes over mini-batches",
       .model = SampleModel::endless,
       .batches = SampleBatches::endless,
       .kill_at = "passes over mini-batches"},
  };
}

/// A report beside an exit code that says there is no verdict would be read as one.
bool has_report(const Folder& folder) {
  return std::filesystem::exists(folder / "relu0-gate" / "summary.md");
}

SelfTestRow row_of(const RunFault& fault, const std::filesystem::path& relu0, const Folder& folder) {
  std::filesystem::create_directory(folder);
  write_sample_model(fault.model, folder / model_file);
  write_sample_batches(fault.batches, folder / batches_file);
  const auto run = [&](const std::vector<std::string>& more) {
    // Relative names are not the child's: it runs in this process's folder.
    Child child{
        .program = relu0,
        .arguments = {"gate", (folder / model_file).string(), "--inputs", (folder / batches_file).string(),
                      "--batch-size", std::to_string(sample_batch_size), "--loss", "mse", "--out",
                      (folder / "relu0-gate").string()},
        // Where CI is set no baseline is written.
        .variables = {{"CI", ""}},
        .kill_at = fault.kill_at};
    for (const std::string& word : more) {
      child.arguments.push_back(word == baseline_file ? (folder / word).string() : word);
    }
    return run_child(child);
  };
  std::vector<std::string> arguments = fault.arguments;
  if (!fault.policy.empty()) {
    const std::filesystem::path policy = folder / policy_file;
    std::ofstream(policy) << "version = 1\n[limits]\n" << fault.policy << "\n";
    arguments.insert(arguments.end(), {"--policy", policy.string()});
  }
  if (fault.prepare) {
    fault.prepare(folder, run);
    std::filesystem::remove_all(folder / "relu0-gate");
  }
  const ChildEnd end = run(arguments);
  const bool judged =
      end.exit_code == exit_pass || end.exit_code == exit_failed || end.exit_code == exit_inconclusive;
  SelfTestRow row{.part = "runs",
                  .fault = fault.name,
                  .expected = fault.exit_code,
                  .seen = end.exit_code,
                  .sign = fault.sign,
                  .named = end.output.find(fault.sign) != std::string::npos,
                  .detail = end.output};
  if (has_report(folder) != judged) {
    row.named = false;
    row.detail += judged ? "There is no report." : "There is a report, though there was no verdict.";
  }
  return row;
}

}  // namespace

std::vector<SelfTestRow> self_test_runs(const std::filesystem::path& relu0,
                                        const std::filesystem::path& folder) {
  std::vector<SelfTestRow> rows;
  for (const RunFault& fault : run_faults()) {
    rows.push_back(row_of(fault, relu0, folder / fault.name));
  }
  return rows;
}

}  // namespace relu0::gate
