#include "reports/model/conclusions/advice.hpp"
#include "reports/model/conclusions/answer.hpp"
#include "reports/model/conclusions/claim_matrix.hpp"
#include "reports/model/conclusions/measured_beside.hpp"
#include "reports/model/text.hpp"
#include "reports/model/verdicts.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/markdown_text.hpp"
#include "reports/writers/writers.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

// GitHub refuses comments of more than 65,536 characters; the rest is for headings, notes and the command.
constexpr std::size_t most_bytes_of_findings = 40'000;

/// "18 ✓ reproduced, 0 ✗ not reproduced …": the legend of the signs too.
std::string counts(const Results& results, const std::vector<MatrixRow>& matrix) {
  std::string text;
  for (const Verdict verdict : all_verdicts) {
    const std::size_t counted = matrix.empty() ? count(results.findings, verdict) : count(matrix, verdict);
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", counted, symbol(verdict), name(verdict));
  }
  return fmt::format("**{}:** {}", matrix.empty() ? "Findings" : "Claims", text);
}

/// The signs under both rules, or one where they are of the same findings: "✓ ?".
std::string signs(const std::array<MatrixField, all_rules.size()>& fields) {
  const auto sign = [](const MatrixField& field) {
    return field.verdict ? std::string(symbol(*field.verdict)) : std::string("·");
  };
  if (fields.front() == fields.back()) {
    return fields.front().verdict ? sign(fields.front()) : "";
  }
  return sign(fields.front()) + " " + sign(fields.back());
}

/// What was not run of the claims in the rows, a line for each that takes more than was run.
std::string missing_parts(const Results& results, const std::vector<MatrixRow>& rows) {
  std::string text;
  for (const MatrixRow& row : rows) {
    const Claim& claim = results.claims[row.claim];
    const std::string missing = not_run_in_words(claim, results.findings);
    if (!missing.empty()) {
      text += fmt::format("\n{} Not run of “{}”: {}.\n", symbol(Verdict::not_run), markdown_cell(claim.name),
                          markdown_cell(missing));
    }
  }
  return text;
}

std::string matrix_table(const Results& results, const std::vector<MatrixRow>& matrix) {
  if (matrix.empty()) {
    return "";
  }
  std::string header = "|  | Claim |";
  std::string line = "|:-:|---|";
  for (const Precision precision : all_precisions) {
    header += fmt::format(" {} |", name(precision));
    line += ":-:|";
  }
  std::string text = fmt::format("\n{}\n{}\n", header, line);
  const MatrixRows rows = drawn_and_named(matrix);
  for (const MatrixRow& row : rows.drawn) {
    text += fmt::format("| {} | {} |", symbol(row.verdict), markdown_cell(results.claims[row.claim].name));
    for (const auto& fields : row.fields) {
      text += fmt::format(" {} |", signs(fields));
    }
    text += "\n";
  }
  text +=
      "\nTwo signs: under the chain rule, then under the rule of the published code. Of several findings the "
      "heaviest is shown, of those through the kernel that claims are judged on where there are any.\n";
  std::string named;
  for (const MatrixRow& row : rows.named) {
    named += (named.empty() ? "" : "; ") + markdown_cell(results.claims[row.claim].name);
  }
  if (!named.empty()) {
    text += fmt::format("\n{} Not run: {}.\n", symbol(Verdict::not_run), named);
  }
  return text + missing_parts(results, rows.drawn);
}

std::string finding_row(const Finding& finding, bool recorded) {
  std::string measured = markdown_cell(finding.measured);
  if (finding.interval) {
    measured += " " + markdown_cell(interval_text(finding.interval));
  }
  return fmt::format("| {} {} | **{}** {} ({}) | {} |{} {} | {} |\n", symbol(finding.verdict),
                     name(finding.verdict), markdown_cell(finding.id), markdown_cell(finding.claim),
                     markdown_cell(finding.setting), markdown_cell(finding.published),
                     recorded ? fmt::format(" {} |", markdown_cell(finding.recorded)) : "", measured,
                     markdown_cell(finding.why));
}

/// The headline findings, after those that were run of claims whose headlines were not; all where there is
/// neither.
std::vector<Finding> findings_to_list(const Results& results) {
  std::vector<Finding> findings;
  for (const MeasuredBeside& one : measured_beside(results)) {
    for (const std::size_t place : one.findings) {
      findings.push_back(results.findings[place]);
    }
  }
  std::copy_if(results.findings.begin(), results.findings.end(), std::back_inserter(findings),
               [](const Finding& finding) { return finding.headline; });
  return findings.empty() ? results.findings : findings;
}

std::string findings_table(const Results& results) {
  const std::vector<Finding>& all = results.findings;
  const std::vector<Finding> findings = findings_to_list(results);
  if (findings.empty()) {
    return "";
  }
  const bool recorded = std::any_of(findings.begin(), findings.end(),
                                    [](const Finding& finding) { return !finding.recorded.empty(); });
  std::string rows;
  std::size_t shown = 0;
  for (const Finding& finding : findings) {
    const std::string next = finding_row(finding, recorded);
    if (rows.size() + next.size() > most_bytes_of_findings) {
      break;
    }
    rows += next;
    ++shown;
  }
  std::string text =
      fmt::format("\n| Verdict | Finding | Published |{} Measured | Why |\n|---|---|---|{}---|---|\n{}",
                  recorded ? " Recorded |" : "", recorded ? "---|" : "", rows);
  if (shown < all.size()) {
    text += fmt::format("\n{} more findings stand in report.html.\n", all.size() - shown);
  }
  return text;
}

std::string advice_list(const Results& results) {
  std::string text;
  for (const Advice& one : advice(results)) {
    text += fmt::format("- **{}:** {}\n", markdown_cell(one.question), markdown_cell(one.text));
  }
  return text.empty() ? "" : "\n### What to do with it\n\n" + text;
}

std::string notes_list(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) {
    text += fmt::format("- {}\n", markdown_cell(note));
  }
  return text.empty() ? "" : "\n### Read this first\n\n" + text;
}

}  // namespace

std::string markdown_summary(const Store& store) {
  const Results& results = store.results();
  const RunInfo run = store.run_info();
  const std::vector<MatrixRow> matrix = claim_matrix(results);
  const Answer said = answer(results);
  std::string text =
      "## relu0: does backpropagation depend on ReLU′(0)?\n\n" + markdown_cell(said.dependence);
  if (!said.claims.empty()) {
    text += " " + markdown_cell(said.claims);
  }
  text += "\n";
  if (!results.findings.empty()) {
    text += "\n" + counts(results, matrix) + "\n";
  }
  if (!run.command.empty()) {
    text += fmt::format("\nScale {}, seed {}.\n", markdown_cell(run.scale), run.seed);
  }
  text += matrix_table(results, matrix) + advice_list(results) + notes_list(results.notes) +
          findings_table(results);
  if (!run.command.empty()) {
    text += "\nRun exactly this again:\n\n" + markdown_code(run.command);
  }
  return text;
}

}  // namespace relu0
