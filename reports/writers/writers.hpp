#pragma once
#include "reports/store/store.hpp"

#include <filesystem>
#include <string>

namespace relu0 {

/// Each writer turns a store into one text, reads nothing else, and gives the same bytes for the same store.
/// Numbers are written with '.' whatever the locale.

/// One HTML file: verdicts first, then figures beside the published ones with the numbers as tables, what was
/// emulated, the environment, and the exact command to rerun. No network, no JavaScript, under 5 MB. Figures
/// are inline SVG drawn by gnuplot; where gnuplot is missing the tables stand alone and the report says so.
std::string html_report(const Store& store);
/// Everything that is in the store, as JSON.
std::string json_results(const Store& store);
/// A test case per finding: not reproduced is a failure, inconclusive and not run are skipped with their
/// reason.
std::string junit_report(const Store& store);
/// The verdict table and the command to rerun, for a pull-request comment.
std::string markdown_summary(const Store& store);

/// Writes report.html, results.json, junit.xml and summary.md beside each other into `folder` (made if need
/// be), each through a temporary file that replaces the old one, so that none is ever half-written. Throws
/// StoreError.
void write_reports(const Store& store, const std::filesystem::path& folder);

}  // namespace relu0
