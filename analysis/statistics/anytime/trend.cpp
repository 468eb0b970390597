#include "analysis/statistics/anytime/trend.hpp"

#include "analysis/statistics/anytime/e_value.hpp"
#include "analysis/statistics/anytime/rounding.hpp"
#include "analysis/statistics/rank_sum.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace relu0::anytime {

namespace {

/// distributions[c]: of the sum of c different levels.
std::vector<std::vector<double>> sums_of_levels(std::size_t levels) {
  std::vector<std::vector<double>> result;
  for (std::size_t yes = 0; yes <= levels; ++yes) {
    result.push_back(sum_of_chosen(levels, yes));
  }
  return result;
}

/// log Σ P(S = s) exp(λ s).
double log_moment(const std::vector<double>& distribution, double lambda) {
  std::vector<double> terms;
  for (std::size_t sum = 0; sum < distribution.size(); ++sum) {
    if (distribution[sum] > 0) {
      terms.push_back(std::log(distribution[sum]) + lambda * static_cast<double>(sum));
    }
  }
  return log_sum_exp(terms);
}

}  // namespace

TrendCounts TrendCounts::of(const std::vector<std::vector<bool>>& outcomes) {
  TrendCounts result;
  result.levels = outcomes.empty() ? 0 : outcomes.front().size();
  result.with_yes.resize(result.levels + 1);
  for (const std::vector<bool>& draw : outcomes) {
    if (draw.size() != result.levels) {
      throw std::invalid_argument("a trend needs draws with equally many levels");
    }
    std::size_t yes = 0;
    for (std::size_t level = 0; level < draw.size(); ++level) {
      yes += draw[level] ? 1 : 0;
      result.weighted += draw[level] ? static_cast<std::int64_t>(level) : 0;
    }
    ++result.with_yes[yes];
  }
  return result;
}

std::int64_t TrendCounts::draws() const {
  return std::accumulate(with_yes.begin(), with_yes.end(), std::int64_t{0});
}

double log_e_value_of_increase(const TrendCounts& counts) {
  if (counts.draws() == 0) {
    return 0;
  }
  const std::vector<std::vector<double>> sums = sums_of_levels(counts.levels);
  const DiscretePrior& prior = uniform_bets();
  std::vector<double> log_values;
  for (const double node : prior.nodes) {
    const double lambda = std::log1p(node) - std::log1p(-node);
    double log_e = lambda * static_cast<double>(counts.weighted);
    double magnitude = log_e;
    for (std::size_t yes = 0; yes < counts.with_yes.size(); ++yes) {
      const auto draws = static_cast<double>(counts.with_yes[yes]);
      const double normalisation = draws * log_moment(sums[yes], lambda);
      log_e -= normalisation;
      // A moment near 1 has a logarithm near 0, which is rounded as the moment is.
      magnitude += std::abs(normalisation) + draws;
    }
    log_values.push_back(rounded_down(log_e, magnitude, counts.with_yes.size() + sums.back().size()));
  }
  return log_average(prior, log_values);
}

double log_e_value_of_decrease(const TrendCounts& counts) {
  // With the levels in the opposite order: level j becomes levels − 1 − j.
  TrendCounts reversed = counts;
  reversed.weighted = -counts.weighted;
  for (std::size_t yes = 0; yes < counts.with_yes.size(); ++yes) {
    reversed.weighted += static_cast<std::int64_t>(yes * (counts.levels - 1)) * counts.with_yes[yes];
  }
  return log_e_value_of_increase(reversed);
}

TrendTest trend_test(const TrendCounts& counts) {
  return {.p_increase = p_value(log_e_value_of_increase(counts)),
          .p_decrease = p_value(log_e_value_of_decrease(counts))};
}

}  // namespace relu0::anytime
