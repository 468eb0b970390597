#pragma once
#include "reports/model/environment.hpp"
#include "reports/model/finding.hpp"
#include "reports/model/results.hpp"
#include "reports/store/store.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// @file
/// What a run measured and concluded, without its measurements: small enough to be shipped with the program,
/// and shown beside what a reader measures. The file is JSON,
///
///     {"format": "relu0 recorded results", "version": 1, "sha256": "…", "content": {…}}
///
/// where the checksum is that of the content's canonical text (canonical_text() in
/// reports/codec/stored_values.hpp), so that no figure in it can be changed by hand unseen.

namespace relu0 {

/// A finding of a recorded run.
struct RecordedFinding {
  std::string id;
  std::string setting;  ///< with id, unique in a file
  std::string measured;
  std::optional<Interval> interval;
  Verdict verdict = Verdict::not_run;
  Conditions conditions{};  ///< as Finding's
};

struct RecordedResults {
  Environment environment;
  std::string kernel;  ///< of the run: "native", "portable"
  RunInfo run;
  std::vector<RecordedFinding> findings;  ///< those that were run, in the order of the report
};

/// The version of the file's form that this program writes, and the only one that it reads.
inline constexpr int recorded_version = 1;

/// What is recorded of a finding.
RecordedFinding recorded_finding(const Finding& finding);

/// What a store holds of its findings. Throws StoreError where it holds none that was run.
RecordedResults recorded_from(const Store& store);

/// The file's text.
std::string recorded_text(const RecordedResults& results);

/// The inverse of recorded_text(). Throws InputError, which names `file`, the place and the remedy, for what
/// is no such text, for one of another version, and for one whose checksum does not hold.
RecordedResults parse_recorded(std::string_view file, std::string_view text);

/// parse_recorded() of a file. Throws InputError, also where it cannot be read.
RecordedResults read_recorded(const std::filesystem::path& file);

/// Whether a file begins as a recorded one does: with '{', as no result store does. False where it cannot be
/// read, and of what is no regular file.
bool is_recorded(const std::filesystem::path& file);

/// Writes the file as a whole or not at all. Throws StoreError.
void write_recorded(const RecordedResults& results, const std::filesystem::path& file);

/// The recorded runs that are built in (fixtures/published/recorded), sorted by the names of their files.
const std::vector<RecordedResults>& built_in_recorded();

/// Gives each finding what a recorded run has for its id and setting, and the results a note that names those
/// runs: of the runs under the finding's own conditions, through `kernel` or of the others, in this order. A
/// figure that was measured under other conditions than the finding's, or under conditions that one of the
/// two does not record, says so: it is shown, and not to be held against the finding's. Where a run through
/// another kernel came to another verdict, that one follows.
void add_recorded(const std::vector<RecordedResults>& recorded, const std::string& kernel, Results& results);

}  // namespace relu0
