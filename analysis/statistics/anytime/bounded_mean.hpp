#pragma once
#include "analysis/statistics/interval.hpp"

#include <cstdint>
#include <vector>

/// Confidence sequences and e-processes of the mean of values in [0, 1] that need not be binary, by betting
/// (Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, J. R. Statist. Soc. B
/// 86(1), 2024).
namespace relu0::anytime {

/// A value in [0, 1] that was drawn `count` times.
struct DrawnValue {
  double value = 0;
  std::int64_t count = 1;
};

/// The logarithm of an e-process of the null hypothesis that every draw's mean, given the draws before it, is
/// at most `mean` (one-sided): the capital of a gambler who starts with 1 and stakes the share u of it on
/// every draw x at the fair price `mean`,
///
///     Π (1 − u + u · x_i / mean),        averaged over u by the prior uniform_bets().
///
/// A factor's mean is at most 1 and no factor is negative, so that it is a supermartingale. This is the bet
/// on a grid of that paper (its λ is u / mean). For binary values it is the e-process of share.hpp, with the
/// integral over u taken by a sum. The capital depends on how often each value was drawn and not on the
/// order, adapts to the variance, and falls with `mean`. Valid: at every n at once, for any distribution on
/// [0, 1]. +∞ where mean = 0 and some value is positive. Throws std::invalid_argument for values outside [0,
/// 1], NaN, negative counts, and unless 0 ≤ mean ≤ 1.
double log_e_value_of_mean_above(const std::vector<DrawnValue>& values, double mean);

/// The mirror image, of the null hypothesis "at least `mean`".
double log_e_value_of_mean_below(const std::vector<DrawnValue>& values, double mean);

/// The means that neither rejects at level (1 − confidence) / 2: holds the mean at every n at once with
/// probability at least `confidence`. [0, 1] for no values. Throws std::invalid_argument.
Interval mean_sequence(const std::vector<DrawnValue>& values, double confidence);

}  // namespace relu0::anytime
