#pragma once
#include "reports/model/gate/judgement.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace relu0 {

/// Each writer turns what a gate concluded into one text, and gives the same bytes for the same judgement
/// (and root). Numbers have '.' whatever the locale; control characters and invalid UTF-8 in names become
/// U+FFFD.

/// For a terminal or log: the first line says red, green or inconclusive and why; then each check that did
/// not pass with all that is known of it, and the command that replays it. At most `most_shown` of them; a
/// last line says how many are left out.
std::string gate_console(const gate::Judgement& judgement, std::size_t most_shown = 50);

/// A test case for each check: one that failed is a failure, an inconclusive one an error (skipped would read
/// like green), a warning passes with its text as output. No two test cases share a name. Passed checks
/// beyond 20,000 test cases are left out, which a property says: GitLab takes 250,000 XML objects.
std::string gate_junit(const gate::Judgement& judgement);

/// SARIF 2.1.0 with a result for each check that did not pass; warnings and inconclusive ones have the level
/// "warning". Each has a location: the model's source line, else the policy's, where that file exists below
/// `root`, else the model's file; as a URI relative to `root`, the repository. Fingerprints are made from the
/// check's identity. At most 25,000 results and 9 MB of them, which GitHub takes; a notification says how
/// many were left out. `root` must be absolute; relative names of files are relative to the working
/// directory.
std::string gate_sarif(const gate::Judgement& judgement, const std::filesystem::path& root);

/// Everything, as JSON.
std::string gate_json(const gate::Judgement& judgement);

/// The checks that did not pass as a table, for a job's summary: under 200 kB, with the number left out.
std::string gate_markdown(const gate::Judgement& judgement);

/// One page without network or JavaScript: the checks, kinks, policy and environment. Under 5 MB.
std::string gate_html(const gate::Judgement& judgement);

/// Gives the bytes of the file that holds the mini-batch of this number.
using MiniBatchFile = std::function<std::string(std::int64_t number)>;

/// Writes gate.html, gate.json, junit.xml, gate.sarif, summary.md and the mini-batches that are to be saved
/// into `folder` (made if need be), each through a temporary file. All reports are made before any is
/// written. Throws InputError, which names the file, where one cannot be written; what was written before it
/// and was not there earlier is then removed, so that no report remains of a run that ended without one.
void write_gate_reports(const gate::Judgement& judgement, const std::filesystem::path& folder,
                        const std::filesystem::path& root, const MiniBatchFile& mini_batch_file);

/// The numbers of the mini-batches that checks name which did not pass: those that are saved beside the
/// reports, to be replayed.
std::set<std::int64_t> mini_batches_to_save(const gate::Judgement& judgement);

/// "mini-batch-3.pt", what a saved mini-batch is called.
std::string saved_mini_batch(std::int64_t number);

/// Removes these five files from the folder where gate.json is among them (else they are not the gate's), and
/// the mini-batches that were saved for the checks in that gate.json, so that what an earlier run left is not
/// taken for the work of one that is about to begin. Files that are one of `kept` stay. Throws InputError,
/// which names the file, where one cannot be removed.
void withdraw_gate_reports(const std::filesystem::path& folder,
                           const std::vector<std::filesystem::path>& kept = {});

}  // namespace relu0
