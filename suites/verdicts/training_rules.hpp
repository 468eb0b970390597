#pragma once
#include "suites/verdicts/reach.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <vector>

/// The rules of claims on trainings, beside verdict_rules.hpp. They hold for a number of trainings that was
/// fixed beforehand.
namespace relu0::verdict_rules {

/// "The value falls as the level grows": by Page's permutation test within draws (blocked_rank_trend_test) at
/// `level`, one-sided. values[draw][level]; places: of the levels.
Decision falls_with(const std::vector<std::vector<double>>& values, const std::vector<double>& places);

/// "One change is larger than another": by the sign-flip test of the differences between the two changes of
/// each draw, one-sided, at `level`.
Decision larger_by_pairs(const std::vector<double>& larger_less_smaller);

/// "The difference is above `threshold`": reproduced when Student's interval of its mean over draws lies
/// above, not reproduced when it lies below.
Decision mean_above(const std::vector<double>& differences, double threshold);

/// How many random permutations these tests look at, from a seed that is fixed.
inline constexpr std::int64_t permutations = 9'999;

}  // namespace relu0::verdict_rules
