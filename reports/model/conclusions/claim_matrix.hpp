#pragma once
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/precision.hpp"
#include "reports/model/results.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace relu0 {

/// What findings of a claim that agree in precision and rule come to together.
struct MatrixField {
  /// The heaviest() of its headline findings, or of all where none is one; of these, of those through the
  /// kernel that claims are judged on (Results::kernel), where some are: what other kernels show depends on
  /// whose machine it is. Absent where there is no finding.
  std::optional<Verdict> verdict{};
  /// Their places in Results::findings. The first one has that verdict.
  std::vector<std::size_t> findings{};

  bool operator==(const MatrixField&) const = default;
};

/// A claim's verdicts by precision and rule.
struct MatrixRow {
  std::size_t claim = 0;  ///< its place in Results::claims
  Verdict verdict = Verdict::not_run;
  /// By place in all_precisions and all_rules. A finding that names no rule stands under both.
  std::array<std::array<MatrixField, all_rules.size()>, all_precisions.size()> fields{};
  MatrixField every_precision{};  ///< of the findings that name no precision
};

/// A row for each claim, in their order.
std::vector<MatrixRow> claim_matrix(const Results& results);

/// The rows that a table draws, and those of claims of which no finding was run, which it only names: a run
/// of a few experiments is about these.
struct MatrixRows {
  std::vector<MatrixRow> drawn{};
  std::vector<MatrixRow> named{};  ///< none where no finding was run, so that a table always has rows
};

MatrixRows drawn_and_named(const std::vector<MatrixRow>& matrix);

/// How many claims have a verdict.
std::size_t count(const std::vector<MatrixRow>& matrix, Verdict verdict);

}  // namespace relu0
