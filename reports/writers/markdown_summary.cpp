#include "reports/model/text.hpp"
#include "reports/model/verdicts.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

// GitHub refuses comments of more than 65,536 characters; the rest is for headings, notes and the command.
constexpr std::size_t most_bytes_of_rows = 50'000;

/// Text that neither Markdown nor HTML in it can take for markup, in one line, as a table's cell needs it.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    if (c == '\n' || c == '\r' || c == '\t') {
      result += ' ';
    } else if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (std::string_view(R"(\`*_{}[]()#+!|>~)").find(c) != std::string_view::npos) {
      result += '\\';
      result += c;
    } else {
      result += c;
    }
  }
  return result;
}

/// A code block whose fence is longer than any run of backticks in it.
std::string code_block(std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) {
    fence += '`';
  }
  return fmt::format("{}\n{}\n{}\n", fence, printable(text), fence);
}

std::string row(const Finding& finding) {
  std::string measured = escaped(finding.measured);
  if (finding.interval) {
    measured += " " + escaped(interval_text(finding.interval));
  }
  return fmt::format("| {} {} | **{}** {} ({}) | {} | {} | {} |\n", symbol(finding.verdict),
                     name(finding.verdict), escaped(finding.id), escaped(finding.claim),
                     escaped(finding.setting), escaped(finding.published), measured, escaped(finding.why));
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
    text += fmt::format(", scale {}, seed {}", escaped(run.scale), run.seed);
  }
  text += "\n\n" + table(headlines_first(results.findings));
  for (const ExperimentSection& section : results.experiments) {
    if (!section.answer.empty()) {
      text += fmt::format("\n**{}**: {}\n", escaped(section.title), escaped(section.answer));
    }
  }
  if (!results.notes.empty()) {
    text += "\n";
    for (const std::string& note : results.notes) {
      text += fmt::format("- {}\n", escaped(note));
    }
  }
  if (!run.command.empty()) {
    text += "\nRun exactly this again:\n\n" + code_block(run.command);
  }
  return text;
}

}  // namespace relu0
