#pragma once
#include "analysis/statistics/statistics.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <optional>
#include <vector>

/// The rules of claims on the law of exact zeros, beside verdict_rules.hpp.
namespace relu0::verdict_rules {

/// "The counts lie inside intervals that are predicted", which each hold with more than law_share: reproduced
/// when at least law_share of `inside` do, not reproduced when so large a share is ruled out.
inline constexpr double law_share = 0.95;
Decision law_holds(Proportion inside);

/// "A slope is this": reproduced when its interval holds `expected` and lies within ± margin of it, not
/// reproduced when it does not hold it. Absent: there was nothing to fit.
Decision slope_is(const std::optional<Interval>& slope, double expected, double margin);

/// "It grows from each level to the next", by the intervals of the logarithm of each step's ratio: reproduced
/// when all lie above 0, not reproduced when one lies below. Absent: of fewer than two networks.
Decision grows_at_each_step(const std::vector<std::optional<Interval>>& steps);

}  // namespace relu0::verdict_rules
