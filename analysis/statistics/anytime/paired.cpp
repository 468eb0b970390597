#include "analysis/statistics/anytime/paired.hpp"

#include "analysis/statistics/anytime/bounded_mean.hpp"
#include "analysis/statistics/anytime/share.hpp"

#include <algorithm>
#include <stdexcept>

namespace relu0::anytime {

namespace {

void require_counts(PairedCounts counts) {
  if (counts.only_first < 0 || counts.only_second < 0 ||
      counts.only_first + counts.only_second > counts.draws) {
    throw std::invalid_argument("paired counts need at most as many discordant draws as draws");
  }
}

std::vector<DrawnValue> halved_differences(PairedCounts counts) {
  require_counts(counts);
  return {{0, counts.only_second},
          {0.5, counts.draws - counts.only_first - counts.only_second},
          {1, counts.only_first}};
}

}  // namespace

double log_e_value_of_growth(PairedCounts counts) {
  require_counts(counts);
  return log_e_value_above({counts.only_second, counts.only_first + counts.only_second}, 0.5);
}

double log_e_value_of_fall(PairedCounts counts) {
  require_counts(counts);
  return log_e_value_above({counts.only_first, counts.only_first + counts.only_second}, 0.5);
}

Interval paired_difference_sequence(PairedCounts counts, double confidence) {
  const Interval mean = mean_sequence(halved_differences(counts), confidence);
  return {2 * mean.low - 1, 2 * mean.high - 1};
}

double log_e_value_of_equivalence(PairedCounts counts, double margin) {
  if (!(margin > 0 && margin < 1)) {
    throw std::invalid_argument("an equivalence needs a margin between 0 and 1");
  }
  const std::vector<DrawnValue> differences = halved_differences(counts);
  return std::min(log_e_value_of_mean_above(differences, (1 - margin) / 2),
                  log_e_value_of_mean_below(differences, (1 + margin) / 2));
}

}  // namespace relu0::anytime
