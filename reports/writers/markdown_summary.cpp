#include "reports/model/text.hpp"
#include "reports/model/verdicts.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/markdown_text.hpp"
#include "reports/writers/writers.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

// GitHub refuses comments of more than 65,536 characters; the rest is for headings, notes and the command.
constexpr std::size_t most_bytes_of_rows = 50'000;

std::string row(const Finding& finding) {
  std::string measured = markdown_cell(finding.measured);
  if (finding.interval) {
    measured += " " + markdown_cell(interval_text(finding.interval));
  }
  return fmt::format("| {} {} | **{}** {} ({}) | {} | {} | {} |\n", symbol(finding.verdict),
                     name(finding.verdict), markdown_cell(finding.id), markdown_cell(finding.claim),
                     markdown_cell(finding.setting), markdown_cell(finding.published), measured,
                     markdown_cell(finding.why));
}

std::string table(const std::vector<Finding>& findings) {
  if (findings.empty()) {
    return "No findings yet: the run has not come to its end.\n";
  }
  std::string rows;
  std::size_t shown = 0;
  for (const Finding& finding : findings) {
    const std::string next = row(finding);
    if (rows.size() + next.size() > most_bytes_of_rows) {
      break;
    }
    rows += next;
    ++shown;
  }
  std::string text = "| Verdict | Finding | Published | Measured | Why |\n|---|---|---|---|---|\n" + rows;
  if (shown < findings.size()) {
    text += fmt::format("\n{} more findings stand in report.html.\n", findings.size() - shown);
  }
  return text;
}

}  // namespace

std::string markdown_summary(const Store& store) {
  const Results& results = store.results();
  const RunInfo run = store.run_info();
  std::string text = "## relu0: does backpropagation depend on ReLU′(0)?\n\n";
  text += fmt::format("**{}**", tally(results.findings));
  if (!run.command.empty()) {
    text += fmt::format(", scale {}, seed {}", markdown_cell(run.scale), run.seed);
  }
  text += "\n\n" + table(headlines_first(results.findings));
  for (const ExperimentSection& section : results.experiments) {
    if (!section.answer.empty()) {
      text += fmt::format("\n**{}**: {}\n", markdown_cell(section.title), markdown_cell(section.answer));
    }
  }
  if (!results.notes.empty()) {
    text += "\n";
    for (const std::string& note : results.notes) {
      text += fmt::format("- {}\n", markdown_cell(note));
    }
  }
  if (!run.command.empty()) {
    text += "\nRun exactly this again:\n\n" + markdown_code(run.command);
  }
  return text;
}

}  // namespace relu0
