#include "reports/model/conclusions/claim_matrix.hpp"

#include "reports/model/verdicts.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

namespace relu0 {
namespace {

/// Whether a finding rests on what was measured through the kernel.
bool is_through(const Finding& finding, const std::string& kernel) {
  return !finding.conditions.empty() && value_or_usual(finding.conditions, "kernel") == kernel;
}

/// Those that `counts` holds for; all where it holds for none.
template <class Counts>
std::vector<std::size_t> narrowed(const std::vector<std::size_t>& places, Counts counts) {
  std::vector<std::size_t> some;
  std::copy_if(places.begin(), places.end(), std::back_inserter(some), counts);
  return some.empty() ? places : some;
}

MatrixField matrix_field(const Results& results, std::vector<std::size_t> places) {
  if (places.empty()) {
    return {};
  }
  const std::vector<Finding>& all = results.findings;
  std::vector<std::size_t> deciding =
      narrowed(places, [&](std::size_t place) { return all[place].headline; });
  deciding = narrowed(deciding, [&](std::size_t place) { return is_through(all[place], results.kernel); });
  std::vector<Verdict> verdicts;
  std::transform(deciding.begin(), deciding.end(), std::back_inserter(verdicts),
                 [&](std::size_t place) { return all[place].verdict; });
  const Verdict verdict = heaviest(verdicts);
  const auto decides = [&](std::size_t place) {
    return all[place].verdict == verdict && std::binary_search(deciding.begin(), deciding.end(), place);
  };
  std::stable_partition(places.begin(), places.end(), decides);
  return {.verdict = verdict, .findings = std::move(places)};
}

/// The field of the claim's findings that `belongs` to it.
template <class Belongs>
MatrixField field_of(const Results& results, const Claim& claim, Belongs belongs) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < results.findings.size(); ++i) {
    if (results.findings[i].paper_claim == claim.id && belongs(results.findings[i])) {
      places.push_back(i);
    }
  }
  return matrix_field(results, std::move(places));
}

bool was_run(const MatrixField& field) { return field.verdict && *field.verdict != Verdict::not_run; }

/// Whether any finding of the claim was run, though it may be none that decides it.
bool any_was_run(const MatrixRow& row) {
  return row.verdict != Verdict::not_run || was_run(row.every_precision) ||
         std::any_of(row.fields.begin(), row.fields.end(), [](const auto& by_rule) {
           return std::any_of(by_rule.begin(), by_rule.end(), was_run);
         });
}

}  // namespace

std::vector<MatrixRow> claim_matrix(const Results& results) {
  std::vector<MatrixRow> matrix;
  for (std::size_t i = 0; i < results.claims.size(); ++i) {
    const Claim& claim = results.claims[i];
    MatrixRow& row = matrix.emplace_back();
    row.claim = i;
    row.verdict = verdict_of(claim, results.findings);
    for (std::size_t p = 0; p < all_precisions.size(); ++p) {
      for (std::size_t r = 0; r < all_rules.size(); ++r) {
        row.fields.at(p).at(r) = field_of(results, claim, [p, r](const Finding& finding) {
          return finding.precision == all_precisions.at(p) &&
                 finding.rule.value_or(all_rules.at(r)) == all_rules.at(r);
        });
      }
    }
    row.every_precision =
        field_of(results, claim, [](const Finding& finding) { return !finding.precision.has_value(); });
  }
  return matrix;
}

MatrixRows drawn_and_named(const std::vector<MatrixRow>& matrix) {
  MatrixRows rows;
  for (const MatrixRow& row : matrix) {
    (any_was_run(row) ? rows.drawn : rows.named).push_back(row);
  }
  if (rows.drawn.empty()) {
    rows.drawn.swap(rows.named);
  }
  return rows;
}

std::size_t count(const std::vector<MatrixRow>& matrix, Verdict verdict) {
  return static_cast<std::size_t>(std::count_if(
      matrix.begin(), matrix.end(), [verdict](const MatrixRow& row) { return row.verdict == verdict; }));
}

}  // namespace relu0
