#pragma once
#include "analysis/statistics/statistics.hpp"

/// Two yes/no outcomes of the same draws, at a level a (first) and a level b (second) of some factor. Draws
/// are independent of one another; a draw's two outcomes need not be. Anytime forms of McNemar's test and of
/// paired_difference_interval(). They depend on the counts alone.
namespace relu0::anytime {

/// "It grows from a to b". The logarithm of an e-process of the null hypothesis that among the draws of which
/// just one outcome is yes, that of b is so with probability at most 1/2 (McNemar's hypothesis, one-sided):
/// log_e_value_above() of the discordant draws. Valid: at every n at once, given which draws are discordant.
double log_e_value_of_growth(PairedCounts counts);
/// "It falls from a to b": the mirror image.
double log_e_value_of_fall(PairedCounts counts);

/// Confidence sequence of the difference P(first) − P(second): by betting on (1 + first − second) / 2, whose
/// values are 0, 1/2 and 1 (mean_sequence()). Holds it at every n at once with probability at least
/// `confidence`, and errs on either side with at most half of the rest. [−1, 1] for no draws.
/// Throws std::invalid_argument for counts and confidences that are none.
Interval paired_difference_sequence(PairedCounts counts, double confidence);

/// "It stays within ± margin". The logarithm of an e-process of the null hypothesis that the difference lies
/// outside (−margin, margin): the smaller one of the e-processes of "at most −margin" and "at least margin",
/// since one of the two holds (intersection-union; no correction is needed). Throws std::invalid_argument
/// unless 0 < margin < 1.
double log_e_value_of_equivalence(PairedCounts counts, double margin);

}  // namespace relu0::anytime
