#pragma once
#include <cstdint>
#include <vector>

namespace relu0 {

/// Monte-Carlo permutation test of whether several treatments count alike, each block (a network) having been
/// counted once under every treatment (a kernel). Null hypothesis: within each block the counts are
/// exchangeable over the treatments; blocks may differ, and what is counted within a block may be dependent.
/// Statistic: Σ over treatments of the square of its total over the blocks, which grows with the differences
/// between totals, whose sum a permutation leaves as it is.
///
/// counts[block][treatment], all blocks of equal length. Returns p = (1 + r) / (1 + permutations), where r of
/// the random permutations have a statistic at least as large: a valid p-value for any number of permutations
/// (Phipson and Smyth, Permutation p-values should never be zero, 2010, doi:10.2202/1544-6115.1585). 1 for
/// fewer than two blocks or two treatments, of which no permutation tells anything. The same seed gives the
/// same p. Throws std::invalid_argument for blocks of different lengths and permutations below 1.
double blocked_homogeneity_test(std::vector<std::vector<std::int64_t>> counts, std::int64_t permutations,
                                std::uint64_t seed);

}  // namespace relu0
