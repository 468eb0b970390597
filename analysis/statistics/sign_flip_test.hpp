#pragma once
#include <cstdint>
#include <vector>

namespace relu0 {

/// One-sided p-values of a test of where differences lie.
struct SignFlipTest {
  double p_above = 1;  ///< against differences above 0
  double p_below = 1;
};

/// Fisher's permutation test of paired differences (The Design of Experiments, 1935, section 21). Statistic:
/// their sum. Null hypothesis: each difference is as probable as its negative. All 2^n signs are looked at
/// for up to 16 differences, which is exact; of more, so many random ones, p = (1 + r) / (1 + permutations).
/// 1 for none. Differences must be finite. Throws std::invalid_argument otherwise, and for permutations
/// below 1.
SignFlipTest sign_flip_test(const std::vector<double>& differences, std::int64_t permutations,
                            std::uint64_t seed);

}  // namespace relu0
