#include "analysis/gate/summed_difference.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "analysis/gate/gradient_figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace relu0::gate {

double rounding_of(const PrecisionResults& results) {
  return results.operations && results.summands
             ? probabilistic_rounding_bound(results.precision, *results.operations, *results.summands)
             : std::numeric_limits<double>::infinity();
}

void raise_summed(std::optional<SummedDifference>& largest,
                  const std::optional<SummedDifference>& candidate) {
  // What is no number replaces any number, and stays.
  if (candidate &&
      !(largest && (std::isnan(largest->difference) || candidate->difference <= largest->difference))) {
    largest = candidate;
  }
}

void raise_summed(const std::vector<std::optional<SummedDifference>*>& largest,
                  const ComparedGradients& compared, double rounding, SummedWhere where,
                  const TermsOf& terms_of) {
  std::vector<std::size_t> beyond;
  for (std::size_t i = 0; i < largest.size(); ++i) {
    const double known = *largest[i] ? (*largest[i])->difference : 0;
    if (compared.relative[i] > std::max(rounding, known)) {
      beyond.push_back(i);
    }
  }
  if (beyond.empty()) {
    return;
  }
  const NamedGradients terms = terms_of(beyond);
  for (std::size_t k = 0; k < beyond.size(); ++k) {
    const std::size_t i = beyond[k];
    const at::Tensor& from = compared.from[i].gradient;
    const double own = size_of(from).l2_norm;
    const double summed = terms[k].gradient.defined() ? size_of(terms[k].gradient).l2_norm : 0;
    // What overflowed is no bound.
    const bool is_held_against_sum = std::isfinite(summed) && summed > own &&
                                     (where == SummedWhere::beyond_rounding || rounding * summed >= own);
    raise_summed(
        *largest[i],
        is_held_against_sum
            ? SummedDifference{.difference = distance(from, compared.to[i].gradient) / summed,
                               .times = summed / own,  // infinite where nothing is left
                               .mini_batch = compared.mini_batch}
            : SummedDifference{
                  .difference = compared.relative[i], .times = 1, .mini_batch = compared.mini_batch});
  }
}

}  // namespace relu0::gate
