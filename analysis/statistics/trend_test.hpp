#pragma once
#include <vector>

namespace relu0 {

/// One-sided p-values of a test for trend.
struct TrendTest {
  double p_increase = 1;  ///< against outcomes becoming more frequent from the first level to the last
  double p_decrease = 1;
};

/// Exact permutation test for trend of yes/no outcomes over ordered levels, each block (draw) having been
/// observed once at every level. Statistic: Σ over blocks and levels j = 0 … k−1 of j · outcome. Null
/// hypothesis: within each block the outcomes are exchangeable over the levels; blocks may differ and levels
/// within a block may be correlated (the same θ). The null distribution is computed exactly, by convolution
/// over blocks given each block's number of yes.
///
/// outcomes[block][level], all blocks of equal length. Throws std::invalid_argument otherwise.
TrendTest blocked_trend_test(const std::vector<std::vector<bool>>& outcomes);

}  // namespace relu0
