#include "analysis/gate/batches/dataset_inputs.hpp"
#include "fixtures/error.hpp"
#include "reports/writers/gate/gate_writers.hpp"
#include "reports/writers/replace_file.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/command_line/standard_streams.hpp"
#include "suites/commands/commands.hpp"
#include "suites/commands/output_file.hpp"
#include "suites/gate/baseline.hpp"
#include "suites/gate/judge.hpp"
#include "suites/gate/policy/policy.hpp"
#include "suites/gate/run_gate.hpp"
#include "suites/run/absent_data.hpp"

#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

/// Throws where the inputs are images of a data set that the folder of data does not hold, unless embedded
/// ones may stand in.
void require_data(const gate::GateOptions& options) {
  const auto inputs = gate::parse_dataset_inputs(options.request.inputs.string());
  if (inputs) {
    (void)absent_data({DataName(*inputs->set)}, {.folder = options.request.data,
                                                 .allow_embedded = options.allow_embedded,
                                                 .named_experiments = true});
  }
}

/// Throws where a file that is to be written or read after the measurement cannot be, so that this is not in
/// vain.
void require_files(const gate::GateOptions& options) {
  if (const int error = why_not_writable(options.out); error != 0) {
    throw InputError(
        fmt::format("--out {}: reports cannot be written there ({}): name a folder that can be made or "
                    "written to",
                    options.out.string(), std::strerror(error)));
  }
  if (options.suggest_policy) {
    require_writable(*options.suggest_policy, options.out);
  }
  if (options.save_baseline) {
    gate::require_outside_ci(std::getenv("CI"));
    require_writable(*options.save_baseline, options.out);
    gate::require_savable(*options.save_baseline);
  }
  if (options.baseline) {
    gate::require_baseline(*options.baseline);
  }
}

}  // namespace

ExitCode gate(const gate::GateOptions& options) {
  const InterruptGuard interrupt;
  if (!options.explain) {
    // A replay may read one of the mini-batches that the earlier run saved.
    withdraw_gate_reports(options.out, {options.request.inputs});
  }
  const gate::Policy policy =
      options.policy ? gate::read_policy(options.policy->string()) : gate::default_policy();
  if (options.explain) {
    fmt::print("{}", gate::explain(policy));
    return exit_pass;
  }
  require_files(options);
  require_data(options);
  const gate::GateModel model(options.request);
  if (options.baseline) {
    gate::require_baseline_of(gate::before_measuring(model, options), *options.baseline);
  }
  const gate::Measurements measurements = gate::measure(model, options);
  if (InterruptGuard::requested()) {
    print_error("interrupted before all mini-batches were measured: no verdict, no report");
    return exit_inconclusive;
  }
  std::vector<gate::Check> further;
  if (options.baseline) {
    further = gate::compare_with_baseline(measurements, *options.baseline);
  }
  const gate::Judgement judgement = gate::judge(measurements, policy, std::move(further));
  write_gate_reports(judgement, options.out, std::filesystem::current_path(), [&](std::int64_t number) {
    // A replay holds none but the one.
    return model.mini_batch_file(options.request.mini_batch ? 0 : number);
  });
  fmt::print("{}", gate_console(judgement));
  if (options.suggest_policy) {
    const std::string file = options.suggest_policy->string();
    const std::string suggested = gate::suggest_policy(std::span(&measurements, 1));
    write_output(*options.suggest_policy, suggested);
    const gate::Judgement under_it = gate::judge(measurements, gate::parse_policy(suggested, file), {});
    fmt::print("A policy {}: {}\n",
               under_it.exit_code == exit_pass
                   ? "that this run passes"
                   : "of this run's figures, under which it still is " + under_it.headline,
               file);
  }
  if (options.save_baseline) {
    // Two runs have to agree before they are what others are held against.
    const std::vector<gate::Measurements> runs{measurements, gate::measure(model, options)};
    fmt::print("{}\n", gate::save_baseline(*options.save_baseline, runs, std::getenv("CI")));
  }
  return static_cast<ExitCode>(judgement.exit_code);
}

}  // namespace relu0::commands
