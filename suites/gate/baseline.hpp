#pragma once
#include "reports/model/gate/judgement.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// @file
/// What a gate measured before, to be held against what it measures now: a TOML file that reads well in a
/// diff.
///
///     version = 1
///
///     [[environment]]
///     [environment.key]
///     "BLAS" = "OpenBLAS 0.3.21, kernels Haswell"
///     "native aten::relu relu" = "0"
///     [environment.figures]
///     "fp32 relative_error fc.weight" = 1.2e-07
///
/// One value a line, sorted. An environment's key is every fact that decides bits (decides_bits()), the
/// checksums of model and inputs, and the framework's own choice at each kink. Figures are compared exactly:
/// in one environment the same computation gives the same bits.
namespace relu0::gate {

struct BaselineEntry {
  std::map<std::string, std::string> key;
  std::map<std::string, double> figures;

  bool operator==(const BaselineEntry&) const = default;
};

/// What a run is kept as.
BaselineEntry baseline_entry(const Measurements& run);

/// Reads a baseline's text. Throws InputError with "file:line:column: what is wrong; the remedy" for another
/// text: not TOML, another version, an unknown key, a value of another type, two environments with one key.
std::vector<BaselineEntry> parse_baseline(std::string_view toml, const std::string& file);

/// The text with the entry in it: in the place of the one with its key, else at the end. Everything else
/// stays byte for byte, comments too; the text itself where the entry is in it already. An empty text is a
/// new file. Throws what parse_baseline() throws.
std::string with_entry(const std::string& text, const BaselineEntry& entry, const std::string& file);

/// Whether the environment variable CI says that this is a continuous-integration run. Absent, "", "0" and
/// "false" (in any case of letters) say no, as people write them to switch it off; everything else says yes.
bool says_ci(const char* value);
/// Throws InputError where it does.
void require_outside_ci(const char* value);

/// @name Before anything is measured, so that a run is not in vain
/// @{
/// Throws what parse_baseline() throws, or InputError, where the file is there and does not hold a baseline.
void require_savable(const std::filesystem::path& file);
/// Throws what compare_with_baseline() would throw about the file whatever was measured.
void require_baseline(const std::filesystem::path& file);
/// Throws EnvironmentMismatch (exit code 4), which names the facts in which the nearest entry differs, where
/// the file has no entry whose key can be the run's, as far as that is known before a pass: all but the
/// framework's choice at each kink that the model has. Throws what require_baseline() throws.
void require_baseline_of(const Measurements& before, const std::filesystem::path& file);
/// @}

/// Writes the runs' entry into the file, which is made if need be, through a temporary file; leaves the file
/// alone where the entry is in it already. Returns what was done, a sentence for the user. Throws InputError,
/// and leaves the file as it was, where CI is set (`ci` is the variable's value, or null), for fewer than two
/// runs, for runs that were aborted, have a figure that is NaN, or do not agree in every bit of a figure
/// (which is named), and where the file cannot be read or written.
std::string save_baseline(const std::filesystem::path& file, std::span<const Measurements> runs,
                          const char* ci);

/// Holds a run against the baseline's entry of its environment: a figure that grew, or is no longer measured,
/// fails (rule "baseline-drift"), one that shrank or is new is a warning, and one check passes where none
/// drifted. Where the file has no entry with the run's key, the only check is inconclusive (rule
/// "baseline-environment") and names the facts in which the nearest entry differs. Throws EnvironmentMismatch
/// (exit code 4) where the file is missing or holds no entry, and what parse_baseline() throws.
std::vector<Check> compare_with_baseline(const Measurements& run, const std::filesystem::path& file);

}  // namespace relu0::gate
