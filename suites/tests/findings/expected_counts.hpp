#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace relu0::test {

/// Counts by what was counted: "impacted networks, chain-rule".
using Counts = std::map<std::string, std::int64_t>;

/// What one survey is expected to count, and in which settings: a count of other settings says nothing.
struct ExpectedCounts {
  std::int64_t networks = 0;
  std::string
      settings;  ///< the measurement's identity (Measurement::key()), with the data and their checksum
  Counts counts;
};

/// By the surveys' names: "fp32 on MNIST".
using ExpectedSurveys = std::map<std::string, ExpectedCounts>;

/// The version of the file's form that is written, and the only one that is read.
inline constexpr int expected_counts_version = 1;

/// The command that makes the file anew, for messages.
inline constexpr const char* update_command = "cmake --build --preset ci --target update_expected_counts";

/// Reads {"format": "relu0 expected counts", "version": 1, "surveys": {NAME: {"networks": …, "settings": {…},
/// "counts": {…}}}}. Throws InputError, which names the file, the place and the remedy, for a file that
/// cannot be read, is no such file, or is of another version.
ExpectedSurveys read_expected_counts(const std::filesystem::path& file);

/// The file's text, which read_expected_counts() reads.
std::string expected_counts_text(const ExpectedSurveys& surveys);

/// One sentence for each way in which what a survey gave is not what is expected of it: no such survey in the
/// file, other settings (which are named), another count. Empty where all are equal.
std::vector<std::string> differences(const ExpectedSurveys& expected, const std::string& survey,
                                     const ExpectedCounts& measured);

/// The same of the counts alone.
std::vector<std::string> count_differences(const Counts& expected, const Counts& measured);

}  // namespace relu0::test
