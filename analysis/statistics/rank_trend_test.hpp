#pragma once
#include "analysis/statistics/trend_test.hpp"

#include <cstdint>
#include <vector>

namespace relu0 {

/// Monte-Carlo permutation test for trend of numbers over ordered levels, each block (a draw) having been
/// measured once at every level: Page's test (Ordered hypotheses for multiple treatments, 1963,
/// doi:10.2307/2282965) with middle ranks for ties and levels that may share a place. Statistic: Σ over
/// blocks and levels of place · rank within the block. Null hypothesis: within each block the values are
/// exchangeable over the levels; blocks may differ, and values within a block may be dependent.
///
/// values[block][level], none of them a NaN; places: of each level. Each p = (1 + r) / (1 + permutations),
/// where r of the random permutations have a statistic at least as extreme: a valid p-value for any number of
/// permutations (Phipson and Smyth, 2010, doi:10.2202/1544-6115.1585). 1 for no block and fewer than two
/// places. The same seed gives the same p. Throws std::invalid_argument for blocks of another length than
/// places, a NaN and permutations below 1.
TrendTest blocked_rank_trend_test(const std::vector<std::vector<double>>& values,
                                  const std::vector<double>& places, std::int64_t permutations,
                                  std::uint64_t seed);

/// The ranks of values, counted from 1; equal values share the mean of theirs.
std::vector<double> middle_ranks(const std::vector<double>& values);

}  // namespace relu0
