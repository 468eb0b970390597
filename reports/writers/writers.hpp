#pragma once
#include "reports/store/store.hpp"

#include <filesystem>
#include <string>

namespace relu0 {

/// Each writer turns a store into one text, reads nothing else, and gives the same bytes for the same store.
/// Numbers are written with '.' whatever the locale.

/// One HTML file. On its first screen the answer in two sentences, the claims counted by verdict, one figure
/// and a matrix of claims by precision and rule, each field a link; then what to do with it, a card for each
/// claim and for each other experiment, whose settings, tables and methods fold out, the rules, the
/// environment, and the exact command to rerun. No network, no JavaScript, under 5 MB. Figures are inline SVG
/// drawn by gnuplot; where gnuplot is missing the tables stand alone and the report says so.
std::string html_report(const Store& store);
/// Everything that is in the store, as JSON, and what is concluded from it: the answer and the claims'
/// verdicts.
std::string json_results(const Store& store);
/// A test case per finding: not reproduced is a failure, inconclusive and not run are skipped with their
/// reason, reproduced and measured pass.
std::string junit_report(const Store& store);
/// The answer, the counts, the matrix and the headline findings, what to do with it and the command to rerun;
/// short enough for a pull-request comment (65,536 bytes), unless the notes or the command are very long.
std::string markdown_summary(const Store& store);

/// Writes report.html, results.json, junit.xml and summary.md beside each other into `folder` (made if need
/// be), each through a temporary file that replaces the old one, so that none is ever half-written. Throws
/// StoreError.
void write_reports(const Store& store, const std::filesystem::path& folder);

}  // namespace relu0
