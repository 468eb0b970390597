#pragma once
#include "analysis/statistics/statistics.hpp"

/// Confidence sequences and e-processes of a share p: independent draws, each a success with probability p.
/// They depend on the counts alone, so that draws that are made side by side may be counted in any order.
namespace relu0::anytime {

/// The logarithm of an e-process of the null hypothesis "p ≤ share", large where successes are more frequent
/// (one-sided). For q > share the likelihood ratio of q to `share`,
///
///     (q / share)^k · ((1 − q) / (1 − share))^(n − k),      k successes in n trials,
///
/// is a supermartingale under every p ≤ share, since one factor's mean is linear in p, grows with p, and is 1
/// at p = share. The e-process averages it over q uniform on (share, 1): Robbins's method of mixtures
/// (Statistical methods related to the law of the iterated logarithm, Ann. Math. Statist. 41, 1970) with a
/// truncated beta-binomial mixture (Howard, Ramdas, McAuliffe and Sekhon, Time-uniform, nonparametric,
/// nonasymptotic confidence sequences, Ann. Statist. 49(2), 2021). In closed form
///
///     B(k + 1, n − k + 1) · P(Q > share) / (share^k · (1 − share)^(n − k + 1)),   Q ~ Beta(k + 1, n − k +
///     1).
///
/// For rare events, of which that prior has next to nothing near the hypothesis, `scale` < 1 puts half of it
/// on (share, share + scale · (1 − share)), uniformly. It has to be chosen without a look at the counts. Why
/// this prior: it is uniform on what the hypothesis leaves, uses no published figure but a scale, and makes
/// the e-process fall with `share`, so that the shares that it does not reject are an interval. Valid: at
/// every n at once, for any n. +∞ where share = 0 and k > 0; 0 (log 1) for no trials. Throws
/// std::invalid_argument unless 0 ≤ share < 1, 0 < scale ≤ 1 and 0 ≤ k ≤ n.
double log_e_value_above(Proportion counts, double share, double scale = 1);

/// The mirror image, of the null hypothesis "p ≥ share", 0 < share ≤ 1. It needs no scale: the prior is
/// uniform on (0, share).
double log_e_value_below(Proportion counts, double share);

/// The largest share L with log_e_value_above(counts, L) ≥ log(1 / (1 − confidence)): P(p < L at some n) ≤
/// 1 − confidence. 0 without a success. Throws std::invalid_argument for counts and confidences that are
/// none.
double lower_bound_of_share(Proportion counts, double confidence, double scale = 1);

/// The mirror image: P(p > upper bound at some n) ≤ 1 − confidence. 1 without a failure.
double upper_bound_of_share(Proportion counts, double confidence);

/// Both bounds, each at confidence (1 + confidence) / 2: holds p at every n at once with probability at least
/// `confidence`, and errs on either side with probability at most (1 − confidence) / 2, as
/// clopper_pearson() does at one n that was fixed beforehand. [0, 1] for no trials.
Interval share_sequence(Proportion counts, double confidence, double scale = 1);

/// The parameters of a beta distribution, both > 0.
struct BetaPrior {
  double a = 1;
  double b = 1;
};

/// The two-sided confidence sequence by the whole beta-binomial mixture: shares p at which
///
///     B(a + k, b + n − k) / (B(a, b) · p^k · (1 − p)^(n − k)) < 1 / (1 − confidence).
///
/// That is a martingale under p (Robbins 1970, example 1), so that the interval holds p at every n at once
/// with probability at least `confidence`; how the rest is divided between its two sides is not bounded. The
/// default is the uniform prior, for which P(k successes) is the same for all k. Throws
/// std::invalid_argument.
Interval two_sided_share_sequence(Proportion counts, double confidence, BetaPrior prior = {});

}  // namespace relu0::anytime
