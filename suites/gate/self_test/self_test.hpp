#pragma once
#include <filesystem>
#include <string>
#include <vector>

/// @file
/// The gate's proof of itself: faults injected one at a time, each of which must turn it red or give another
/// code that is not 0, and figures on both sides of every limit. Three parts, by where a fault arises:
/// - runs: the executable on a small model and files that hold the fault (run_faults.cpp);
/// - engine: that model in this process, with the fault in a gradient or in what was measured
/// (engine_faults.cpp);
/// - judge: measurements as data with the fault in them (judged_faults.cpp), and the limits
/// (limit_cases.cpp).
namespace relu0::gate {

/// One fault and what the gate made of it.
struct SelfTestRow {
  std::string part;   ///< "runs", "engine" or "judge"
  std::string fault;  ///< "truncated_model"
  int expected = 0;   ///< exit code
  int seen = 0;
  std::string sign;  ///< what the gate must name: a rule, or words of its message
  bool named = false;
  std::string detail{};  ///< what it said instead, where it is not as it should be

  [[nodiscard]] bool as_expected() const { return seen == expected && named; }
};

/// Runs `relu0`, an executable, in sub-folders of `folder`, which must exist; models, mini-batches and
/// reports stay there.
std::vector<SelfTestRow> self_test_runs(const std::filesystem::path& relu0,
                                        const std::filesystem::path& folder);

/// Measures in this process; the model and its mini-batches are written into `folder`, which must exist.
std::vector<SelfTestRow> self_test_engine(const std::filesystem::path& folder);

std::vector<SelfTestRow> self_test_judge();

/// Whether there are rows, and all are as they should be.
bool self_test_passed(const std::vector<SelfTestRow>& rows);

/// A line for each row: fault, expected and seen code, what must be named, and whether all is as it should
/// be; then the details of those that are not, and a last line that counts.
std::string self_test_table(const std::vector<SelfTestRow>& rows);

}  // namespace relu0::gate
