#include "suites/commands/run/conclusions.hpp"

#include "fixtures/count_text.hpp"
#include "reports/recorded/recorded_results.hpp"
#include "reports/writers/writers.hpp"
#include "suites/claims/paper_claims.hpp"
#include "suites/commands/run/unused_s.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/environment_facts.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::commands {

namespace {

std::vector<std::string> notes(const RunOptions& options, const PlannedRun& run) {
  const RunSettings& settings = run.settings;
  std::vector<std::string> notes = data_notes(run.data, settings.images);
  for (const auto& [data_name, why] : run.absent) {
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
  if (settings.epochs) {
    notes.push_back(fmt::format("Networks were trained for {}, set by hand (--epochs).",
                                count_text(*settings.epochs, "epoch", "epochs")));
  }
  if (settings.s_a != 0 || settings.s_b != 1) {
    notes.push_back(fmt::format("Compared are s = {} and s = {}; the paper's claims are about 0 and 1.",
                                settings.s_a, settings.s_b));
    if (const auto ids = ids_without_s(run.experiments); !ids.empty()) {
      notes.push_back(
          fmt::format("What {} measures does not depend on these values (--s).", fmt::join(ids, ", ")));
    }
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

/// With the notes, and what is recorded beside each finding.
Results with_notes(const RunOptions& options, const PlannedRun& run, Results results, const Store& store) {
  results.notes = notes(options, run);
  add_recorded(built_in_recorded(), name(run.settings.kernel), results);
  const std::vector<std::string> about_environment = environment_notes(store.environment());
  results.notes.insert(results.notes.end(), about_environment.begin(), about_environment.end());
  return results;
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

}  // namespace

Results conclude(const PlannedRun& run, const Evidence& evidence) {
  Results results;
  // The paper claims nothing of the user's own trainings: what these answer stands first.
  if (run.settings.trainings.empty()) {
    for (const PaperClaim& of : paper_claims()) {
      results.claims.push_back(of.claim);
    }
  }
  for (const ChosenExperiment& one : run.experiments) {
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

Results results_so_far(const RunOptions& options, const PlannedRun& run, Results results,
                       const Store& store) {
  results = with_notes(options, run, std::move(results), store);
  results.notes.emplace_back(
      "Concluded while the run went on: what was not measured yet counts as not run, and rules for a number "
      "of "
      "networks that was fixed beforehand hold when the run is complete.");
  return results;
}

ExitCode publish(const RunOptions& options, const PlannedRun& run, Results results, Store& store) {
  results = with_notes(options, run, std::move(results), store);
  store.replace_results(results);
  write_reports(store, options.out);
  fmt::print("{}\nReport: {}\n", markdown_summary(store), (options.out / "report.html").string());
  return decide(options, results);
}

}  // namespace relu0::commands
