#include "analysis/statistics/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/hypergeometric.hpp>

namespace relu0 {

std::optional<double> Proportion::estimate() const {
  if (trials == 0) {
    return std::nullopt;
  }
  return static_cast<double>(successes) / static_cast<double>(trials);
}

Interval clopper_pearson(Proportion proportion, double confidence) {
  if (proportion.successes < 0 || proportion.successes > proportion.trials ||
      !(confidence > 0 && confidence < 1)) {
    throw std::invalid_argument("clopper_pearson: needs 0 <= successes <= trials and 0 < confidence < 1");
  }
  if (proportion.trials == 0) {
    return {0, 1};
  }
  using Binomial = boost::math::binomial_distribution<>;
  const auto trials = static_cast<double>(proportion.trials);
  const auto successes = static_cast<double>(proportion.successes);
  const double tail = (1 - confidence) / 2;
  return {proportion.successes == 0 ? 0 : Binomial::find_lower_bound_on_p(trials, successes, tail),
          proportion.successes == proportion.trials
              ? 1
              : Binomial::find_upper_bound_on_p(trials, successes, tail)};
}

double smallest_fisher_exact(Proportion a, Proportion b) {
  const std::int64_t successes = a.successes + b.successes;
  const std::int64_t most = std::min(successes, a.trials);
  const std::int64_t least = std::max<std::int64_t>(0, successes - b.trials);
  const auto with = [&](std::int64_t in_a) {
    return fisher_exact({in_a, a.trials}, {successes - in_a, b.trials});
  };
  return std::min(with(least), with(most));
}

double sign_test(std::int64_t increased, std::int64_t decreased) {
  const std::int64_t pairs = increased + decreased;
  if (pairs == 0) {
    return 1;
  }
  const boost::math::binomial_distribution<> fair(static_cast<double>(pairs), 0.5);
  return std::min(1.0, 2 * boost::math::cdf(fair, static_cast<double>(std::min(increased, decreased))));
}

double fisher_exact(Proportion a, Proportion b) {
  if (a.trials == 0 || b.trials == 0) {
    return 1;
  }
  const auto successes = static_cast<unsigned>(a.successes + b.successes);
  const auto all = static_cast<unsigned>(a.trials + b.trials);
  const auto drawn = static_cast<unsigned>(a.trials);
  const boost::math::hypergeometric_distribution<> tables(successes, drawn, all);
  const double observed = boost::math::pdf(tables, static_cast<unsigned>(a.successes));
  // Tables that are exactly as probable as the observed one must count, so the comparison allows for the
  // rounding of the computed probabilities.
  const double limit = observed * (1 + 1e-7);
  const unsigned others = all - drawn;
  const unsigned low = successes > others ? successes - others : 0;
  const unsigned high = std::min(successes, drawn);
  double p = 0;
  for (unsigned k = low; k <= high; ++k) {
    const double probability = boost::math::pdf(tables, k);
    p += probability <= limit ? probability : 0;
  }
  return std::min(p, 1.0);
}

Interval paired_difference_interval(PairedCounts counts, double confidence) {
  const double each = (1 + confidence) / 2;
  const Interval first = clopper_pearson({counts.only_first, counts.draws}, each);
  const Interval second = clopper_pearson({counts.only_second, counts.draws}, each);
  return {first.low - second.high, first.high - second.low};
}

std::optional<double> quantile(std::vector<double> values, double q) {
  if (values.empty()) {
    return std::nullopt;
  }
  if (std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); })) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::sort(values.begin(), values.end());
  const double position = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(position));
  const std::size_t above = std::min(below + 1, values.size() - 1);
  const double fraction = position - std::floor(position);
  // Without this test an infinite neighbour would be multiplied by its weight 0, which gives NaN.
  return fraction == 0 ? values[below] : values[below] * (1 - fraction) + values[above] * fraction;
}

}  // namespace relu0
