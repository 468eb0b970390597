#include "analysis/gate/summed_difference.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "analysis/gate/gradient_figures.hpp"

#include <cmath>
#include <limits>

namespace relu0::gate {

double rounding_of(const PrecisionResults& results) {
  return results.operations && results.summands
             ? rounding_bound(results.precision, *results.operations, *results.summands)
             : std::numeric_limits<double>::infinity();
}

std::vector<std::optional<SummedDifference>> summed_differences(
    const NamedGradients& from, const NamedGradients& to, const std::vector<double>& relative,
    double rounding, SummedWhere where, std::int64_t mini_batch, const TermsOf& terms_of) {
  std::vector<std::optional<SummedDifference>> result(from.size());
  std::vector<std::size_t> beyond;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (relative[i] > rounding) {
      beyond.push_back(i);
    }
  }
  if (beyond.empty()) {
    return result;
  }
  const NamedGradients terms = terms_of(beyond);
  for (std::size_t k = 0; k < beyond.size(); ++k) {
    const std::size_t i = beyond[k];
    const double own = size_of(from[i].gradient).l2_norm;
    const double summed = terms[k].gradient.defined() ? size_of(terms[k].gradient).l2_norm : 0;
    // What overflowed is no bound.
    const bool is_held_against_sum = std::isfinite(summed) && summed > own &&
                                     (where == SummedWhere::beyond_rounding || rounding * summed >= own);
    result[i] = is_held_against_sum
                    ? SummedDifference{.difference = distance(from[i].gradient, to[i].gradient) / summed,
                                       .times = summed / own,  // infinite where nothing is left
                                       .mini_batch = mini_batch}
                    : SummedDifference{.difference = relative[i], .times = 1, .mini_batch = mini_batch};
  }
  return result;
}

void raise_summed(std::optional<SummedDifference>& largest,
                  const std::optional<SummedDifference>& candidate) {
  // What is no number replaces any number, and stays.
  if (candidate &&
      !(largest && (std::isnan(largest->difference) || candidate->difference <= largest->difference))) {
    largest = candidate;
  }
}

}  // namespace relu0::gate
