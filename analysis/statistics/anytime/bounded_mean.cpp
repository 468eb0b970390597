#include "analysis/statistics/anytime/bounded_mean.hpp"

#include "analysis/statistics/anytime/bounds.hpp"
#include "analysis/statistics/anytime/e_value.hpp"
#include "analysis/statistics/anytime/rounding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace relu0::anytime {

namespace {

void require_values(const std::vector<DrawnValue>& values) {
  for (const DrawnValue& drawn : values) {
    if (!(drawn.value >= 0 && drawn.value <= 1) || drawn.count < 0) {
      throw std::invalid_argument("betting on a mean needs values in [0, 1] and counts of at least 0");
    }
  }
}

std::vector<DrawnValue> mirrored(std::vector<DrawnValue> values) {
  for (DrawnValue& drawn : values) {
    drawn.value = 1 - drawn.value;
  }
  return values;
}

bool any_positive(const std::vector<DrawnValue>& values) {
  return std::any_of(values.begin(), values.end(),
                     [](const DrawnValue& drawn) { return drawn.count > 0 && drawn.value > 0; });
}

double log_capital(const std::vector<DrawnValue>& values, double mean, double stake) {
  // A factor's argument is rounded to within 3 · 2^-52, too. The factor is at least 1 − stake, so that its
  // logarithm changes by less than 4 · 2^-52 / (1 − stake); rounded_down() takes eight times 2^-52 at the
  // least.
  const double of_argument = 0.5 / (1 - stake);
  double sum = 0;
  double magnitude = 0;
  for (const DrawnValue& drawn : values) {
    const auto count = static_cast<double>(drawn.count);
    const double gain = count * std::log1p(stake * (drawn.value / mean - 1));
    sum += gain;
    magnitude += std::abs(gain) + count * of_argument;
  }
  return rounded_down(sum, magnitude, values.size());
}

}  // namespace

double log_e_value_of_mean_above(const std::vector<DrawnValue>& values, double mean) {
  require_values(values);
  if (!(mean >= 0 && mean <= 1)) {
    throw std::invalid_argument("betting on a mean needs 0 <= mean <= 1");
  }
  if (mean == 0 && any_positive(values)) {
    return std::numeric_limits<double>::infinity();
  }
  const DiscretePrior& prior = uniform_bets();
  std::vector<double> capitals;
  capitals.reserve(prior.nodes.size());
  for (const double stake : prior.nodes) {
    // At mean = 0 all values are 0, and any price above 0 gives what they lose.
    capitals.push_back(log_capital(values, mean == 0 ? 1 : mean, stake));
  }
  return log_average(prior, capitals);
}

double log_e_value_of_mean_below(const std::vector<DrawnValue>& values, double mean) {
  require_values(values);
  return log_e_value_of_mean_above(mirrored(values), 1 - mean);
}

Interval mean_sequence(const std::vector<DrawnValue>& values, double confidence) {
  require_values(values);
  require_confidence(confidence);
  const double threshold = log_threshold((1 + confidence) / 2);
  const auto lower = [threshold](const std::vector<DrawnValue>& of) {
    double sum = 0;
    double draws = 0;
    for (const DrawnValue& drawn : of) {
      sum += static_cast<double>(drawn.count) * drawn.value;
      draws += static_cast<double>(drawn.count);
    }
    // By Jensen's inequality no stake has gained at the mean that was seen, or above.
    return draws == 0 ? 0
                      : where_it_falls_below([&](double mean) { return log_e_value_of_mean_above(of, mean); },
                                             0, std::min(sum / draws, 1.0), threshold);
  };
  return {lower(values), 1 - lower(mirrored(values))};
}

}  // namespace relu0::anytime
