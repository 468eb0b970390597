#include "analysis/statistics/anytime/e_value.hpp"

#include "analysis/statistics/anytime/rounding.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>

#include <boost/math/quadrature/gauss.hpp>

namespace relu0::anytime {

double p_value(double log_e) { return std::min(1.0, std::exp(-log_e)); }

double log_sum_exp(std::span<const double> terms) {
  const auto largest = std::max_element(terms.begin(), terms.end());
  if (largest == terms.end() || std::isinf(*largest)) {
    return largest == terms.end() ? -std::numeric_limits<double>::infinity() : *largest;
  }
  const double sum = std::accumulate(terms.begin(), terms.end(), 0.0, [largest](double so_far, double term) {
    return so_far + std::exp(term - *largest);
  });
  return *largest + std::log(sum);
}

const DiscretePrior& uniform_bets() {
  static const DiscretePrior prior = [] {
    constexpr unsigned nodes = 128;
    using Rule = boost::math::quadrature::gauss<double, nodes>;
    // Boost keeps the half of the rule on (-1, 1) that is not negative.
    DiscretePrior result;
    std::vector<double> weights;
    for (std::size_t i = 0; i < Rule::abscissa().size(); ++i) {
      const double x = Rule::abscissa()[i];
      for (const double node : {(1 - x) / 2, (1 + x) / 2}) {
        result.nodes.push_back(node);
        weights.push_back(Rule::weights()[i]);
      }
    }
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::transform(weights.begin(), weights.end(), std::back_inserter(result.log_weights),
                   [total](double weight) { return std::log(weight / total); });
    return result;
  }();
  return prior;
}

double log_average(const DiscretePrior& prior, std::span<const double> log_values) {
  std::vector<double> terms;
  terms.reserve(log_values.size());
  std::transform(prior.log_weights.begin(), prior.log_weights.end(), log_values.begin(),
                 std::back_inserter(terms), std::plus<>());
  const double result = log_sum_exp(terms);
  // The sum lies between the largest term and so many of it; the exponentials are rounded as 1 is.
  return std::isinf(result) ? result : rounded_down(result, 1 + std::abs(result), terms.size());
}

}  // namespace relu0::anytime
