#include "analysis/statistics/anytime/share.hpp"

#include "analysis/statistics/anytime/bounds.hpp"
#include "analysis/statistics/anytime/e_value.hpp"
#include "analysis/statistics/anytime/rounding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

namespace relu0::anytime {

namespace {

void require_counts(Proportion counts) {
  if (counts.successes < 0 || counts.successes > counts.trials) {
    throw std::invalid_argument("a confidence sequence of a share needs 0 <= successes <= trials");
  }
}

/// Terms that are added up, with the sum of their magnitudes.
class Sum {
 public:
  void add(double term) {
    value_ += term;
    magnitude_ += std::abs(term);
    ++terms_;
  }
  [[nodiscard]] double rounded_down() const {
    return std::isinf(value_) ? value_ : anytime::rounded_down(value_, magnitude_, terms_);
  }

 private:
  double value_ = 0;
  double magnitude_ = 0;
  std::size_t terms_ = 0;
};

/// Adds log B(a, b), or takes it away.
void add_log_beta(double a, double b, double sign, Sum& sum) {
  sum.add(sign * boost::math::lgamma(a));
  sum.add(sign * boost::math::lgamma(b));
  sum.add(-sign * boost::math::lgamma(a + b));
}

/// Adds −count · log x; 0 for a count of 0, whatever x is.
void subtract_power(double count, double log_x, Sum& sum) {
  if (count > 0) {
    sum.add(-count * log_x);
  }
}

/// The e-value against the first of two outcomes being at most so probable, which happened `likelier` and
/// `rarer` times. rest: the share of Beta(likelier + 1, rarer + 1) above that probability.
double log_e_value(std::int64_t likelier, std::int64_t rarer, double log_share, double log_complement,
                   double rest) {
  const auto for_it = static_cast<double>(likelier);
  const auto against = static_cast<double>(rarer);
  Sum sum;
  add_log_beta(for_it + 1, against + 1, 1, sum);
  // Below the smallest double `rest` is 0, and so is the e-value, which is below 1 there.
  sum.add(std::log(rest));
  subtract_power(for_it, log_share, sum);
  subtract_power(against + 1, log_complement, sum);
  return sum.rounded_down();
}

/// The two-sided mixture's e-value against that share.
double log_two_sided_e_value(Proportion counts, BetaPrior prior, double share) {
  const auto successes = static_cast<double>(counts.successes);
  const auto failures = static_cast<double>(counts.trials - counts.successes);
  Sum sum;
  add_log_beta(prior.a + successes, prior.b + failures, 1, sum);
  add_log_beta(prior.a, prior.b, -1, sum);
  subtract_power(successes, std::log(share), sum);
  subtract_power(failures, std::log1p(-share), sum);
  return sum.rounded_down();
}

}  // namespace

double log_e_value_above(Proportion counts, double share, double scale) {
  require_counts(counts);
  if (!(share >= 0 && share < 1) || !(scale > 0 && scale <= 1)) {
    throw std::invalid_argument("an e-value against larger shares needs 0 <= share < 1 and 0 < scale <= 1");
  }
  if (counts.trials == 0) {
    return 0;
  }
  const std::int64_t failures = counts.trials - counts.successes;
  const double a = static_cast<double>(counts.successes) + 1;
  const double b = static_cast<double>(failures) + 1;
  const auto by = [&](double rest) {
    return log_e_value(counts.successes, failures, std::log(share), std::log1p(-share), rest);
  };
  const double above = boost::math::ibetac(a, b, share);
  if (scale == 1) {
    return by(above);
  }
  // Two differences are the same; that of the smaller numbers is taken. Where both vanish, the whole
  // prior's e-value is beyond every threshold.
  const double end = std::min(1.0, share + scale * (1 - share));
  const double below_end = boost::math::ibeta(a, b, end);
  const double between =
      below_end < 0.5 ? below_end - boost::math::ibeta(a, b, share) : above - boost::math::ibetac(a, b, end);
  const std::array<double, 2> halves{by(above), by(std::max(0.0, between)) - std::log(scale)};
  return log_average({.nodes = {1, scale}, .log_weights = {std::log(0.5), std::log(0.5)}}, halves);
}

double log_e_value_below(Proportion counts, double share) {
  require_counts(counts);
  if (!(share > 0 && share <= 1)) {
    throw std::invalid_argument("an e-value against smaller shares needs 0 < share <= 1");
  }
  if (counts.trials == 0) {
    return 0;
  }
  const std::int64_t failures = counts.trials - counts.successes;
  const double rest =
      boost::math::ibeta(static_cast<double>(counts.successes) + 1, static_cast<double>(failures) + 1, share);
  return log_e_value(failures, counts.successes, std::log1p(-share), std::log(share), rest);
}

// At the share that was seen no likelihood ratio exceeds 1, and beyond it even less.

double lower_bound_of_share(Proportion counts, double confidence, double scale) {
  require_counts(counts);
  const double threshold = log_threshold(confidence);
  if (counts.successes == 0) {
    return 0;
  }
  return where_it_falls_below([&](double share) { return log_e_value_above(counts, share, scale); }, 0,
                              std::min(*counts.estimate(), std::nextafter(1.0, 0.0)), threshold);
}

double upper_bound_of_share(Proportion counts, double confidence) {
  require_counts(counts);
  const double threshold = log_threshold(confidence);
  if (counts.successes == counts.trials) {
    return 1;
  }
  return where_it_rises_above([&](double share) { return log_e_value_below(counts, share); },
                              std::max(*counts.estimate(), std::numeric_limits<double>::min()), 1, threshold);
}

Interval share_sequence(Proportion counts, double confidence, double scale) {
  require_confidence(confidence);
  const double each = (1 + confidence) / 2;
  return {lower_bound_of_share(counts, each, scale), upper_bound_of_share(counts, each)};
}

Interval two_sided_share_sequence(Proportion counts, double confidence, BetaPrior prior) {
  require_counts(counts);
  const double threshold = log_threshold(confidence);
  if (!(prior.a > 0 && prior.b > 0)) {
    throw std::invalid_argument("a beta distribution needs positive parameters");
  }
  if (counts.trials == 0) {
    return {0, 1};
  }
  // The likelihood is largest at the share that was seen, so that the e-value is at most 1 there, and falls
  // to both sides of it.
  const double seen = *counts.estimate();
  const auto log_e = [&](double share) { return log_two_sided_e_value(counts, prior, share); };
  return {where_it_falls_below(log_e, 0, seen, threshold), where_it_rises_above(log_e, seen, 1, threshold)};
}

}  // namespace relu0::anytime
