#pragma once
#include "reports/model/environment.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/compare/draw_comparison.hpp"
#include "suites/compare/side.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// A finding that both sides have, with other verdicts.
struct VerdictChange {
  RecordedFinding a;
  RecordedFinding b;
  bool beyond_chance = false;
  std::string why;  ///< one sentence: why it is, or is not
};

/// A finding that both sides have, and that is not held against the other side's: the two were measured under
/// other conditions (Conditions), or one side does not record them.
struct FindingApart {
  RecordedFinding a;
  RecordedFinding b;
  std::string why;  ///< "images: 60000 -> 2048"
};

/// What two stores, or a store and recorded results, have in common, and what differs.
///
/// Beyond chance is
/// - a count whose test (count_change.hpp), corrected for all tests of the comparison, rejects at `level`; of
///   recorded results, whose draws are not there, Fisher's test of each count of networks that is a finding
///   of the same conditions;
/// - a verdict that turned from reproduced to not reproduced, or the other way round, where the finding's
///   counts differ by Fisher's test, corrected for the counts of all findings, at `level`: otherwise one
///   share can have led to both. A finding that is no count needs no test: one of the two verdicts is wrong,
///   which each is with a probability of at most 1 − verdict_rules::confidence;
/// - any change of a verdict between stores that hold the same draws with the same bits and concluded by the
///   same rules, for a fixed number of draws or valid at any time: no chance is left. By other rules another
///   verdict on the same draws is none.
/// Verdicts too are compared of findings of the same conditions only.
struct StoreComparison {
  ComparedSide a;
  ComparedSide b;
  EnvironmentDifference environments{};
  bool environments_allowed = false;  ///< draws may differ in their bits because of the environments
  DrawComparison draws{};
  std::vector<CountTest> tests{};          ///< of counts, all of them
  std::vector<CountTest> count_changes{};  ///< those that reject
  double factor = 1;                       ///< by which their p-values were multiplied (tarone_factor())
  std::int64_t common_findings = 0;
  std::vector<VerdictChange> verdict_changes{};
  std::vector<FindingApart> apart{};

  [[nodiscard]] bool has_draws() const { return a.store && b.store; }
  /// The tests that no outcome of so few draws could make reject (CountTest::has_power()).
  [[nodiscard]] std::vector<CountTest> without_power() const;
  [[nodiscard]] bool beyond_chance() const;
  /// One sentence: how it ended, and why.
  [[nodiscard]] std::string outcome() const;
  /// exit_environment where the environments differ and that was not allowed, or where draws differ and a
  /// store of an earlier version does not record enough to say whether its environment was the same;
  /// exit_failed where something changed beyond chance, or a draw's bits did in the same environment;
  /// exit_inconclusive where no draw could be compared bit for bit, and no test of a count has power; else
  /// exit_pass.
  [[nodiscard]] ExitCode exit_code() const;
};

/// Compares the two files. environments_allowed: other environments do not forbid it. Throws what open_side()
/// throws.
StoreComparison compare_sides(const std::filesystem::path& a, const std::filesystem::path& b,
                              bool environments_allowed);

}  // namespace relu0
