#pragma once
#include "analysis/statistics/interval.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace relu0 {

/// `successes` of `trials` independent draws.
struct Proportion {
  std::int64_t successes = 0;
  std::int64_t trials = 0;

  /// Absent for no trials: the mean of nothing is not 0.
  [[nodiscard]] std::optional<double> estimate() const;
};

/// The exact two-sided interval of Clopper and Pearson (Biometrika 26, 1934): covers the true proportion with
/// probability at least `confidence`. [0, 1] for no trials. Throws std::invalid_argument unless 0 ≤ successes
/// ≤ trials and 0 < confidence < 1.
Interval clopper_pearson(Proportion proportion, double confidence);

/// Fisher's exact test of two independent proportions, two-sided: the probability, given the margins, of
/// tables no more probable than the observed one. 1 when either has no trials.
double fisher_exact(Proportion a, Proportion b);

/// The smallest p that fisher_exact() gives for two samples of these sizes with as many successes together.
double smallest_fisher_exact(Proportion a, Proportion b);

/// Exact sign test of paired observations, two-sided: of the pairs that differ, `increased` went up and
/// `decreased` went down, which are equally probable for each pair under the null hypothesis. Of yes/no
/// outcomes it is McNemar's exact test. 1 where no pair differs.
double sign_test(std::int64_t increased, std::int64_t decreased);

/// Two yes/no outcomes of the same draws, counted.
struct PairedCounts {
  std::int64_t only_first = 0;
  std::int64_t only_second = 0;
  std::int64_t draws = 0;
};

/// Interval for P(first) − P(second) of paired outcomes, from the Clopper–Pearson intervals of the two
/// discordant proportions at confidence (1 + confidence) / 2 each: covers with probability at least
/// `confidence`.
Interval paired_difference_interval(PairedCounts counts, double confidence);

/// The q-quantile (0 ≤ q ≤ 1) by linear interpolation between order statistics (Hyndman and Fan's type 7).
/// Absent for no values; NaN when any value is NaN.
std::optional<double> quantile(std::vector<double> values, double q);

}  // namespace relu0
